"""Set up a seat, sign on, pause, come back, leave (坐席)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from yilu.contact import events
from yilu.contact.models import Seat
from yilu.contact.queries.green_routes import branch_of, is_green
from yilu.contact.refusals import BadSeat, NotUnderGreenRoute, SeatNotSetUp
from yilu.contact.rules.seats import CHOSEN
from yilu.contact.rules.skills import reach_of
from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.errors import NotAllowed
from yilu.kernel.refs import Ref
from yilu.people import queries as people
from yilu.people.queries import Access

from . import dispatching, seating


@tx.use_case
def set_up_seat(
    *, staff_id: int, skills: Mapping[str, int], chats_max: int = 3, texts_max: int = 5,
    reserve: bool = False, access: Access, actor: Ref, at: datetime,
) -> None:  # fmt: skip
    """
    Give somebody a seat, or change what it takes; a seat that works goes on with the new skills.

    ``reserve``: helps out while the green route is on, and only then.

    :raises NotAllowed: without contact.supervise over their office, or they lack contact.handle.
    :raises BadSeat: no skill, an unknown one, or measures out of bounds.
    """
    their = people.staff_access(staff_id)
    access.require("contact.supervise", office_id=their.office_id)
    if not their.may("contact.handle"):
        raise NotAllowed
    if not skills or not 0 <= chats_max <= 20 or not 0 <= texts_max <= 20:
        raise BadSeat
    try:
        reach = reach_of(skills)
    except ValueError:
        raise BadSeat from None
    given = {
        "skills": dict(skills), "reach": list(reach.skills), "reach_after": list(reach.after),
        "chats_max": chats_max, "texts_max": texts_max, "reserve": reserve,
        "office_id": their.office_id, "branch_id": branch_of(their.office_id),
    }  # fmt: skip
    seat = seating.seat_of(staff_id)
    if seat is None:
        Seat.objects.create(staff_id=staff_id, since=at, then=Seat.State.OFFLINE, **given)
    else:
        Seat.objects.filter(pk=staff_id).update(**given)
    fact = events.SeatSetUp(staff_id=staff_id, skills=tuple(sorted(skills)), reserve=reserve)
    journal.record(fact, about=Ref("seat", staff_id), actor=actor, at=at)


@tx.use_case
def ready(*, access: Access, actor: Ref, at: datetime) -> str:
    """
    Sign on, or come back from a pause; if somebody waits, they are offered at once. The state.

    Whoever this seat let pass before may be offered to it again: there may be nobody else.

    :raises SeatNotSetUp: no seat. :raises NotAllowed: without contact.handle.
    :raises NotUnderGreenRoute: a reserve seat, and no green route is on.
    """
    access.require("contact.handle")
    _forget_passes(access.staff_id)
    seat = _mine(access)
    if seat.reserve and not is_green(seat.branch_id):
        raise NotUnderGreenRoute
    _change(seat, "", "", actor, at)
    if seat.state in ("READY", "BUSY"):
        dispatching.dispatch(at=at, seat_id=seat.pk)
        seat.refresh_from_db(fields=["state"])
    return str(seat.state)


@tx.use_case
def pause(*, why: str, access: Access, actor: Ref, at: datetime) -> str:
    """
    Take nothing new for a while; at once, or once the present conversations are done. The state.

    :raises SeatNotSetUp: no seat. :raises BadSeat: no such reason. :raises NotAllowed: without right.
    """
    if why not in CHOSEN:
        raise BadSeat
    seat = _mine(access)
    _change(seat, Seat.State.NOT_READY, why, actor, at)
    return str(seat.state)


@tx.use_case
def sign_off(*, access: Access, actor: Ref, at: datetime) -> str:
    """
    Leave, at once or once the present conversations are done. The state.

    :raises SeatNotSetUp: no seat. :raises NotAllowed: without contact.handle.
    """
    seat = _mine(access)
    send_off(seat, actor=actor, at=at)
    return str(seat.state)


@tx.step
def send_off(seat: Seat, *, actor: Ref, at: datetime) -> None:
    """What ``sign_off`` does, to a seat under its lock."""
    _change(seat, Seat.State.OFFLINE, "", actor, at)


def _forget_passes(staff_id: int) -> None:
    """Before the seat is locked, as everywhere; whom a router holds at this moment is left to it."""
    tx.changed(
        """
        update contact_waiting set passed_by = array_remove(passed_by, %(seat)s::bigint)
         where conversation_id in (
               select conversation_id from contact_waiting
                where seat_id is null and %(seat)s::bigint = any(passed_by)
                order by conversation_id for update skip locked)
        """,
        {"seat": staff_id},
    )


def _mine(access: Access) -> Seat:
    access.require("contact.handle")
    seat = seating.seat_of(access.staff_id)
    if seat is None:
        raise SeatNotSetUp
    return seat


def _change(seat: Seat, then: str, why: str, actor: Ref, at: datetime) -> None:
    was = (seat.state, seat.why)
    seat.then, seat.then_why = then, why
    seating.settle(seat, at)
    if (seat.state, seat.why) != was:
        fact = events.SeatChanged(staff_id=seat.pk, state=seat.state, why=seat.why)
        journal.record(fact, about=Ref("seat", seat.pk), actor=actor, at=at)
