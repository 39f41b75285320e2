"""Every change to what keeps recordings."""

from yilu.retention.refusals import AlreadyHeld, BadHold, HoldNotFound, OwnHold

from .following import follow
from .holding import lift_hold, place_hold

__all__ = ["AlreadyHeld", "BadHold", "HoldNotFound", "OwnHold", "follow", "lift_hold", "place_hold"]
