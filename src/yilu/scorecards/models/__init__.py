"""The room's tables."""

from yilu.scorecards.models.campaigns import Campaign, Credit, Initiative, StudyPaper
from yilu.scorecards.models.cards import Card, Closing, Scheme
from yilu.scorecards.models.figures import CountedCase, HeardSubject, Reader, Tally
from yilu.scorecards.models.stars import Star, StarBoard

__all__ = [
    "Campaign", "Card", "Closing", "CountedCase", "Credit", "HeardSubject", "Initiative", "Reader",
    "Scheme", "Star", "StarBoard", "StudyPaper", "Tally",
]  # fmt: skip
