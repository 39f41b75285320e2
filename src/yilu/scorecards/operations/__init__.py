"""Every write of the room."""

from yilu.scorecards.operations.following import begin_anew, follow

__all__ = ["begin_anew", "follow"]
