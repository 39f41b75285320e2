"""The hotline as its callers and its seats see it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import orjson

from yilu.contact.models import Call, Conversation
from yilu.contact.places import ADDRESS, CALL
from yilu.contact.refusals import CallNotFound
from yilu.contact.rules.words import NUMBERED
from yilu.kernel import sealing
from yilu.kernel.errors import NotFound
from yilu.people import queries as people
from yilu.people.queries import Access, PartyView

from .chats import ChatView, view_chat


@dataclass(frozen=True, slots=True)
class CallView:
    """A call as its caller's page shows it: ``digits`` keys are listened for, or words recorded."""

    talk: ChatView
    released: bool
    digits: int
    records: bool


@dataclass(frozen=True, slots=True)
class Line:
    """What a call is called at its exchange. ``key`` is for the exchange alone, never for a page."""

    driver: str
    key: str
    released: bool


def call_of(driver: str, key: str, *, at: datetime) -> CallView:
    """:raises CallNotFound: no such call."""
    call = Call.objects.filter(driver=driver, key=key).first()
    if call is None:
        raise CallNotFound
    verbs = orjson.loads(sealing.unseal(call.state, CALL))["verbs"]
    last = verbs[-1] if verbs else {}
    return CallView(
        view_chat(call.conversation_id, at=at), call.released_at is not None,
        digits=last.get("digits", 1), records=last.get("verb") == "record",
    )  # fmt: skip


def line_of(conversation_id: int) -> Line | None:
    """The call of a conversation as its exchange knows it; None where it came by none."""
    found = Call.objects.filter(conversation_id=conversation_id).first()
    return Line(found.driver, found.key, found.released_at is not None) if found else None


def may_be(conversation_id: int, access: Access) -> list[PartyView]:
    """
    Customers whose number somebody calls or writes from and whose identity nobody has checked; those the seat may see.

    Offered to the seat to confirm, so that the caller need not say the number again; proves nothing.
    """
    row = Conversation.objects.filter(pk=conversation_id, party=None, channel__in=NUMBERED).first()
    if row is None or not row.address:
        return []
    found = []
    for party_id in people.parties_calling_from(sealing.unseal(row.address, ADDRESS)):
        try:
            found.append(people.see_party(access, party_id))
        except NotFound:
            continue
    return found
