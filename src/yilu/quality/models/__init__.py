"""The tables of the quality room."""

from .exams import Attempt, Exam
from .findings import Finding, Reading
from .standards import Deviation, StandardVersion

__all__ = ["Attempt", "Deviation", "Exam", "Finding", "Reading", "StandardVersion"]
