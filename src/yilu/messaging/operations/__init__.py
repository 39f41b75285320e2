"""Every change to a message: promised, on its way, arrived or not."""

from yilu.messaging.operations.queueing import (
    SECRETS_PLACE,
    UnknownTemplate,
    WrongFacts,
    queue,
    send_message,
)

__all__ = ["SECRETS_PLACE", "UnknownTemplate", "WrongFacts", "queue", "send_message"]
