"""What people write to us, and what a seat answers: mail, text message, WeChat and fax (来信与答复)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from yilu.contact.intents import recognise
from yilu.contact.models import Conversation
from yilu.contact.queries.letters import last_letter
from yilu.contact.refusals import AnswerTooLong, BadAddress, ConversationOver, NoLetter
from yilu.contact.rules.pressing import presses
from yilu.contact.rules.words import LETTER_KEY
from yilu.kernel import sealing, tx
from yilu.kernel.refs import SYSTEM, Ref
from yilu.messaging import operations as messaging
from yilu.messaging import queries as written
from yilu.people.queries import Access

from . import conversing, dispatching, queueing

CHANNELS: Final[Mapping[str, str]] = {
    "SMTP": "EMAIL", "SMS": "SMS", "WECHAT": "WECHAT", "WECOM": "WECHAT", "FAX": "FAX",
}  # fmt: skip
"""The channel of a conversation by that of messages."""
GOES_ON_FOR: Final = timedelta(days=7)
"""So long after its end a new letter goes on with the conversation before, if possible with the same seat."""
PRESSING: Final = 2
"""The urgency of a letter whose words cannot wait."""
ANSWER_MAX: Final = 2_000
ANSWER: Final = "contact.answer"
NO_WORDS: Final = "（没有文字，请看附件）"


@tx.step
def take_in(letter_id: int, *, at: datetime) -> None:
    """
    Somebody wrote: it goes into the conversation that is still open there, or waits for a seat. Twice is once.

    What a machine wrote and what stops messages (退订) is nobody's to answer.
    """
    letter = written.get_reply(letter_id)
    channel = CHANNELS.get(letter.channel)
    if channel is None or letter.wish:
        return
    tx.rows(
        "select pg_advisory_xact_lock(hashtextextended(%s, 0))::text",
        [f"letter:{channel}:{letter.address.lower()}"],
    )
    key = f"{LETTER_KEY}{letter_id}"
    row, address = _open_with(channel, letter.address)
    if row is None:
        row = _begin(channel, address, letter, key, at)
    text = letter.text.strip() or NO_WORDS
    conversing.say(
        row, who="CUSTOMER", text=text[: conversing.TURN_LENGTH], actor=SYSTEM, at=at, request_key=key
    )  # fmt: skip
    if row.state == "OPEN":
        before = row.follows.seat_id if row.follows is not None else None
        urgency = PRESSING if presses(text) else 0
        queueing.wait(row, skill="", urgency=urgency, preferred_seat=before, actor=SYSTEM, at=at)
        dispatching.dispatch(at=at, skills=[row.skill])


@tx.use_case
def answer_letter(
    *, conversation_id: int, text: str, request_key: str | None = None, access: Access, actor: Ref,
    at: datetime,
) -> int:  # fmt: skip
    """
    A seat answers a letter: the words go back by the channel it came by; the turn's id.

    Whoever is a customer of ours gets them at the address we know them by, at last in their mailbox. The
    same request key again is the same answer.

    :raises ConversationNotFound: none. :raises NotYourConversation: another seat's.
    :raises ConversationOver: it is not at the seat. :raises NoLetter: nobody wrote here.
    :raises BadTurn: empty. :raises AnswerTooLong: more than 2,000 signs.
    :raises NotAllowed: without contact.handle.
    """
    access.require("contact.handle")
    row = conversing.held(conversation_id, actor=Ref("staff", access.staff_id))
    if row.state != "CONNECTED":
        raise ConversationOver
    letter_id = last_letter(row.pk)
    if letter_id is None:
        raise NoLetter
    text = text.strip()
    if len(text) > ANSWER_MAX:
        raise AnswerTooLong
    turn_id = conversing.say(
        row, who="SEAT", text=text, actor=actor, at=at, request_key=request_key
    )
    messaging.queue(
        ANSWER, to=Ref("reply", letter_id), about=row.ref, at=at, facts={"words": text},
        once=f"turn:{turn_id}",
    )  # fmt: skip
    return turn_id


def _open_with(channel: str, address: str) -> tuple[Conversation | None, str]:
    """The conversation that is open with this address, under its lock; and the address as it can be kept."""
    try:
        kept = conversing.read_address(channel, address)
    except BadAddress:  # a short code, a name: it can be answered, but not looked up
        return None, ""
    found = (
        Conversation.objects.filter(
            channel=channel, state__in=["OPEN", "QUEUED", "CONNECTED"],
            address_index__in=sealing.blind_indexes(kept, conversing.ADDRESS_DOMAIN),
        ).order_by("-pk").values_list("pk", flat=True).first()
    )  # fmt: skip
    row = conversing.held(found) if found is not None else None
    return (row if row is not None and row.state not in ("WRAPPING", "CLOSED") else None), kept


def _begin(
    channel: str, address: str, letter: written.ReplyView, key: str, at: datetime
) -> Conversation:
    before = None
    if address:
        before = (
            Conversation.objects.filter(
                channel=channel, opened_at__gte=at - GOES_ON_FOR,
                address_index__in=sealing.blind_indexes(address, conversing.ADDRESS_DOMAIN),
            ).order_by("-pk").first()
        )  # fmt: skip
    row = conversing.begin(
        channel=channel, direction="IN", party_id=letter.party_id, address=address, about=None,
        follows=before, request_key=key, actor=SYSTEM, at=at,
    )  # fmt: skip
    meant = recognise(letter.text)
    if meant is not None and meant.reason and row.state == "OPEN":
        row.reason, row.sub_reason = meant.reason, meant.sub_reason
        row.save(update_fields=["reason", "sub_reason"])
    return row
