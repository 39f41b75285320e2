"""When somebody leaves, or may take contacts no more: nobody they served is left alone with an empty seat."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from yilu.contact import events
from yilu.contact.models import Conversation, Seat, Shift, Waiting
from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.refs import SYSTEM
from yilu.people.queries import Succession

from . import (
    answering,
    conversing,
    desk_phones,
    dispatching,
    ending,
    problems,
    queueing,
    rosters,
    seating,
    seats,
)

HANDLE = "contact.handle"
FACE_TO_FACE = frozenset({"COUNTER", "VIDEO"})
"""Where the customer sits before one person: such a talk ends, it does not wait in the queue."""
NOT_WRITTEN_UP = "坐席离职或不再接待，没有写服务小结：请看会话记录，问客户事情是否办妥"


@tx.step
def vacate(of: Succession, *, at: datetime) -> int:
    """
    Empty the seat of whoever left, or may take contacts no more; how many contacts changed hands.

    What rings there rings elsewhere. Who is being served waits for other hands, from when they first came;
    a call we made ourselves and a talk face to face end. What is over but not written up becomes a problem
    case: nobody knows whether it was solved. The seat is signed off, its desk telephone registers no more,
    its coming shifts are cancelled. Whoever may still take contacts by another role keeps all of it.
    """
    if of.keeps(HANDLE, None):
        return 0
    ringing = Waiting.objects.filter(seat_id=of.staff_id).values_list("conversation_id", flat=True)
    held = Q(seat_id=of.staff_id, state__in=("CONNECTED", "WRAPPING"))
    rows = list(
        Conversation.objects.select_for_update(of=("self",))
        .filter(held | Q(pk__in=list(ringing)))
        .order_by("pk")
    )
    # What ends frees a place: nobody new is led to it.
    Seat.objects.filter(pk=of.staff_id).update(then=Seat.State.OFFLINE)
    skills = set()
    for row in rows:
        if row.state == "QUEUED":
            answering.give_back_unanswered(row, at=at)
        elif _goes_on(row):
            _to_other_hands(row, of.staff_id, at)
        else:
            _end(row, at)
        skills.add(row.skill)
    _close_seat(of.staff_id, at)
    if skills - {""}:
        dispatching.dispatch(at=at, skills=sorted(skills - {""}))
    return len(rows)


def _goes_on(row: Conversation) -> bool:
    wanted_us = row.direction == "IN" or row.follows_id is not None
    return row.state == "CONNECTED" and wanted_us and row.channel not in FACE_TO_FACE


def _to_other_hands(row: Conversation, staff_id: int, at: datetime) -> None:
    row.seat_id = None
    queueing.wait(
        row, skill=row.skill, urgency=max(row.urgency, 1), preferred_seat=None, actor=SYSTEM,
        at=at, passed_by=staff_id,
    )  # fmt: skip
    fact = events.Transferred(from_staff_id=staff_id, skill=row.skill)
    journal.record(fact, about=row.ref, actor=SYSTEM, at=at, party=row.party_id)


def _end(row: Conversation, at: datetime) -> None:
    ending.end_talk(row, by="SYSTEM", actor=SYSTEM, at=at)
    conversing.move(row, "CLOSED")
    row.save(update_fields=["state"])
    problems.open_for_conversation(row, what=NOT_WRITTEN_UP, actor=SYSTEM, at=at)


def _close_seat(staff_id: int, at: datetime) -> None:
    seat = seating.seat_of(staff_id)
    if seat is None:
        return
    seats.send_off(seat, actor=SYSTEM, at=at)
    desk_phones.take_back(seat, actor=SYSTEM, at=at)
    coming = Shift.objects.select_for_update().filter(
        staff_id=staff_id, from_at__gt=at, cancelled_at=None
    )
    for shift in coming.order_by("pk"):
        rosters.cancel(shift, actor=SYSTEM, at=at)
