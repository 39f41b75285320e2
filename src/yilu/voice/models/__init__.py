"""What voice keeps."""

from .feedback import Card, DaySum, Feedback, Handling, Invitation, SurveyRule
from .reading import Analysis, Aspect, Label, Reader, Reading, Topic
from .studies import Batch, BatchProblem, Improvement, MonthlyReport, ReportAnswer, Study

__all__ = [
    "Analysis",
    "Aspect",
    "Batch",
    "BatchProblem",
    "Card",
    "DaySum",
    "Feedback",
    "Handling",
    "Improvement",
    "Invitation",
    "Label",
    "MonthlyReport",
    "Reader",
    "Reading",
    "ReportAnswer",
    "Study",
    "SurveyRule",
    "Topic",
]
