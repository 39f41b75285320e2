"""Every write of the room."""

from yilu.scorecards.operations.following import follow

__all__ = ["follow"]
