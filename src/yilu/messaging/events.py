"""What messaging says happened."""

from __future__ import annotations

from yilu.kernel.facts import fact


@fact("messaging.message_delivered", "通知已送达")
class MessageDelivered:
    """
    The channel confirmed delivery; ``to`` says to whom: a copy to the agent proves nothing.

    ``only_mailbox``: every channel that rings failed, so that somebody calls where the law wants it told.
    """

    message_id: int
    subject: str
    template: str
    channel: str
    to: str = "party"  # party, agent, staff, reply …
    only_mailbox: bool = False


@fact("messaging.message_failed", "通知未送达")
class MessageFailed:
    """Every channel failed: somebody must call."""

    message_id: int
    subject: str
    template: str


@fact("messaging.message_in_doubt", "通知是否送出不明")
class MessageInDoubt:
    """It was being handed over when the answer was lost: it may have gone, or not."""

    message_id: int
    subject: str
    template: str
    channel: str


@fact("messaging.reply_received", "收到客户上行回复")
class ReplyReceived:
    """Somebody answered, or wrote to us, by a message channel. Its words are in the room, sealed."""

    reply_id: int
    channel: str
    party_id: int | None
    wish: str


@fact("messaging.opted_out", "退订营销信息")
class OptedOut:
    """A number or address wants no marketing any more."""

    reply_id: int
    channel: str


@fact("messaging.opted_in", "恢复接收营销信息")
class OptedIn:
    """A number or address takes marketing again."""

    reply_id: int
    channel: str


@fact("messaging.template_drafted", "起草通知模板")
class TemplateDrafted:
    """Somebody wrote new words for a kind of message."""

    template: str
    version: int


@fact("messaging.template_checked", "通知模板上线检查已答复")
class TemplateChecked:
    """One of the seven pre-launch checks of new words was answered with evidence (七必查)."""

    template: str
    version: int
    check: str
    passed: bool


@fact("messaging.template_rolled_back", "通知模板已回退")
class TemplateRolledBack:
    """The words before are sent again, as a new version."""

    template: str
    version: int


@fact("messaging.template_approved", "通知模板已批准")
class TemplateApproved:
    """A second person approved the words; from when they are in force is in the row."""

    template: str
    version: int


@fact("messaging.template_returned", "通知模板已退回")
class TemplateReturned:
    """A second person gave the draft back."""

    template: str
    version: int


@fact("messaging.binding_offered", "出示绑定二维码")
class BindingOffered:
    """A code was shown that binds whoever scans it to the customer."""

    channel: str


@fact("messaging.address_bound", "绑定微信")
class AddressBound:
    """The customer is reached by this account from now on, and was told by text message."""

    channel: str


@fact("messaging.address_unbound", "解除绑定微信")
class AddressUnbound:
    """Nothing goes to the account any more."""

    channel: str
