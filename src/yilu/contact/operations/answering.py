"""A seat answers what it is offered, or does not (应答、婉拒、未应答)."""

from __future__ import annotations

from datetime import datetime

from yilu.contact import events
from yilu.contact.models import Conversation, Offer, Seat, Waiting
from yilu.contact.refusals import ConversationOver, NoOffer, SeatBusy, SeatNotSetUp
from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.refs import SYSTEM, Ref
from yilu.people.queries import Access

from . import conversing, desk_phones, dispatching, seating

_DUE = """
    select conversation_id from contact_waiting
     where seat_id is not null and offered_until <= %s::timestamptz
     order by offered_until limit %s
"""
# Of those who wait alive and before it, whoever this seat could take; no more letters than callers.
_GIVING_WAY = """
    select t.conversation_id
      from contact_waiting t join contact_seat s on s.staff_id = t.seat_id
     where t.load = 'TEXT' and t.offered_until > %(at)s::timestamptz and s."then" = '' and s.voice = 0
       and exists (
           select from contact_waiting c
            where c.seat_id is null and c.load in ('VOICE', 'CHAT') and c.score < t.score
              and c.from_at <= %(at)s::timestamptz and not t.seat_id = any(c.passed_by)
              and case c.load when 'VOICE' then s.chats = 0 else s.chats < s.chats_max end
              and s.reach_after[array_position(s.reach, c.skill)]
                  <= extract(epoch from %(at)s::timestamptz - c.from_at)
              and (s.branch_id = c.branch_id or c.pooled_at <= %(at)s::timestamptz)
              and (c.preferred_id is null or c.preferred_id = t.seat_id
                   or c.preferred_until <= %(at)s::timestamptz))
     order by t.score desc
     limit (select count(*) from contact_waiting c where c.seat_id is null and c.load in ('VOICE', 'CHAT')
               and c.from_at <= %(at)s::timestamptz)
"""


@tx.use_case
def accept(*, conversation_id: int, access: Access, actor: Ref, at: datetime) -> None:
    """
    Take the contact that is offered to this seat: from now on both talk. Twice is once.

    :raises NoOffer: it is not, or no longer, offered to this seat. :raises ConversationNotFound: none.
    :raises NotAllowed: without contact.handle.
    """
    access.require("contact.handle")
    row = conversing.held(conversation_id)
    if row.state == "CONNECTED" and row.seat_id == access.staff_id:
        return
    waiting = _offered(row, access.staff_id)
    if waiting is None or row.state != "QUEUED":
        raise NoOffer
    waiting.delete()
    _end_offer(row, Offer.Outcome.ACCEPTED, at)
    _connect(row, access.staff_id, actor, at)


@tx.use_case
def take_up(*, conversation_id: int, access: Access, actor: Ref, at: datetime) -> None:
    """
    A seat begins the talk itself: a call out, a counter visit, a written thing it picks. Twice is once.

    :raises ConversationOver: it is not with the machine any more. :raises SeatNotSetUp: no seat.
    :raises SeatBusy: the seat has its hands full. :raises ConversationNotFound: none.
    :raises NotAllowed: without contact.handle.
    """
    access.require("contact.handle")
    row = conversing.held(conversation_id)
    if row.state == "CONNECTED" and row.seat_id == access.staff_id:
        return
    if row.state != "OPEN":
        raise ConversationOver
    seat = seating.seat_of(access.staff_id)
    if seat is None:
        raise SeatNotSetUp
    if seat.state == Seat.State.OFFERED or (seat.voice and row.channel in ("PHONE", "VIDEO")):
        raise SeatBusy
    row.arrived_at = row.arrived_at or at
    _connect(row, access.staff_id, actor, at)


@tx.use_case
def decline(*, conversation_id: int, access: Access, actor: Ref, at: datetime) -> None:
    """
    Let it go to the next seat. The contact keeps its place.

    :raises NoOffer: it is not offered to this seat. :raises ConversationNotFound: none.
    :raises NotAllowed: without contact.handle.
    """
    access.require("contact.handle")
    row = conversing.held(conversation_id)
    waiting = _offered(row, access.staff_id)
    if waiting is None:
        raise NoOffer
    _give_back(row, waiting, Offer.Outcome.DECLINED, actor, at)
    dispatching.dispatch(at=at, skills=[waiting.skill])


@tx.use_case
def take_back_unanswered(*, at: datetime, limit: int = 200) -> int:
    """
    Offers nobody answered in time go to the next seat; who did not answer is set not ready. How many.

    What lies written and is only offered yet gives way to whoever holds the line, goes before it and has no other
    seat: it keeps its place and its seats. Locks each conversation before its place in the queue, as every other
    use case does.
    """
    due = [conversation_id for (conversation_id,) in tx.rows(_DUE, [at, limit])]
    giving_way = [conversation_id for (conversation_id,) in tx.rows(_GIVING_WAY, {"at": at})]
    rows = (
        Conversation.objects.select_for_update(of=("self",), skip_locked=True)
        .filter(pk__in=[*due, *giving_way])
        .order_by("pk")
    )
    skills = set()
    for row in rows:
        outcome = Offer.Outcome.MISSED if row.pk in due else Offer.Outcome.GAVE_WAY
        if (
            skill := give_back_unanswered(row, at=at, due=row.pk in due, outcome=outcome)
        ) is not None:
            skills.add(skill)
    if giving_way:
        dispatching.dispatch(at=at)
    elif skills:
        dispatching.dispatch(at=at, skills=sorted(skills))
    return len(due) + len(giving_way)


@tx.step
def give_back_unanswered(
    row: Conversation, *, at: datetime, due: bool = False, outcome: str = Offer.Outcome.MISSED
) -> str | None:
    """
    Whoever a conversation under its lock is offered to does not answer: it keeps its place. Its skill.

    None: it is offered to nobody, or with ``due`` still has time.
    """
    offered = Waiting.objects.select_for_update().filter(pk=row.pk, seat_id__isnull=False)
    waiting = (offered.filter(offered_until__lte=at) if due else offered).first()
    if waiting is None:
        return None
    _give_back(row, waiting, outcome, SYSTEM, at)
    return str(waiting.skill)


def _offered(row: Conversation, staff_id: int) -> Waiting | None:
    return Waiting.objects.select_for_update().filter(pk=row.pk, seat_id=staff_id).first()


def _end_offer(row: Conversation, outcome: str, at: datetime) -> None:
    Offer.objects.filter(conversation=row, outcome="").update(outcome=outcome, ended_at=at)


def _connect(row: Conversation, staff_id: int, actor: Ref, at: datetime) -> None:
    conversing.move(row, "CONNECTED")
    assert row.arrived_at is not None
    row.seat_id, row.connected_at = staff_id, row.connected_at or at
    row.save(update_fields=["state", "seat", "connected_at", "arrived_at"])
    fact = events.Connected(
        staff_id=staff_id, waited=max(0, int((at - row.arrived_at).total_seconds())),
        channel=row.channel,
    )  # fmt: skip
    journal.record(fact, about=row.ref, actor=actor, at=at, party=row.party_id)
    seat = seating.seat_of(staff_id)
    if seat is None:
        raise SeatNotSetUp
    seating.settle(seat, at)


def _give_back(row: Conversation, waiting: Waiting, outcome: str, actor: Ref, at: datetime) -> None:
    seat_id = waiting.seat_id
    assert seat_id is not None
    if outcome != Offer.Outcome.GAVE_WAY:
        waiting.passed_by = [*waiting.passed_by, seat_id]
    waiting.seat_id = waiting.offered_until = None
    waiting.save(update_fields=["passed_by", "seat_id", "offered_until"])
    _end_offer(row, outcome, at)
    seat = seating.seat_of(seat_id)
    if seat is not None:
        if outcome == Offer.Outcome.MISSED:
            seat.then, seat.then_why = Seat.State.NOT_READY, "NO_ANSWER"
        seating.settle(seat, at)
        desk_phones.stop_ringing(row.pk, seat)
    fact = events.OfferReturned(staff_id=seat_id, outcome=outcome)
    journal.record(fact, about=row.ref, actor=actor, at=at, party=row.party_id)
