"""The step by which a seat's state follows from what is on its hands, and its times are kept."""

from __future__ import annotations

from datetime import datetime

from yilu.contact.models import Seat, SeatSpell
from yilu.contact.rules.seats import hands_of, state_of
from yilu.kernel import tx


@tx.step
def seat_of(staff_id: int) -> Seat | None:
    """The seat under a lock. Lock the conversation first, then the seat: always in this order."""
    return Seat.objects.select_for_update(of=("self",)).filter(pk=staff_id).first()


@tx.step
def settle(seat: Seat, at: datetime) -> None:
    """Set the state that follows from the seat's conversations and offers, and keep the times."""
    counts = {
        (channel, state): count
        for channel, state, count in tx.rows(
            """
            select channel, state, count(*) from contact_conversation
             where seat_id = %s::bigint and state in ('CONNECTED', 'WRAPPING')
             group by channel, state
            """,
            [seat.pk],
        )
    }
    offered = bool(
        tx.rows("select 1 from contact_waiting where seat_id = %s::bigint limit 1", [seat.pk])
    )
    hands = hands_of(counts, offered=offered)
    seat.voice, seat.chats, seat.texts = min(hands.voice, 1), hands.chats, hands.texts
    was, state = seat.state, state_of(hands, seat.then)
    if state == seat.then and seat.then:
        seat.why = seat.then_why
    elif state not in ("NOT_READY", "OFFLINE"):
        seat.why = ""
    if state != was:
        seat.state, seat.since = state, at
        seat.idle_since = at if state == "READY" or seat.idle_since is None else seat.idle_since
    seat.save()
    # Ringing is part of the stretch before it: nobody was served yet.
    if state != "OFFERED":
        write_spell(seat, at)


@tx.step
def write_spell(seat: Seat, at: datetime) -> None:
    """End the stretch that runs, if it is of another kind, and begin the present one."""
    now = SeatSpell.objects.filter(staff_id=seat.pk, to_at=None).first()
    if now is not None and (now.state, now.why) == (seat.state, seat.why):
        return
    if now is not None:
        now.to_at = max(at, now.from_at)
        now.save(update_fields=["to_at"])
    if seat.state != "OFFLINE":
        SeatSpell.objects.create(staff_id=seat.pk, state=seat.state, why=seat.why, from_at=at)
