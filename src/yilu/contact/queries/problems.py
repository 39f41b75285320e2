"""Problem cases as their owners, and agents, see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from yilu.contact.models import Problem, ProblemStep
from yilu.contact.places import ANSWER, STEP, WHAT
from yilu.contact.refusals import ProblemNotFound
from yilu.contact.rules.masking import mask_numbers
from yilu.kernel import sealing
from yilu.people.queries import Access, AgentAccess


@dataclass(frozen=True, slots=True)
class StepView:
    """What was done about a problem."""

    ordinal: int
    note: str
    made_by: str
    made_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemView:
    """A problem case; numbers in its words masked."""

    id: int
    number: str
    kind: str
    kind_label: str
    side: str
    side_label: str
    state: str
    state_label: str
    conversation_id: int | None
    policy_id: int | None
    party_id: int | None
    office_id: int
    agent_id: int | None
    what: str
    answer: str
    steps: tuple[StepView, ...]
    opened_at: datetime
    solved_at: datetime | None
    solved_by: str


def list_problems(access: Access, *, solved: bool = False, limit: int = 100) -> list[ProblemView]:
    """Of one's offices, by side as one's rights say; the oldest open, or the latest solved, first."""
    access.require("contact.view")
    rows = Problem.objects.filter(_mine(access), state="SOLVED" if solved else "OPEN")
    return [_view(row) for row in rows.order_by("-solved_at" if solved else "opened_at")[:limit]]


def get_problem(problem_id: int, access: Access) -> ProblemView:
    """With its steps. :raises ProblemNotFound: none, or not theirs to see. :raises NotAllowed: right."""
    access.require("contact.view")
    row = Problem.objects.filter(_mine(access), pk=problem_id).first()
    if row is None:
        raise ProblemNotFound
    return _view(row, with_steps=True)


def problems_of_agent(agent: AgentAccess, limit: int = 50) -> list[ProblemView]:
    """Those about customers of this agent (or the team led), open ones first."""
    rows = Problem.objects.filter(agent_id__in=agent.agent_ids).exclude(kind="MIS_SELLING")
    return [_view(row, with_steps=True) for row in rows.order_by("state", "-opened_at")[:limit]]


def problems_of_party(party_id: int) -> list[ProblemView]:
    """Of one customer, the latest first; the asker was checked by the door."""
    return [_view(r) for r in Problem.objects.filter(party_id=party_id).order_by("-opened_at")[:20]]


def _mine(access: Access) -> Q:
    return Q(office_id__in=access.offices_for("contact.view"))


def _view(row: Problem, *, with_steps: bool = False) -> ProblemView:
    steps: QuerySet[ProblemStep] | tuple[()] = (
        row.steps_made.order_by("ordinal") if with_steps else ()
    )
    return ProblemView(
        id=row.pk, number=row.number, kind=row.kind, kind_label=str(Problem.Kind(row.kind).label),
        side=row.side, side_label=str(Problem.Side(row.side).label), state=row.state,
        state_label=str(Problem.State(row.state).label), conversation_id=row.conversation_id,
        policy_id=row.policy_id, party_id=row.party_id, office_id=row.office_id, agent_id=row.agent_id,
        what=mask_numbers(sealing.unseal(row.what, WHAT)),
        answer=mask_numbers(sealing.unseal(row.answer, ANSWER)) if row.answer else "",
        steps=tuple(
            StepView(
                s.ordinal, mask_numbers(sealing.unseal(s.note, STEP)), s.made_by, s.made_at
            )
            for s in steps
        ),
        opened_at=row.opened_at, solved_at=row.solved_at, solved_by=row.solved_by,
    )  # fmt: skip
