"""Open a conversation, say something in it, find out whom and what it concerns (会话)."""

from __future__ import annotations

from datetime import datetime

from yilu.contact import events
from yilu.contact.models import Conversation
from yilu.contact.places import ADDRESS
from yilu.contact.refusals import BadConversation, ConversationNotFound, ConversationOver, NoNumber
from yilu.contact.rules.reasons import fits
from yilu.contact.rules.words import NUMBERED
from yilu.journal import operations as journal
from yilu.kernel import sealing, tx
from yilu.kernel.refs import Ref
from yilu.people import queries as people
from yilu.people.queries import Access

from . import conversing


@tx.use_case
def open_conversation(
    *, channel: str, direction: str, party_id: int | None, address: str = "", about: Ref | None = None,
    office_id: int | None = None, follows_id: int | None = None, request_key: str | None = None,
    actor: Ref, at: datetime,
) -> int:  # fmt: skip
    """
    Begin a conversation on some channel; its id. The same request key: the same conversation.

    ``follows_id``: it goes on with an earlier one, on whatever channel; what was told there is known.

    :raises BadConversation: unknown channel or direction. :raises BadAddress: not a number.
    :raises PartyNotFound: no such customer. :raises ConversationNotFound: nothing to go on with.
    """
    earlier = None
    if follows_id is not None:
        earlier = Conversation.objects.filter(pk=follows_id).first()
        if earlier is None or (party_id and earlier.party_id not in (None, party_id)):
            raise ConversationNotFound
    return conversing.begin(
        channel=channel, direction=direction, party_id=party_id, address=address, about=about,
        office_id=office_id, follows=earlier, request_key=request_key, actor=actor, at=at,
    ).pk  # fmt: skip


@tx.use_case
def add_turn(
    *, conversation_id: int, who: str, text: str, actor: Ref, at: datetime,
    request_key: str | None = None,
) -> int:  # fmt: skip
    """
    Keep what somebody said; the turn's id. The same request key: the same turn.

    :raises ConversationNotFound: none, or not this customer's. :raises NotYourConversation: another
        seat's. :raises ConversationOver: it is closed. :raises BadTurn: empty or too long.
    """
    row = conversing.held(conversation_id, actor=actor)
    if row.state == "CLOSED":
        raise ConversationOver
    return conversing.say(row, who=who, text=text, actor=actor, at=at, request_key=request_key)


@tx.use_case
def link(
    *, conversation_id: int, about: Ref | None = None, party_id: int | None = None, actor: Ref,
    at: datetime,
) -> None:  # fmt: skip
    """
    Say what the conversation is about (what it was about before stays too), or who it turned out to be.

    A customer once known stays; a door must have seen that the asker may see ``about``.

    :raises ConversationNotFound: none. :raises NotYourConversation: another seat's.
    :raises BadConversation: it is somebody else already. :raises PartyNotFound: no such customer.
    """
    row = conversing.held(conversation_id, actor=actor)
    if party_id is not None and party_id != row.party_id:
        if row.party_id is not None:
            raise BadConversation
        row.party_id = party_id
        row.office_id = people.get_party(party_id).office_id
        row.save(update_fields=["party", "office"])
        if about is None or row.about == str(about):
            fact = events.ConversationLinked(about=row.about, party_id=row.party_id)
            journal.record(fact, about=row.ref, actor=actor, at=at, party=row.party_id)
    if about is not None:
        conversing.concern(row, about, actor=actor, at=at)


@tx.use_case
def keep_fact(*, conversation_id: int, name: str, value: str, actor: Ref, at: datetime) -> None:
    """
    Remember what was told ("loss_date", "hospital", "identity_checked"), for whoever comes next.

    :raises ConversationNotFound: none. :raises NotYourConversation: another seat's.
    :raises BadConversation: no name or no value.
    """
    row = conversing.held(conversation_id, actor=actor)
    conversing.keep_fact(row, name=name, value=value, actor=actor, at=at)


@tx.use_case
def set_reason(
    *, conversation_id: int, reason: str, sub_reason: str = "", actor: Ref, at: datetime
) -> None:
    """
    Say why the customer turned to us, as soon as it is known.

    :raises BadConversation: no such reason. :raises ConversationOver: it is closed.
    :raises ConversationNotFound: none. :raises NotYourConversation: another seat's.
    """
    if not fits(reason, sub_reason):
        raise BadConversation
    row = conversing.held(conversation_id, actor=actor)
    if row.state == "CLOSED":
        raise ConversationOver
    row.reason, row.sub_reason = reason, sub_reason
    row.save(update_fields=["reason", "sub_reason"])


@tx.use_case
def show_number(*, conversation_id: int, access: Access, actor: Ref, at: datetime) -> str:
    """
    The number that a seat is to call: of a callback, a voicemail, a text message or a fax. It leaves a trace.

    :raises ConversationNotFound: none. :raises NotYourConversation: another seat's.
    :raises ConversationOver: it is not at the seat any more. :raises NoNumber: none was shown.
    :raises NotAllowed: without contact.handle.
    """
    access.require("contact.handle")
    row = conversing.held(conversation_id, actor=Ref("staff", access.staff_id))
    if row.state not in ("CONNECTED", "WRAPPING"):
        raise ConversationOver
    if row.channel not in NUMBERED or not row.address:
        raise NoNumber
    fact = events.NumberShown(channel=row.channel)
    journal.record(fact, about=row.ref, actor=actor, at=at, party=row.party_id)
    return sealing.unseal(row.address, ADDRESS)
