"""Voices one by one: the inbox, what a customer told us, what a link leads to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Q

from yilu.kernel import sealing
from yilu.people.queries import Access
from yilu.voice.models import Card, Feedback, Handling, Invitation
from yilu.voice.operations.cards import PLACE
from yilu.voice.operations.handling import digest_of
from yilu.voice.refusals import CardEnded, FeedbackNotFound, SurveyOver
from yilu.voice.rules.labels import HANDLING_STATES, JOURNEYS, SOURCES, WHO

OPEN_STATES = ("OPEN", "TAKEN", "REPLIED")


@dataclass(frozen=True, slots=True)
class FeedbackView:
    """A voice and how it is being answered, as screens show it."""

    id: int
    source: str
    source_label: str
    journey_label: str
    who_label: str
    third_party: bool
    party_id: int | None
    staff_id: int | None
    about: str
    stars: int | None
    recommend: int | None
    text: str
    has_original: bool
    said_at: datetime
    state: str
    state_label: str
    urgent: bool
    why: str
    owner_id: int | None
    opened_at: datetime | None
    replied_at: datetime | None
    reply: str
    rounds: int
    customer_said: str


def is_rated(request_key: str) -> bool:
    """Whether the rating that a page takes once under this key was given."""
    return Feedback.objects.filter(request_key=request_key).exists()


def inbox(
    access: Access, *, group: str = "open", before: int | None = None, limit: int = 20
) -> list[FeedbackView]:
    """
    Feedback that wants or had an answer, the newest first: open, mine, replied or closed.
    """
    wanted = {
        "open": Q(state="OPEN"), "mine": Q(state="TAKEN", owner_id=access.staff_id),
        "replied": Q(state="REPLIED"), "closed": Q(state__in=["SOLVED", "SILENT", "NOTED"]),
    }  # fmt: skip
    found = Handling.objects.filter(
        wanted.get(group, wanted["open"]), office_id__in=access.offices_for("voice.handle")
    ).select_related("feedback")
    if before is not None:
        found = found.filter(pk__lt=before)
    order = ("-urgent", "pk") if group in ("open", "mine") and before is None else ("-pk",)
    return [_view(h.feedback, h) for h in found.order_by(*order)[:limit]]


def inbox_counts(access: Access) -> dict[str, int]:
    """How many are waiting, urgent, mine and answered."""
    mine = Handling.objects.filter(office_id__in=access.offices_for("voice.handle"))
    open_ones = mine.filter(state="OPEN")
    return {
        "open": open_ones.count(), "urgent": open_ones.filter(urgent=True).count(),
        "mine": mine.filter(state="TAKEN", owner_id=access.staff_id).count(),
        "replied": mine.filter(state="REPLIED").count(),
    }  # fmt: skip


def get_feedback(feedback_id: int, access: Access) -> FeedbackView:
    """One that wants or had an answer. :raises FeedbackNotFound: none of one's offices."""
    held = (
        Handling.objects.select_related("feedback")
        .filter(feedback_id=feedback_id, office_id__in=access.offices_for("voice.handle")).first()
    )  # fmt: skip
    if held is None:
        raise FeedbackNotFound
    return _view(held.feedback, held)


def feedback_of_party(party_id: int, limit: int = 20) -> list[FeedbackView]:
    """What a customer told us, the newest first, with our answers."""
    found = Feedback.objects.filter(party_id=party_id).order_by("-pk").select_related("handling")
    return [_view(f, getattr(f, "handling", None)) for f in found[:limit]]


def _view(feedback: Feedback, held: Handling | None) -> FeedbackView:
    return FeedbackView(
        feedback.pk, feedback.source, SOURCES[feedback.source], JOURNEYS[feedback.journey],
        WHO[feedback.who], feedback.who == "THIRD_PARTY", feedback.party_id, feedback.staff_id,
        feedback.about, feedback.stars, feedback.recommend, feedback.text, bool(feedback.original),
        feedback.said_at, held.state if held else "", HANDLING_STATES[held.state] if held else "",
        held.urgent if held else False, held.why if held else "", held.owner_id if held else None,
        held.opened_at if held else None, held.replied_at if held else None,
        held.reply if held else "", held.rounds if held else 0, held.customer_said if held else "",
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class SurveyView:
    """What a survey's page asks about; nothing about whom."""

    touchpoint: str
    journey_label: str
    expires_at: datetime


def survey_by_link(token: str, at: datetime) -> SurveyView:
    """The survey of a link. :raises SurveyOver: used, late or guessed, in the same words."""
    held = Invitation.objects.filter(
        token_digest=digest_of(token), answered_at=None, expires_at__gt=at
    ).first()
    if held is None:
        raise SurveyOver
    return SurveyView(held.touchpoint, JOURNEYS[held.journey], held.expires_at)


@dataclass(frozen=True, slots=True)
class ReplyView:
    """Our answer as its link shows it: no name, no business."""

    reply: str
    replied_at: datetime | None


def reply_by_link(secret: str) -> ReplyView:
    """The answer of a link. :raises SurveyOver: used, late or guessed."""
    held = Handling.objects.filter(link_digest=digest_of(secret), state="REPLIED").first()
    if held is None:
        raise SurveyOver
    return ReplyView(held.reply, held.replied_at)


@dataclass(frozen=True, slots=True)
class CardView:
    """A card's page: who served, nothing of the claim."""

    staff_id: int
    journey_label: str
    for_one_case: bool


def card_of(code: str) -> CardView:
    """The card of a code. :raises CardEnded: ended or guessed, in the same words."""
    held = Card.objects.filter(code_digest=digest_of(code), ended_at=None).first()
    if held is None:
        raise CardEnded
    return CardView(held.staff_id, JOURNEYS[held.journey], bool(held.about))


def card_link(staff_id: int, claim_id: int | None) -> str | None:
    """The address in the picture of somebody's card; None where there is no card."""
    about = f"claim:{claim_id}" if claim_id is not None else ""
    held = Card.objects.filter(staff_id=staff_id, about=about, ended_at=None).first()
    return f"{settings.PUBLIC_URL}/voice/card/{sealing.unseal(held.code, PLACE)}" if held else None
