"""Seats as their people and their supervisors see them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from yilu.contact.models import Conversation, Seat, Waiting
from yilu.contact.rules.routing import RINGS_FOR
from yilu.contact.rules.seats import PAUSES
from yilu.people import queries as people
from yilu.people.queries import Access

from .conversations import ConversationView, view_of

LINES = tuple(Seat.Line.choices)
"""Where a seat's calls can ring."""


@dataclass(frozen=True, slots=True)
class SeatView:
    """A seat and how things are with it; ``then_label``: what it becomes once its hands are empty."""

    staff_id: int
    name: str
    office_id: int
    skills: Mapping[str, int]
    state: str
    state_label: str
    why: str
    then_label: str
    since: datetime
    chats: int
    chats_max: int
    texts: int
    texts_max: int
    reserve: bool
    line: str


@dataclass(frozen=True, slots=True)
class Hands:
    """What a seat is at: what it is offered, and what it talks in or writes up."""

    offered: ConversationView | None
    offered_until: datetime | None
    seconds: int | None  # how long it rings where somebody waits; None for what lies written
    at_hand: tuple[ConversationView, ...]


def seat_of(staff_id: int) -> SeatView | None:
    """Somebody's own seat; None where nobody gave them one."""
    row = Seat.objects.select_related("staff").filter(pk=staff_id).first()
    return _view(row) if row else None


def list_seats(access: Access) -> list[SeatView]:
    """Those of the offices one supervises, working ones first."""
    rows = (
        Seat.objects.select_related("staff")
        .filter(office_id__in=access.offices_for("contact.supervise"))
        .order_by("state", "staff__name")
    )
    return sorted((_view(row) for row in rows), key=lambda s: (s.state == "OFFLINE", s.name))


def hands_of(staff_id: int) -> Hands:
    """What is offered to a seat, and what it has at hand."""
    waiting = Waiting.objects.select_related("conversation").filter(seat_id=staff_id).first()
    rows = Conversation.objects.filter(
        seat_id=staff_id, state__in=["CONNECTED", "WRAPPING"]
    ).order_by("connected_at", "pk")
    return Hands(
        view_of(waiting.conversation) if waiting else None,
        waiting.offered_until if waiting else None,
        RINGS_FOR[waiting.load] if waiting and waiting.load != "TEXT" else None,
        tuple(view_of(row) for row in rows),
    )


def candidates(access: Access) -> list[people.StaffView]:
    """Colleagues of one's offices who may take contacts and have no seat yet."""
    seated = set(Seat.objects.values_list("staff_id", flat=True))
    may = {role for role, rights in people.ROLE_RIGHTS.items() if "contact.handle" in rights}
    offices = access.offices_for("contact.supervise")
    return [
        one
        for one in people.list_staff(access)
        if one.id not in seated and one.office_id in offices and may & set(one.roles)
    ]


def _view(row: Seat) -> SeatView:
    return SeatView(
        staff_id=row.pk, name=row.staff.name, office_id=row.office_id, skills=dict(row.skills),
        state=row.state, state_label=str(Seat.State(row.state).label), why=PAUSES.get(row.why, ""),
        then_label=_then(row), since=row.since, chats=row.chats, chats_max=row.chats_max, texts=row.texts,
        texts_max=row.texts_max, reserve=row.reserve, line=row.line,
    )  # fmt: skip


def _then(row: Seat) -> str:
    if not row.then or row.then == row.state:
        return ""
    return PAUSES.get(row.then_why, "") or str(Seat.State(row.then).label)
