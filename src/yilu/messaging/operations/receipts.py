"""What channels report afterwards, and what people wish."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_noop as _

from yilu.kernel import tx
from yilu.kernel.errors import Invalid, NotAllowed, NotFound
from yilu.kernel.refs import Ref
from yilu.messaging import rules
from yilu.messaging.models import Message, Receipt
from yilu.messaging.operations.sending import say_delivered, say_failed


class MessageNotFound(NotFound):
    """No message of ours has this key."""

    code = "message_not_found"
    message = "没有找到这条通知"


class NoSuchChannel(Invalid):
    """People choose among the channels we have."""

    code = "no_such_channel"
    message = "没有这种通知方式"
    hint = "请从页面列出的方式中选择。"


@tx.use_case
def receive_receipt(*, message_key: str, outcome: str, proof: str, at: datetime) -> bool:
    """
    Take a channel's report that a message arrived or did not; True if that was news.

    ``proof`` is the channel's own number of the report: once taken, the same one changes nothing. An
    arrival is never taken back; a failure after it is only kept.

    :raises MessageNotFound: for a key that is not ours. :raises Invalid: for an unknown outcome.
    """
    if outcome not in Receipt.Outcome.values or not proof.strip():
        raise Invalid(_("回执内容不完整"))
    try:
        key = UUID(message_key)
    except ValueError:
        raise MessageNotFound from None
    message = Message.objects.select_for_update(of=("self",)).filter(message_key=key).first()
    if message is None or message.state == Message.State.QUEUED:
        raise MessageNotFound
    receipt, is_new = Receipt.objects.get_or_create(
        message=message, proof=proof.strip()[:120], defaults={"outcome": outcome, "received_at": at}
    )
    if not is_new or message.state == Message.State.DELIVERED:
        return False
    to, about = Ref.parse(message.recipient), Ref.parse(message.about)
    message.leased_until = None
    if receipt.outcome == Receipt.Outcome.DELIVERED:
        message.state, message.delivered_at = Message.State.DELIVERED, at
        message.sent_at = message.sent_at or at
        message.save()
        say_delivered(message.pk, message.template, to, about, message.channel, at)
        return True
    if message.state == Message.State.FAILED:
        return False
    message.state, message.problem = Message.State.FAILED, "channel reported failure"
    message.save()
    say_failed(message.pk, message.template, to, about, at)
    return True


@tx.use_case
def prefer_channel(*, who: Ref, channel: str, actor: Ref, at: datetime) -> None:
    """
    Keep which channel somebody wants to be reached by first.

    :raises NoSuchChannel: for another than WECHAT, SMS, SMTP, OUTBOX. :raises NotAllowed: unless they
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
