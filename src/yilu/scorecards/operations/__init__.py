"""Every write of the room."""

from yilu.scorecards.operations.exporting import Slice, export_cases
from yilu.scorecards.operations.following import begin_anew, follow

__all__ = ["Slice", "begin_anew", "export_cases", "follow"]
