"""What was written in a conversation, and what became of the answers (来信与答复)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from yilu.contact.models import Turn
from yilu.contact.rules.words import LETTER_KEY
from yilu.kernel.refs import Ref
from yilu.messaging import queries as written


@dataclass(frozen=True, slots=True)
class AnswerSent:
    """An answer on its way: by which channel, and how far it is."""

    at: datetime
    channel_label: str
    state: str
    state_label: str


def letters_of(conversation_id: int) -> list[Ref]:
    """The letters of a conversation as messaging calls them, oldest first."""
    keys = Turn.objects.filter(
        conversation_id=conversation_id, request_key__startswith=LETTER_KEY
    ).order_by("pk").values_list("request_key", flat=True)  # fmt: skip
    return [Ref("reply", int(key.removeprefix(LETTER_KEY))) for key in keys if key]


def last_letter(conversation_id: int) -> int | None:
    """The letter that an answer answers; None where nobody wrote."""
    found = letters_of(conversation_id)
    return found[-1].id if found else None


def answers_sent(conversation_id: int) -> list[AnswerSent]:
    """What became of the answers, oldest first."""
    about = Ref("conversation", conversation_id)
    return [
        AnswerSent(m.sent_at or m.promised_at, m.channel_label, m.state, m.label)
        for m in written.messages_about(about)
        if m.template == "contact.answer"
    ]
