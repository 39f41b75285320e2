"""The talk ends, goes to other hands, and is written up (挂断、转接、小结)."""

from __future__ import annotations

from datetime import datetime

from yilu.contact import events
from yilu.contact.models import Conversation
from yilu.contact.places import NOTE
from yilu.contact.refusals import (
    BadConversation,
    ConversationOver,
    NoReasonGiven,
    NotYourConversation,
)
from yilu.contact.rules.reasons import fits
from yilu.contact.rules.skills import SKILLS
from yilu.journal import operations as journal
from yilu.kernel import sealing, tx
from yilu.kernel.refs import Ref
from yilu.people.queries import Access

from . import conversing, dispatching, problems, queueing, seating

NOTE_LENGTH = 2000
WHY_MIN, WHY_MAX = 2, 200


@tx.use_case
def hang_up(*, conversation_id: int, by: str, actor: Ref, at: datetime) -> None:
    """
    Nobody talks any more: CUSTOMER, SEAT, MACHINE or SYSTEM ended it. Twice is once.

    After a seat it is written up next; with the machine alone it is closed at once.

    :raises ConversationNotFound: none, or another customer's. :raises NotYourConversation: another
        seat's. :raises ConversationOver: it waits in the queue (that is ``abandon``).
    :raises BadConversation: by nobody known.
    """
    if by not in ("CUSTOMER", "SEAT", "MACHINE", "SYSTEM"):
        raise BadConversation
    row = conversing.held(conversation_id, actor=actor if actor.kind == "party" else None)
    if actor.kind == "staff" and row.seat_id != actor.id:
        raise NotYourConversation
    end_talk(row, by=by, actor=actor, at=at)


@tx.step
def end_talk(row: Conversation, *, by: str, actor: Ref, at: datetime) -> None:
    """What ``hang_up`` does, to a conversation under its lock. :raises ConversationOver: it waits."""
    if row.state in ("WRAPPING", "CLOSED"):
        return
    if row.state == "QUEUED":
        raise ConversationOver
    talked = row.state == "CONNECTED"
    conversing.move(row, "WRAPPING" if talked else "CLOSED")
    row.ended_at = at
    row.ending = "DONE" if talked else "SELF_SERVICE"
    row.save(update_fields=["state", "ended_at", "ending"])
    began = row.connected_at or row.opened_at
    fact = events.HungUp(by=by, seconds=max(0, int((at - began).total_seconds())))
    journal.record(fact, about=row.ref, actor=actor, at=at, party=row.party_id)
    if talked:
        _settle(row, at)


@tx.use_case
def wrap_up(
    *, conversation_id: int, reason: str, sub_reason: str = "", resolved: bool, note: str = "",
    problem: str = "", access: Access, actor: Ref, at: datetime,
) -> int | None:  # fmt: skip
    """
    Say what it was about and whether it is solved; the seat is free again.

    Unsolved with ``problem`` in words: a problem case with a clock and an owner; its id. While still
    connected, it is hung up first. Written up again within the day, the later words count.

    :raises ConversationNotFound: none. :raises NotYourConversation: another seat's.
    :raises BadConversation: no such reason, or the note is too long.
    :raises ConversationOver: it waits, or was never with a seat. :raises BadProblem: too long.
    :raises NotAllowed: without contact.handle.
    """
    access.require("contact.handle")
    if not fits(reason, sub_reason) or len(note) > NOTE_LENGTH:
        raise BadConversation
    row = conversing.held(conversation_id, actor=Ref("staff", access.staff_id))
    if row.state == "CONNECTED":
        conversing.move(row, "WRAPPING")
        row.ended_at, row.ending = at, "DONE"
    if row.state not in ("WRAPPING", "CLOSED") or row.connected_at is None:
        raise ConversationOver
    again = row.state == "CLOSED"
    row.state, row.wrapped_at = "CLOSED", row.wrapped_at or at
    row.reason, row.sub_reason = reason, sub_reason
    row.resolved = resolved and not problem.strip()
    row.note = sealing.seal(note.strip(), NOTE) if note.strip() else b""
    row.save()
    fact = events.WrappedUp(reason=reason, sub_reason=sub_reason, resolved=row.resolved)
    journal.record(fact, about=row.ref, actor=actor, at=at, party=row.party_id)
    opened = None
    if problem.strip():
        opened = problems.open_for_conversation(row, what=problem, actor=actor, at=at)
    if not again:
        _settle(row, at)
    return opened


@tx.use_case
def transfer(
    *, conversation_id: int, skill: str, why: str, preferred_seat: int | None = None, access: Access,
    actor: Ref, at: datetime,
) -> None:  # fmt: skip
    """
    Pass it to other hands with everything known; the wait goes on from when the customer came.

    ``why`` stands with what is known, for whoever takes it: the customer does not tell it a second time.

    :raises ConversationNotFound: none. :raises NotYourConversation: another seat's.
    :raises ConversationOver: nobody talks. :raises BadConversation: no such skill.
    :raises NoReasonGiven: nothing said of why. :raises NotAllowed: without contact.handle.
    """
    access.require("contact.handle")
    if skill not in SKILLS:
        raise BadConversation
    why = " ".join(why.split())
    if not WHY_MIN <= len(why) <= WHY_MAX:
        raise NoReasonGiven
    row = conversing.held(conversation_id, actor=Ref("staff", access.staff_id))
    if row.state != "CONNECTED":
        raise ConversationOver
    conversing.keep_fact(row, name="handed_on", value=why, actor=actor, at=at)
    row.seat_id = None
    queueing.wait(
        row, skill=skill, urgency=max(row.urgency, 1), preferred_seat=preferred_seat,
        actor=actor, at=at, passed_by=access.staff_id,
    )  # fmt: skip
    fact = events.Transferred(from_staff_id=access.staff_id, skill=skill)
    journal.record(fact, about=row.ref, actor=actor, at=at, party=row.party_id)
    _settle_seat(access.staff_id, at)
    dispatching.dispatch(at=at, skills=[row.skill])


def _settle(row: Conversation, at: datetime) -> None:
    assert row.seat_id is not None
    _settle_seat(row.seat_id, at)


def _settle_seat(staff_id: int, at: datetime) -> None:
    seat = seating.seat_of(staff_id)
    if seat is None:
        return
    seating.settle(seat, at)
    if seat.state in ("READY", "BUSY"):
        dispatching.dispatch(at=at, seat_id=staff_id)
