"""The tables of the quality room."""

from .drills import Drill, DrillLine
from .exams import Attempt, Exam
from .findings import Finding, Reading
from .questions import QuestionVersion
from .standards import Deviation, StandardVersion
from .training import ClassSeat, CourseVersion, Enrolment, TrainingClass

__all__ = [
    "Attempt",
    "ClassSeat",
    "CourseVersion",
    "Deviation",
    "Drill",
    "DrillLine",
    "Enrolment",
    "Exam",
    "Finding",
    "QuestionVersion",
    "Reading",
    "StandardVersion",
    "TrainingClass",
]
