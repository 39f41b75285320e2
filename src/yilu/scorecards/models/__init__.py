"""The room's tables."""

from yilu.scorecards.models.figures import CountedCase, HeardSubject, Reader, Tally

__all__ = ["CountedCase", "HeardSubject", "Reader", "Tally"]
