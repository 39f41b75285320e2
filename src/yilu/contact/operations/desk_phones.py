"""Desk telephones of seats (话机): given, taken back, chosen; rung for an offer and for a call that was taken."""

from __future__ import annotations

from datetime import datetime

from yilu.contact import events
from yilu.contact.models import DeskPhone, Seat
from yilu.contact.places import DESK_PHONE
from yilu.contact.refusals import BadSeat, NoDeskPhone, SeatNotSetUp
from yilu.gateways.calls.builtin import digest
from yilu.journal import operations as journal
from yilu.kernel import sealing, tx
from yilu.kernel.refs import Ref
from yilu.people.queries import Access

from . import seating

RING_SECONDS = 60
"""So long a telephone rings for a call that its seat has taken on the page."""


@tx.use_case
def give_desk_phone(
    *, staff_id: int, algorithm: str, access: Access, actor: Ref, at: datetime
) -> str:
    """
    Let a seat's desk telephone register; the password, which is shown this once. An older one is void.

    ``algorithm``: SHA-256, or MD5 for a telephone that knows nothing else.

    :raises SeatNotSetUp: no seat. :raises NotAllowed: without contact.supervise over its office.
    :raises BadSeat: no such algorithm.
    """
    seat = _supervised(staff_id, access)
    if algorithm not in digest.ALGORITHMS:
        raise BadSeat
    password = digest.new_password()
    kept = digest.secret_of(str(staff_id), password, algorithm).kept
    DeskPhone.objects.update_or_create(
        seat=seat, defaults={
            "algorithm": algorithm, "secret": sealing.seal(kept, DESK_PHONE), "given_at": at,
            "given_by": str(actor),
        },
    )  # fmt: skip
    _forget_registration(staff_id)
    fact = events.DeskPhoneGiven(staff_id=staff_id, algorithm=algorithm)
    journal.record(fact, about=Ref("seat", staff_id), actor=actor, at=at)
    return password


@tx.use_case
def take_desk_phone(*, staff_id: int, access: Access, actor: Ref, at: datetime) -> None:
    """
    Its telephone registers no more; the seat answers in the browser again. Twice is once.

    :raises SeatNotSetUp: no seat. :raises NotAllowed: without contact.supervise over its office.
    """
    take_back(_supervised(staff_id, access), actor=actor, at=at)


@tx.step
def take_back(seat: Seat, *, actor: Ref, at: datetime) -> None:
    """What ``take_desk_phone`` does, to a seat under its lock."""
    if not DeskPhone.objects.filter(seat=seat).delete()[0]:
        return
    Seat.objects.filter(pk=seat.pk).update(line=Seat.Line.BROWSER)
    _forget_registration(seat.pk)
    fact = events.DeskPhoneTaken(staff_id=seat.pk)
    journal.record(fact, about=Ref("seat", seat.pk), actor=actor, at=at)


@tx.use_case
def choose_line(*, line: str, access: Access, actor: Ref, at: datetime) -> None:
    """
    Where this seat's calls ring from now on: BROWSER or DESK. Twice is once.

    :raises SeatNotSetUp: no seat. :raises NoDeskPhone: it has no telephone that may register.
    :raises BadSeat: neither. :raises NotAllowed: without contact.handle.
    """
    access.require("contact.handle")
    seat = seating.seat_of(access.staff_id)
    if seat is None:
        raise SeatNotSetUp
    if line not in Seat.Line.values:
        raise BadSeat
    if line == Seat.Line.DESK and not DeskPhone.objects.filter(seat=seat).exists():
        raise NoDeskPhone
    if seat.line == line:
        return
    seat.line = line
    seat.save(update_fields=["line"])
    fact = events.SeatLineChosen(staff_id=seat.pk, line=line)
    journal.record(fact, about=Ref("seat", seat.pk), actor=actor, at=at)


@tx.step
def ring(conversation_id: int, staff_id: int, *, until: str = "") -> None:
    """Have a seat's telephone rung for this conversation, as long as it is the seat's; ``until`` when an offer ends."""
    journal.defer(
        "contact.ring_desk_phone", lock=f"seat:{staff_id}", staff_id=staff_id,
        conversation_id=conversation_id, until=until,
    )  # fmt: skip


@tx.step
def ring_if_chosen(conversation_id: int, staff_id: int) -> None:
    """The seat has taken a call: its telephone rings, where it chose that and has not picked it up already."""
    if Seat.objects.filter(pk=staff_id, line=Seat.Line.DESK).exists():
        ring(conversation_id, staff_id)


@tx.step
def stop_ringing(conversation_id: int, seat: Seat) -> None:
    """The offer is over."""
    if seat.line == Seat.Line.DESK:
        journal.defer(
            "contact.quiet_desk_phone", lock=f"seat:{seat.pk}", staff_id=seat.pk,
            conversation_id=conversation_id,
        )  # fmt: skip


@tx.step
def _forget_registration(staff_id: int) -> None:
    journal.defer("contact.forget_desk_phone", lock=f"seat:{staff_id}", staff_id=staff_id)


@tx.step
def _supervised(staff_id: int, access: Access) -> Seat:
    seat = seating.seat_of(staff_id)
    if seat is None:
        raise SeatNotSetUp
    access.require("contact.supervise", office_id=seat.office_id)
    return seat
