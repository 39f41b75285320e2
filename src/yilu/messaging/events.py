"""What messaging says happened."""

from __future__ import annotations

from yilu.kernel.facts import fact


@fact("messaging.message_delivered", "通知已送达")
class MessageDelivered:
    """The channel confirmed delivery."""

    message_id: int
    subject: str
    template: str
    channel: str


@fact("messaging.message_failed", "通知未送达")
class MessageFailed:
    """Every channel failed: somebody must call."""

    message_id: int
    subject: str
    template: str
