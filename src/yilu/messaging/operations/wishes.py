"""What people wish: by which channel first, where else they are reached, no marketing any more."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from yilu.journal import operations as journal
from yilu.kernel import sealing, tx
from yilu.kernel.errors import Invalid, NotAllowed
from yilu.kernel.refs import SYSTEM, Ref
from yilu.kernel.texts import keepable
from yilu.messaging import events, rules
from yilu.messaging.models import Address, OptOut, Part, Reply
from yilu.messaging.operations.sending import party_of

ADDRESS_PLACE = "messaging_address.address"
REPLY_FROM = "messaging_reply.address"
REPLY_TEXT = "messaging_reply.text"
TEXT_MAX = 4000


class NoSuchChannel(Invalid):
    """People choose among the channels we have."""

    code = "no_such_channel"
    message = "没有这种通知方式"
    hint = "请从页面列出的方式中选择。"


@dataclass(frozen=True, slots=True)
class Inbound:
    """Something a gateway brought: what was written, from where; ``proof`` is its own number of it."""

    channel: str
    gateway: str
    proof: str
    address: str
    text: str
    answers_key: str = ""
    is_automatic: bool = False

    def __repr__(self) -> str:
        return f"Inbound({self.gateway}, {self.proof})"


def address_index(channel: str, address: str) -> str:
    """Under what an address is found: the newest key's blind index."""
    return sealing.blind_index(f"{channel}:{address.strip().lower()}", "address")


def address_indexes(channel: str, address: str) -> list[str]:
    """Under what an address may be found, whichever key was in force."""
    return sealing.blind_indexes(f"{channel}:{address.strip().lower()}", "address")


@tx.use_case
def prefer_channel(*, who: Ref, channel: str, actor: Ref, at: datetime) -> None:
    """
    Keep which channel somebody wants to be reached by first.

    :raises NoSuchChannel: for one that is none of ours. :raises NotAllowed: unless they
        say so themselves or a member of staff does for them.
    """
    if channel not in rules.CHANNELS:
        raise NoSuchChannel
    if actor != who and actor.kind != "staff":
        raise NotAllowed
    tx.changed(
        """
        insert into messaging_preference (recipient, channel, changed_at) values (%s, %s, %s::timestamptz)
        on conflict (recipient) do update set channel = excluded.channel, changed_at = excluded.changed_at
        """,
        [str(who), channel, at],
    )


@tx.use_case
def keep_address(*, who: Ref, channel: str, address: str, at: datetime) -> None:
    """
    Keep where somebody is reached by WeChat, WeCom, the app or fax; an older address ends.

    An address belongs to one person: who binds it takes it from whoever had it.

    :raises NoSuchChannel: for a channel whose addresses people keep, or an empty address.
    """
    keep_address_of(who, channel, address, at)


@tx.step
def keep_address_of(who: Ref, channel: str, address: str, at: datetime) -> bool:
    """The step behind ``keep_address``; whether it was not theirs before."""
    if channel not in {"WECHAT", "WECOM", "PUSH", "FAX"} or not 0 < len(address.strip()) <= 200:
        raise NoSuchChannel
    indexes = address_indexes(channel, address)
    held = Address.objects.select_for_update().filter(until=None, channel=channel).order_by("pk")
    for row in [*held.filter(recipient=str(who)), *held.filter(address_index__in=indexes)]:
        if row.recipient == str(who) and row.address_index in indexes:
            return False
        Address.objects.filter(pk=row.pk).update(until=at)
    Address.objects.create(
        recipient=str(who), channel=channel, address=sealing.seal(address.strip(), ADDRESS_PLACE),
        address_index=indexes[0], since=at,
    )  # fmt: skip
    return True


@tx.use_case
def take_reply(*, inbound: Inbound, at: datetime) -> int | None:
    """
    Keep what somebody sent us by a message channel, sealed, and tell it upward; None if it was taken.

    退订, TD, T or R stops marketing by that channel to that address, 恢复 brings it back; neither
    touches what law and contract make us tell.

    :raises NoSuchChannel: for a channel that is none of ours, or a report without number or sender.
    """
    if inbound.channel not in rules.CHANNELS or not inbound.proof.strip() or not inbound.address:
        raise NoSuchChannel
    inbound = replace(
        inbound, proof=keepable(inbound.proof), address=keepable(inbound.address),
        text=keepable(inbound.text),
    )  # fmt: skip
    indexes = address_indexes(inbound.channel, inbound.address)
    party_id, answers = _whose(inbound, indexes)
    wish = "AUTOMATIC" if inbound.is_automatic else rules.read_wish(inbound.text)
    reply, is_new = Reply.objects.get_or_create(
        gateway=inbound.gateway, proof=inbound.proof.strip()[:160],
        defaults={
            "channel": inbound.channel, "address": sealing.seal(inbound.address, REPLY_FROM),
            "address_index": indexes[0], "text": sealing.seal(inbound.text[:TEXT_MAX], REPLY_TEXT),
            "party_id": party_id,
            "answers_id": answers, "wish": wish, "received_at": at,
        },
    )  # fmt: skip
    if not is_new:
        return None
    about = Ref("reply", reply.pk)
    journal.record(
        events.ReplyReceived(reply_id=reply.pk, channel=reply.channel, party_id=party_id, wish=wish),
        about=about, actor=Ref("party", party_id) if party_id else SYSTEM, at=at, party=party_id,
    )  # fmt: skip
    if wish == "OUT" and _opt_out(inbound.channel, indexes, at):
        fact = events.OptedOut(reply_id=reply.pk, channel=reply.channel)
        journal.record(fact, about=about, actor=SYSTEM, at=at, party=party_id)
    if wish == "BACK" and _opt_in(inbound.channel, indexes, at):
        back = events.OptedIn(reply_id=reply.pk, channel=reply.channel)
        journal.record(back, about=about, actor=SYSTEM, at=at, party=party_id)
    return reply.pk


def _whose(inbound: Inbound, indexes: list[str]) -> tuple[int | None, int | None]:
    """The customer we last wrote to there, and the message: by our key, the number or the address."""
    from yilu.messaging.models import Message

    if inbound.answers_key:
        row = Message.objects.filter(message_key=inbound.answers_key).values_list("pk", "recipient")
        for pk, recipient in row:
            return _party(recipient), pk
    part = (
        Part.objects.filter(address_index__in=indexes).order_by("-pk")
        .values_list("message_id", "message__recipient").first()
    )  # fmt: skip
    if part is not None:
        return _party(part[1]), part[0]
    bound = Address.objects.filter(
        channel=inbound.channel, address_index__in=indexes, until=None
    ).first()
    return (_party(bound.recipient) if bound else None), None


def _party(recipient: str) -> int | None:
    return party_of(Ref.parse(recipient))


def _opt_out(channel: str, indexes: list[str], at: datetime) -> bool:
    if OptOut.objects.filter(channel=channel, address_index__in=indexes, until=None).exists():
        return False
    made = tx.changed(
        """
        insert into messaging_optout (channel, address_index, since) values (%s, %s, %s::timestamptz)
        on conflict do nothing
        """,
        [channel, indexes[0], at],
    )
    return made > 0


def _opt_in(channel: str, indexes: list[str], at: datetime) -> bool:
    return bool(
        OptOut.objects.filter(channel=channel, address_index__in=indexes, until=None).update(
            until=at
        )
    )
