"""
Telephony (通话控制): what we tell an exchange to do with a call, and what it tells us happened.

The queue is ours (contact's routing): a driver only answers, plays, collects keys, joins and records.
"""

from yilu.gateways.calls.seam import (
    KINDS,
    Answer,
    BadEvent,
    Bridge,
    CallControl,
    CallEvent,
    Enqueue,
    Gather,
    HangUp,
    NotDone,
    Record,
    Say,
    Transfer,
    Verb,
    read_event,
    read_verbs,
    write_verbs,
)

__all__ = [
    "KINDS",
    "Answer",
    "BadEvent",
    "Bridge",
    "CallControl",
    "CallEvent",
    "Enqueue",
    "Gather",
    "HangUp",
    "NotDone",
    "Record",
    "Say",
    "Transfer",
    "Verb",
    "read_event",
    "read_verbs",
    "write_verbs",
]
