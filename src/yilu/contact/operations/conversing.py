"""The steps a conversation is made of: for the use cases of this room and whatever it reacts to."""

from __future__ import annotations

from datetime import datetime

from yilu.contact import events
from yilu.contact.models import Concern, Conversation, KnownFact, Turn
from yilu.contact.places import ADDRESS, TEXT, VALUE
from yilu.contact.refusals import (
    BadAddress,
    BadConversation,
    BadTurn,
    ConversationNotFound,
    ConversationOver,
    NotYourConversation,
)
from yilu.contact.rules.words import CHANNELS, DIRECTIONS, NEXT, NUMBERED, SPEAKERS
from yilu.journal import operations as journal
from yilu.kernel import sealing, tx
from yilu.kernel.phones import read_phone
from yilu.kernel.refs import Ref
from yilu.people import queries as people

TURN_LENGTH = 4000
ADDRESS_DOMAIN = "contact address"
"""What addresses are found by (``sealing.blind_index``)."""


@tx.step
def begin(
    *,
    channel: str,
    direction: str,
    party_id: int | None,
    address: str,
    about: Ref | None,
    actor: Ref,
    at: datetime,
    office_id: int | None = None,
    follows: Conversation | None = None,
    request_key: str | None = None,
) -> Conversation:
    """
    Begin a conversation (the row exists when this returns). The same request key: the same one.

    Without an office it belongs to the customer's, or to head office where nobody is known. What was
    known in the conversation it follows is known in it.

    :raises BadConversation: unknown channel or direction. :raises BadAddress: not a number.
    """
    if channel not in CHANNELS or direction not in DIRECTIONS:
        raise BadConversation
    if request_key is not None:
        if not 1 <= len(request_key) <= 80:
            raise BadConversation
        earlier = Conversation.objects.filter(request_key=request_key).first()
        if earlier is not None:
            return earlier
    address = read_address(channel, address)
    index = sealing.blind_index(address, ADDRESS_DOMAIN) if address else ""
    [(serial,)] = tx.rows("select nextval(pg_get_serial_sequence('contact_conversation', 'id'))")
    row = Conversation(
        pk=serial, number=f"HH{at:%y}{serial:010d}", channel=channel, direction=direction,
        party_id=party_id, office_id=office_id or _office_of(party_id),
        address=sealing.seal(address, ADDRESS) if address else b"", address_index=index,
        about=str(about) if about else "", follows=follows, opened_at=at, request_key=request_key,
    )  # fmt: skip
    row.save(force_insert=True)
    if about is not None:
        _note_concern(row, at)
    fact = events.ConversationOpened(
        channel=channel, direction=direction, office_id=row.office_id,
        follows=follows.pk if follows else None,
    )  # fmt: skip
    journal.record(fact, about=row.ref, actor=actor, at=at, party=party_id)
    return row


@tx.step
def concern(row: Conversation, about: Ref, *, actor: Ref, at: datetime) -> None:
    """It is about this now; what it was about before stays with it. The same again changes nothing."""
    if row.about == str(about):
        return
    row.about = str(about)
    row.save(update_fields=["about"])
    _note_concern(row, at)
    fact = events.ConversationLinked(about=row.about, party_id=row.party_id)
    journal.record(fact, about=row.ref, actor=actor, at=at, party=row.party_id)


def _note_concern(row: Conversation, at: datetime) -> None:
    told = Concern(conversation=row, about=row.about, noted_at=at)
    Concern.objects.bulk_create([told], ignore_conflicts=True)


@tx.step
def say(
    row: Conversation, *, who: str, text: str, actor: Ref, at: datetime, request_key: str | None
) -> int:
    """
    Put one turn into a conversation; its id. The same request key: the same turn.

    :raises BadTurn: empty, too long, or by nobody known.
    """
    text = text.strip().replace("\x00", "")
    if not text or len(text) > TURN_LENGTH or who not in SPEAKERS:
        raise BadTurn
    if request_key is not None:
        if not 1 <= len(request_key) <= 80:
            raise BadTurn
        earlier = Turn.objects.filter(conversation=row, request_key=request_key).first()
        if earlier is not None:
            return earlier.pk
    turn = Turn.objects.create(
        conversation=row, who=who, text=sealing.seal(text, TEXT), said_at=at, said_by=str(actor),
        request_key=request_key,
    )  # fmt: skip
    fact = events.TurnAdded(turn_id=turn.pk, who=who)
    journal.record(fact, about=row.ref, actor=actor, at=at, party=row.party_id)
    return turn.pk


@tx.step
def keep_fact(row: Conversation, *, name: str, value: str, actor: Ref, at: datetime) -> None:
    """Remember what was told, so that nobody asks again; the newest of a name counts."""
    name, value = name.strip()[:40], value.strip()[:500]
    if not name or not value:
        raise BadConversation
    KnownFact.objects.update_or_create(
        conversation=row, name=name,
        defaults={"value": sealing.seal(value, VALUE), "told_by": str(actor), "told_at": at},
    )  # fmt: skip


@tx.step
def held(conversation_id: int, *, actor: Ref | None = None) -> Conversation:
    """
    The conversation under a lock.

    With an ``actor``: a customer only their own; a member of staff only one at their own seat.

    :raises ConversationNotFound: none, or another customer's.
    :raises NotYourConversation: another seat's.
    """
    row = Conversation.objects.select_for_update(of=("self",)).filter(pk=conversation_id).first()
    if row is None:
        raise ConversationNotFound
    if actor is not None:
        if actor.kind == "party" and row.party_id != actor.id:
            raise ConversationNotFound
        if actor.kind == "staff" and row.seat_id != actor.id:
            raise NotYourConversation
    return row


def move(row: Conversation, to: str) -> None:
    """Go on to the next state. :raises ConversationOver: where no way leads there."""
    if to not in NEXT[row.state]:
        raise ConversationOver
    row.state = to


def read_address(channel: str, address: str) -> str:
    """The address in its one writing. :raises BadAddress: too long, or no number where one must be."""
    address = address.strip()
    if not address:
        return ""
    if len(address) > 200:
        raise BadAddress
    if channel in NUMBERED:
        try:
            address = read_phone(address)
        except ValueError:
            raise BadAddress from None
    else:
        address = address.lower()
    return address


def _office_of(party_id: int | None) -> int:
    if party_id is not None:
        return people.get_party(party_id).office_id
    return next(office.id for office in people.list_offices() if office.level == "HEAD")
