"""Every change to a message: promised, on its way, arrived or not."""

from yilu.messaging.operations.queueing import (
    SECRETS_PLACE,
    UnknownTemplate,
    WrongFacts,
    queue,
    send_message,
)
from yilu.messaging.operations.receipts import (
    MessageNotFound,
    NoSuchChannel,
    prefer_channel,
    receive_receipt,
)
from yilu.messaging.operations.resealing import reseal_batch
from yilu.messaging.operations.sending import (
    Due,
    Outcome,
    forget_secrets,
    record_outcomes,
    take_due,
)

__all__ = [
    "SECRETS_PLACE",
    "Due",
    "MessageNotFound",
    "NoSuchChannel",
    "Outcome",
    "UnknownTemplate",
    "WrongFacts",
    "forget_secrets",
    "prefer_channel",
    "queue",
    "receive_receipt",
    "record_outcomes",
    "reseal_batch",
    "send_message",
    "take_due",
]
