"""What doors may read of claims."""

from .views import (
    CalculationLine,
    CalculationView,
    ChecklistRow,
    ClaimCard,
    ClaimDesk,
    ClaimProgress,
    ClockRow,
    DecisionView,
    DeskAction,
    OfferView,
    ProgressStep,
    TimelineRow,
)

__all__ = [
    "CalculationLine",
    "CalculationView",
    "ChecklistRow",
    "ClaimCard",
    "ClaimDesk",
    "ClaimProgress",
    "ClockRow",
    "DecisionView",
    "DeskAction",
    "OfferView",
    "ProgressStep",
    "TimelineRow",
]
