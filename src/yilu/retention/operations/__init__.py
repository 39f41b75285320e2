"""Every change to what keeps recordings."""

from yilu.retention.refusals import AlreadyHeld, BadHold, HoldNotFound, OwnHold

from .following import follow
from .holding import lift_hold, place_hold
from .sweeping import sweep

__all__ = [
    "AlreadyHeld",
    "BadHold",
    "HoldNotFound",
    "OwnHold",
    "follow",
    "lift_hold",
    "place_hold",
    "sweep",
]
