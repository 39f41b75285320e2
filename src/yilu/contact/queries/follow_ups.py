"""Follow-ups as those who make them, the holder, and the report see them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count

from yilu.contact.models import FollowUp, FollowUpAnswer, FollowUpAttempt
from yilu.contact.places import SAID
from yilu.contact.queries.norms import ladder_on
from yilu.contact.refusals import FollowUpNotFound
from yilu.contact.rules.follow_ups import ANSWERS, QUESTIONS, Question
from yilu.contact.rules.masking import mask_numbers
from yilu.kernel import sealing
from yilu.kernel.days import day_of
from yilu.people.queries import Access, AgentAccess


@dataclass(frozen=True, slots=True)
class AttemptView:
    """A try and what came of it."""

    ordinal: int
    kind_label: str
    outcome: str
    outcome_label: str
    made_by: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class AnswerView:
    """A question and the answer to it."""

    question: Question
    answer: str
    answer_label: str
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpView:
    """A follow-up. ``days_left`` is below nothing once the cooling-off period is over."""

    id: int
    policy_id: int
    party_id: int
    office_id: int
    agent_id: int | None
    state: str
    state_label: str
    way_label: str
    calls: int
    calls_max: int
    wrong_number: bool
    opened_at: datetime
    until: date
    days_left: int
    next_at: datetime | None
    closed_at: datetime | None
    attempts: tuple[AttemptView, ...]
    answers: tuple[AnswerView, ...]
    spared: tuple[Question, ...] = ()
    """What is on record since the sale: told, not asked again."""
    beside_ids: tuple[int, ...] = ()
    """The family's other policies that this one talk is about (家庭投保单)."""


def list_follow_ups(
    access: Access, *, group: str = "due", at: datetime, limit: int = 100
) -> list[FollowUpView]:
    """Of one's offices: ``due`` now, ``later``, or ``closed`` lately."""
    access.require("contact.view")
    offices = access.offices_for("contact.view")
    rows = FollowUp.objects.filter(office_id__in=offices, beside=None)
    if group == "closed":
        rows = rows.filter(closed_at__isnull=False).order_by("-closed_at")
    elif group == "later":
        rows = rows.filter(closed_at=None, next_at__gt=at).order_by("next_at", "pk")
    else:
        rows = rows.filter(closed_at=None, next_at__lte=at).order_by("until", "next_at", "pk")
    return [_view(row, at) for row in rows[:limit]]


def get_follow_up(follow_up_id: int, access: Access, *, at: datetime) -> FollowUpView:
    """With tries and answers. :raises FollowUpNotFound: none, or of other offices."""
    access.require("contact.view")
    row = FollowUp.objects.filter(
        pk=follow_up_id, office_id__in=access.offices_for("contact.view")
    ).first()
    if row is None:
        raise FollowUpNotFound
    return _view(row, at, full=True)


def follow_up_of_policy(policy_id: int) -> int | None:
    """The follow-up of a policy, for the screen of that policy; of a family, the one talk with them."""
    found = FollowUp.objects.filter(policy_id=policy_id).values_list("beside_id", "pk").first()
    return (found[0] or found[1]) if found else None


def follow_up_for_holder(policy_id: int, party_id: int, *, at: datetime) -> FollowUpView:
    """A holder's own. :raises FollowUpNotFound: none, or somebody else's: the same words."""
    found = FollowUp.objects.select_related("beside")
    row = found.filter(policy_id=policy_id, party_id=party_id).first()
    if row is None:
        raise FollowUpNotFound
    return _view(row.beside or row, at, full=True)


def open_for_holder(party_id: int, *, at: datetime) -> list[FollowUpView]:
    """What a holder may still answer on their own page."""
    rows = FollowUp.objects.filter(
        party_id=party_id, closed_at=None, beside=None, until__gte=day_of(at)
    )
    return [_view(row, at) for row in rows.order_by("until")[:20]]


def follow_ups_of_agent(agent: AgentAccess, *, at: datetime) -> list[FollowUpView]:
    """How the follow-ups of one's own customers stand; what they answered is not the seller's to read."""
    rows = FollowUp.objects.filter(party__agent_id__in=agent.agent_ids, closed_at=None, beside=None)
    return [_view(row, at) for row in rows.order_by("until")[:50]]


def states_in(office_ids: Collection[int], first: datetime, last: datetime) -> dict[str, int]:
    """How many follow-ups begun in a time are done, under way, found something, or came to nothing, by state."""
    rows = FollowUp.objects.filter(
        office_id__in=office_ids, opened_at__gte=first, opened_at__lt=last
    )
    return {
        row["state"]: row["n"] for row in rows.values("state").annotate(n=Count("pk")).order_by()
    }


def _view(row: FollowUp, at: datetime, *, full: bool = False) -> FollowUpView:
    spared = row.spared if full else ()
    return FollowUpView(
        id=row.pk, policy_id=row.policy_id, party_id=row.party_id, office_id=row.office_id,
        agent_id=row.agent_id, state=row.state, state_label=str(FollowUp.State(row.state).label),
        way_label=str(FollowUp.Way(row.way).label), calls=row.calls, calls_max=ladder_on(at).calls,
        wrong_number=row.wrong_number, opened_at=row.opened_at, until=row.until,
        days_left=(row.until - day_of(at)).days, next_at=row.next_at, closed_at=row.closed_at,
        attempts=_attempts(row) if full else (), answers=_answers(row) if full else (),
        spared=tuple(q for q in QUESTIONS if q.code in spared),
        beside_ids=tuple(row.besides.order_by("pk").values_list("policy_id", flat=True)) if full else (),
    )  # fmt: skip


def _attempts(row: FollowUp) -> tuple[AttemptView, ...]:
    return tuple(
        AttemptView(
            a.ordinal, str(FollowUpAttempt.Kind(a.kind).label), a.outcome,
            str(FollowUpAttempt.Outcome(a.outcome).label), a.made_by, a.made_at,
        )
        for a in row.attempts.order_by("ordinal")
    )  # fmt: skip


def _answers(row: FollowUp) -> tuple[AnswerView, ...]:
    given = {a.question: a for a in FollowUpAnswer.objects.filter(follow_up=row)}
    return tuple(
        AnswerView(
            question, given[question.code].answer, ANSWERS[given[question.code].answer],
            mask_numbers(sealing.unseal(given[question.code].said, SAID))
            if given[question.code].said else "",
        )
        for question in QUESTIONS if question.code in given
    )  # fmt: skip
