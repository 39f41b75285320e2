"""What is done about topics and whether it helped; outside surveys."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from yilu.kernel.days import day_of
from yilu.kernel.errors import NotFound
from yilu.kernel.words import marked as _
from yilu.people.queries import Access
from yilu.voice.models import Improvement, Study
from yilu.voice.rules.labels import IMPROVEMENT_STATES, JOURNEYS
from yilu.voice.rules.scores import Compared, compare

from .scores import tally

BEFORE = timedelta(days=90)
"""How long before and after it went live answers are compared; what is there of it."""


class ImprovementNotFound(NotFound):
    """None, or another office's."""

    code = "improvement_not_found"
    message = _("没有找到这个改进事项")


@dataclass(frozen=True, slots=True)
class ImprovementView:
    """An improvement, and where it is live what NPS did before and after."""

    id: int
    topic_id: int | None
    about: str
    title: str
    journey: str
    journey_label: str
    owner_id: int
    state: str
    state_label: str
    due_on: date
    live_on: date | None
    note: str
    is_late: bool
    effect: Compared | None = None
    others: Compared | None = None
    until: date | None = None


def list_improvements(access: Access, at: datetime) -> list[ImprovementView]:
    """Those of one's offices, the newest first, without their effect."""
    found = Improvement.objects.filter(office_id__in=access.offices_for("voice.view"))
    return [_view(held, at) for held in found.order_by("-pk")[:100]]


def get_improvement(improvement_id: int, access: Access, at: datetime) -> ImprovementView:
    """
    One with its effect: the journey's NPS ninety days before and after, beside all other journeys'.

    :raises ImprovementNotFound: none of one's offices.
    """
    offices = access.offices_for("voice.view")
    held = Improvement.objects.filter(pk=improvement_id, office_id__in=offices).first()
    if held is None:
        raise ImprovementNotFound
    if held.live_on is None:
        return _view(held, at)
    until = min(held.live_on + BEFORE, day_of(at) + timedelta(days=1))
    compared = [
        compare(
            tally(offices, held.journey, held.live_on - BEFORE, held.live_on, others=others),
            tally(offices, held.journey, held.live_on, until, others=others),
        )
        for others in (False, True)
    ]
    return _view(held, at, effect=compared[0], others=compared[1], until=until)


def _view(held: Improvement, at: datetime, **effect: Any) -> ImprovementView:
    return ImprovementView(
        held.pk, held.topic_id, held.about, held.title, held.journey, JOURNEYS[held.journey],
        held.owner_id, held.state, IMPROVEMENT_STATES[held.state], held.due_on, held.live_on, held.note,
        held.state == "PLANNED" and held.due_on < day_of(at), **effect,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class StudyView:
    """What an outside survey found."""

    id: int
    name: str
    by: str
    measure: str
    scale: str
    value: Decimal
    others: Decimal | None
    sample: int | None
    journey_label: str
    held_on: date


def list_studies(limit: int = 50) -> list[StudyView]:
    """Outside surveys, the newest first."""
    return [
        StudyView(
            s.pk, s.name, s.by, s.measure, f"{s.lowest}–{s.highest}", s.value, s.others, s.sample,
            JOURNEYS[s.journey], s.held_on,
        )
        for s in Study.objects.order_by("-held_on", "-pk")[:limit]
    ]  # fmt: skip
