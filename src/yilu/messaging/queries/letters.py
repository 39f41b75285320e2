"""What people sent to us, and whoever is answered there (来信)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from yilu.kernel import sealing
from yilu.kernel.errors import NotFound
from yilu.kernel.refs import Ref
from yilu.messaging.models import Reply
from yilu.messaging.operations import REPLY_FROM, REPLY_TEXT


@dataclass(frozen=True, slots=True)
class ReplyView:
    """What somebody sent us, opened: for whoever may read it."""

    id: int
    channel: str
    channel_label: str
    address: str = field(repr=False)
    text: str = field(repr=False)
    party_id: int | None
    answers_id: int | None
    wish: str
    received_at: datetime


class NoSuchReply(NotFound):
    """There is no such reply."""

    code = "no_such_reply"
    message = "没有找到这条回复"


def get_reply(reply_id: int) -> ReplyView:
    """One reply with its words and where it came from. The caller checks the right. :raises NoSuchReply:"""
    reply = Reply.objects.filter(pk=reply_id).first()
    if reply is None:
        raise NoSuchReply
    return _reply(reply)


def replies(*, before: int | None = None, limit: int = 50) -> tuple[ReplyView, ...]:
    """The latest replies, newest first. The caller checks the right and the offices."""
    found = Reply.objects.order_by("-pk")
    return tuple(_reply(r) for r in (found.filter(pk__lt=before) if before else found)[:limit])


def _reply(r: Reply) -> ReplyView:
    return ReplyView(
        r.pk, r.channel, r.get_channel_display(), sealing.unseal(r.address, REPLY_FROM),
        sealing.unseal(r.text, REPLY_TEXT), r.party_id, r.answers_id, r.wish, r.received_at,
    )  # fmt: skip


def reply_words(reply_id: int) -> str:
    """What somebody sent to us, for rooms that answer it; never for a screen as it is."""
    return sealing.unseal(Reply.objects.get(pk=reply_id).text, REPLY_TEXT)


@dataclass(frozen=True, slots=True)
class Writer:
    """Where an answer to a letter goes: by its own channel. ``proof`` is the channel's name of the letter."""

    channel: str
    address: str = field(repr=False)
    party_id: int | None
    proof: str


def writers_of(letters: Iterable[Ref]) -> dict[Ref, Writer]:
    """Who wrote these letters (``reply:7``), in one statement; nobody for none."""
    ids = [ref.id for ref in letters if ref.kind == "reply"]
    rows = Reply.objects.filter(pk__in=ids) if ids else ()
    return {
        Ref("reply", r.pk): Writer(
            r.channel, sealing.unseal(r.address, REPLY_FROM), r.party_id, r.proof
        )
        for r in rows
    }


def letter_of(gateway: str, proof: str) -> int | None:
    """The letter that a gateway brought under this number; None where it has brought none."""
    found = Reply.objects.filter(gateway=gateway, proof=proof.strip()[:160])
    return found.values_list("pk", flat=True).first()
