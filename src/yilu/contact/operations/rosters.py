"""Who is to sit when (排班)."""

from __future__ import annotations

from datetime import datetime, timedelta

from yilu.contact import events
from yilu.contact.models import Seat, Shift
from yilu.contact.refusals import BadShift, SeatNotSetUp, ShiftNotFound
from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.refs import Ref
from yilu.people.queries import Access

LONGEST = timedelta(hours=12)


@tx.use_case
def plan_shift(
    *, staff_id: int, from_at: datetime, to_at: datetime, access: Access, actor: Ref, at: datetime
) -> int:
    """
    Plan a stretch of time at the seat; its id. The same again is the same.

    :raises SeatNotSetUp: no seat. :raises NotAllowed: without contact.supervise over it.
    :raises BadShift: it ends before it begins, lasts over twelve hours, or overlaps another.
    """
    seat = Seat.objects.select_for_update().filter(pk=staff_id).first()
    if seat is None:
        raise SeatNotSetUp
    access.require("contact.supervise", office_id=seat.office_id)
    if not from_at < to_at <= from_at + LONGEST:
        raise BadShift
    living = Shift.objects.filter(staff_id=staff_id, cancelled_at=None)
    for other in living.filter(from_at__lt=to_at, to_at__gt=from_at):
        if (other.from_at, other.to_at) == (from_at, to_at):
            return other.pk
        raise BadShift
    row = Shift.objects.create(
        staff_id=staff_id, office_id=seat.office_id, from_at=from_at, to_at=to_at,
        planned_by=str(actor), planned_at=at,
    )  # fmt: skip
    fact = events.ShiftPlanned(shift_id=row.pk, staff_id=staff_id)
    journal.record(fact, about=Ref("seat", staff_id), actor=actor, at=at)
    return row.pk


@tx.use_case
def cancel_shift(*, shift_id: int, access: Access, actor: Ref, at: datetime) -> None:
    """
    Take a shift back. Twice is once.

    :raises ShiftNotFound: none. :raises NotAllowed: without contact.supervise over the seat.
    """
    row = Shift.objects.select_for_update(of=("self",)).filter(pk=shift_id).first()
    if row is None:
        raise ShiftNotFound
    access.require("contact.supervise", office_id=row.office_id)
    if row.cancelled_at is None:
        cancel(row, actor=actor, at=at)


@tx.step
def cancel(row: Shift, *, actor: Ref, at: datetime) -> None:
    """What ``cancel_shift`` does, to a shift under its lock that still stands."""
    row.cancelled_at = at
    row.save(update_fields=["cancelled_at"])
    fact = events.ShiftCancelled(shift_id=row.pk, staff_id=row.staff_id)
    journal.record(fact, about=Ref("seat", row.staff_id), actor=actor, at=at)
