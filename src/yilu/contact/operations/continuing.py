"""A customer whose page could not go on talks to somebody now: the chat takes over what they had filled in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from yilu.contact.queries import chats
from yilu.contact.rules import chatting as words
from yilu.contact.rules.masking import mask_numbers
from yilu.kernel import tx
from yilu.kernel.refs import Ref

from . import chatting, conversing, dispatching, queueing

KNOWN_MAX = 20
"""So many things a form may bring along."""


@tx.use_case
def continue_in_chat(
    *, party_id: int, about: Ref, skill: str, known: Mapping[str, str], actor: Ref, at: datetime
) -> int:
    """
    Go on in the customer's chat with somebody who knows why they come; the chat. Twice is once.

    ``known``: what they had filled in, as far as the door may pass it on; numbers are masked. While
    nobody is on duty the chat says so and from when on, and nobody waits. A chat that waits or is
    with a seat already only learns what is new.

    :raises ConversationNotFound: the actor is somebody else. :raises BadConversation: no such skill.
    """
    row = conversing.held(
        chatting.chat_of_now(party_id=party_id, about=about, actor=actor, at=at), actor=actor
    )
    conversing.concern(row, about, actor=actor, at=at)
    for name, value in list(known.items())[:KNOWN_MAX]:
        if name.strip() and value.strip():
            conversing.keep_fact(row, name=name, value=mask_numbers(value), actor=actor, at=at)
    if row.state != "OPEN":
        return row.pk
    if not chats.opening(at).open:
        chatting.say_closed(row, at=at)
        return row.pk
    chatting.reply(row, words.HANDED, kind="HANDED", at=at)
    queueing.wait(row, skill=skill, urgency=0, preferred_seat=None, actor=actor, at=at)
    dispatching.dispatch(at=at, skills=[row.skill])
    return row.pk
