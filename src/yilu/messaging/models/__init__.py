"""The room's tables."""

from yilu.messaging.models.gateway import Bucket, Part, StrayReceipt
from yilu.messaging.models.message import Message, Receipt
from yilu.messaging.models.person import Address, OptOut, Preference, Reply
from yilu.messaging.models.version import TemplateVersion

__all__ = [
    "Address",
    "Bucket",
    "Message",
    "OptOut",
    "Part",
    "Preference",
    "Receipt",
    "Reply",
    "StrayReceipt",
    "TemplateVersion",
]
