"""The tables of the quality room."""

from .audits import Audit, AuditFile, AuditItem, Correction, Tick
from .books import BookVersion
from .clients import ClientJudgement
from .drills import Drill, DrillLine, ScenarioVersion
from .exams import Attempt, Exam
from .findings import Finding, Reading
from .inspections import Inspection, Lot, Mark, Service
from .questions import QuestionVersion
from .recoveries import Recovery, RecoveryTry
from .standards import Deviation, StandardVersion
from .training import ClassSeat, CourseVersion, Enrolment, TrainingClass

__all__ = [
    "Attempt",
    "Audit",
    "AuditFile",
    "AuditItem",
    "BookVersion",
    "ClassSeat",
    "ClientJudgement",
    "Correction",
    "CourseVersion",
    "Deviation",
    "Drill",
    "DrillLine",
    "Enrolment",
    "Exam",
    "Finding",
    "Inspection",
    "Lot",
    "Mark",
    "QuestionVersion",
    "Reading",
    "Recovery",
    "RecoveryTry",
    "ScenarioVersion",
    "Service",
    "StandardVersion",
    "Tick",
    "TrainingClass",
]
