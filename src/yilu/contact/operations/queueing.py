"""Ask for a person, give up waiting, be called back (排队、放弃、回电)."""

from __future__ import annotations

from datetime import datetime, timedelta

from yilu.contact import events
from yilu.contact.models import Conversation, Offer, Waiting
from yilu.contact.places import ADDRESS
from yilu.contact.queries.green_routes import branch_of, is_green
from yilu.contact.queries.tiers import tier_of
from yilu.contact.refusals import BadConversation, CallbackAlreadyAsked, ConversationOver
from yilu.contact.rules import reasons, scoring
from yilu.contact.rules.routing import PREFERRED_FOR
from yilu.contact.rules.skills import SKILLS
from yilu.contact.rules.words import ABANDON_CAUSES, load_of
from yilu.journal import operations as journal
from yilu.kernel import sealing, tx
from yilu.kernel.refs import SYSTEM, Ref
from yilu.messaging import operations as messaging

from . import conversing, desk_phones, dispatching, seating

GREEN_REASONS = frozenset({"", "REPORT", "QUERY", "CONSULT"})
"""What the green route takes over; complaints and changes keep their own desks."""


@tx.use_case
def queue(
    *, conversation_id: int, skill: str = "", urgency: int = 0,
    preferred_seat: int | None = None, actor: Ref, at: datetime,
) -> None:  # fmt: skip
    """
    A person is wanted: wait for a seat with the skill (by the reason where none is named).

    If a seat is free it is asked at once. Asking twice is asking once. How far ahead the customer is
    says the decision table ``contact.tier``, and only where no statutory clock runs.
    ``preferred_seat`` is asked alone for some seconds.

    :raises ConversationNotFound: none, or another customer's. :raises NotYourConversation: of a seat.
    :raises ConversationOver: closed, or with a seat already. :raises BadConversation: no such skill.
    """
    row = conversing.held(conversation_id, actor=None if actor.kind == "staff" else actor)
    if row.state == "QUEUED":
        return
    wait(
        row, skill=skill, urgency=urgency, preferred_seat=preferred_seat, actor=actor, at=at
    )  # fmt: skip
    dispatching.dispatch(at=at, skills=[row.skill])


@tx.step
def wait(
    row: Conversation, *, skill: str, urgency: int, preferred_seat: int | None, actor: Ref, at: datetime,
    from_at: datetime | None = None, passed_by: int | None = None,
) -> None:  # fmt: skip
    """Put a conversation into the queue. Its wait began when it first asked: ``arrived_at`` stays."""
    skill = skill or row.skill or reasons.skill_for(row.reason, row.sub_reason)
    if skill not in SKILLS:
        raise BadConversation
    branch_id = branch_of(row.office_id)
    green = row.reason in GREEN_REASONS and is_green(branch_id)
    if green:
        skill = "green"
    conversing.move(row, "QUEUED")
    tier = tier_of(row.party_id, at=at)
    row.skill, row.urgency = skill, max(urgency, 0)
    row.tier, row.tier_why, row.tier_rule = tier.level, tier.why, tier.rule
    row.arrived_at = row.arrived_at or at
    row.queued_at = row.queued_at or at
    row.save(
        update_fields=[
            "state", "skill", "urgency", "tier", "tier_why", "tier_rule", "arrived_at", "queued_at", "seat",
        ]
    )  # fmt: skip
    begins = from_at or at
    Waiting.objects.create(
        conversation=row, party_id=row.party_id, skill=skill, load=load_of(row.channel), branch_id=branch_id,
        score=scoring.score(
            row.arrived_at, urgency=urgency, tier=tier.level, green=green,
            statutory=reasons.is_statutory(row.reason), written=load_of(row.channel) == "TEXT",
        ),
        arrived_at=row.arrived_at, from_at=begins,
        pooled_at=begins + timedelta(seconds=SKILLS[skill].own_branch),
        passed_by=[passed_by] if passed_by else [], preferred_id=preferred_seat,
        preferred_until=begins + timedelta(seconds=PREFERRED_FOR) if preferred_seat else None,
    )  # fmt: skip
    fact = events.Queued(skill=skill, channel=row.channel, urgency=row.urgency)
    journal.record(fact, about=row.ref, actor=actor, at=at, party=row.party_id)


@tx.use_case
def abandon(*, conversation_id: int, cause: str = "CUSTOMER", actor: Ref, at: datetime) -> None:
    """
    It ended before a person came: CUSTOMER hung up, LONG_WAIT, SYSTEM. Twice is once.

    Whoever gave up because of us (LONG_WAIT, SYSTEM) on the phone is called back, first in the queue
    by the time they came.

    :raises ConversationNotFound: none, or another customer's.
    :raises ConversationOver: a seat has it. :raises BadConversation: no such cause.
    """
    if cause not in ABANDON_CAUSES:
        raise BadConversation
    give_up(conversing.held(conversation_id, actor=actor), cause=cause, actor=actor, at=at)


@tx.step
def give_up(row: Conversation, *, cause: str, actor: Ref, at: datetime) -> None:
    """What ``abandon`` does, to a conversation under its lock. :raises ConversationOver: a seat has it."""
    if row.state == "CLOSED" and row.ending in ABANDON_CAUSES:
        return
    if row.state != "QUEUED":
        raise ConversationOver
    _leave_queue(row, ending=cause, at=at)
    assert row.arrived_at is not None
    fact = events.Abandoned(cause=cause, waited=max(0, int((at - row.arrived_at).total_seconds())))
    journal.record(fact, about=row.ref, actor=actor, at=at, party=row.party_id)
    if cause != "CUSTOMER" and row.channel == "PHONE" and row.direction == "IN" and row.address:
        _call_back(row, address="", not_before=at, actor=SYSTEM, at=at)


@tx.use_case
def request_callback(
    *, conversation_id: int, address: str = "", not_before: datetime | None = None, actor: Ref,
    at: datetime,
) -> int:  # fmt: skip
    """
    End the wait; we call back. The callback's conversation: it keeps the place in the queue.

    ``address``: another number than the one of the call. ``not_before``: when it suits the customer.

    :raises ConversationNotFound: none, or another customer's. :raises BadAddress: no number.
    :raises ConversationOver: a seat has it, or it is closed.
    :raises CallbackAlreadyAsked: we call back already.
    """
    row = conversing.held(conversation_id, actor=actor)
    return call_back(row, address=address, not_before=not_before or at, actor=actor, at=at)


@tx.step
def call_back(
    row: Conversation, *, address: str, not_before: datetime, actor: Ref, at: datetime
) -> int:
    """
    What ``request_callback`` does, to a conversation under its lock.

    :raises ConversationOver: a seat has it, or it is closed.
    :raises CallbackAlreadyAsked: we call back already.
    """
    if Conversation.objects.filter(follows=row, direction="OUT").exclude(state="CLOSED").exists():
        raise CallbackAlreadyAsked
    if row.state not in ("OPEN", "QUEUED"):
        raise ConversationOver
    if row.state == "QUEUED":
        _leave_queue(row, ending="CALLBACK", at=at)
    else:
        _close(row, "CALLBACK", at)
    return _call_back(row, address=address, not_before=not_before, actor=actor, at=at)


def _call_back(
    row: Conversation, *, address: str, not_before: datetime, actor: Ref, at: datetime
) -> int:
    known = sealing.unseal(row.address, ADDRESS) if row.address else ""
    callback = conversing.begin(
        channel="PHONE", direction="OUT", party_id=row.party_id, address=address or known,
        about=Ref.parse(row.about) if row.about else None,
        office_id=row.office_id, follows=row, actor=actor, at=at,
    )  # fmt: skip
    callback.reason, callback.sub_reason = row.reason, row.sub_reason
    callback.arrived_at = row.arrived_at or at
    callback.save(update_fields=["reason", "sub_reason", "arrived_at"])
    wait(
        callback, skill=row.skill, urgency=row.urgency, preferred_seat=None, actor=actor, at=at,
        from_at=max(not_before, at),
    )  # fmt: skip
    if row.party_id is not None:
        messaging.queue(
            "contact.callback", to=Ref("party", row.party_id), about=callback.ref, at=at, facts={}
        )
    fact = events.CallbackRequested(
        callback_id=callback.pk, not_before=max(not_before, at).isoformat()
    )
    journal.record(fact, about=row.ref, actor=actor, at=at, party=row.party_id)
    return callback.pk


def _leave_queue(row: Conversation, *, ending: str, at: datetime) -> None:
    """Out of the queue for good; a seat that is being asked is free again."""
    waiting = Waiting.objects.select_for_update().filter(pk=row.pk).first()
    _close(row, ending, at)
    if waiting is None:
        return
    seat_id = waiting.seat_id
    waiting.delete()
    if seat_id is not None:
        Offer.objects.filter(conversation=row, outcome="").update(
            outcome=Offer.Outcome.GONE, ended_at=at
        )
        seat = seating.seat_of(seat_id)
        if seat is not None:
            seating.settle(seat, at)
            desk_phones.stop_ringing(row.pk, seat)


def _close(row: Conversation, ending: str, at: datetime) -> None:
    conversing.move(row, "CLOSED")
    row.ending, row.ended_at = ending, at
    row.save(update_fields=["state", "ending", "ended_at"])
