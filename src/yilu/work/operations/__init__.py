"""Every change to the work that waits."""

from .items import (
    AlreadyTaken,
    ClosedByItsWork,
    NotAHelper,
    NotForYou,
    NothingWaiting,
    close_items,
    escalate,
    finish,
    give_item,
    hand_over,
    open_item,
    press_item,
    release,
    set_due,
    take_item,
    take_next,
)
from .pooling import pool, set_helper
from .queues import CATALOGUE, UnknownQueue, declare_queues

__all__ = [
    "CATALOGUE",
    "AlreadyTaken",
    "ClosedByItsWork",
    "NotAHelper",
    "NotForYou",
    "NothingWaiting",
    "UnknownQueue",
    "close_items",
    "declare_queues",
    "escalate",
    "finish",
    "give_item",
    "hand_over",
    "open_item",
    "pool",
    "press_item",
    "release",
    "set_due",
    "set_helper",
    "take_item",
    "take_next",
]
