"""What the desks need around a decision: several handlers, trying sums, quality, care, taking rows out."""

from .care import Care, CareNotFound, TooLateForCare, approve_advance, finish_care, order_care
from .exporting import (
    ExportNotFound,
    ask_for_rows,
    fail_export,
    fetch_export,
    forget_exports,
    keep_export,
    note_export_progress,
    workbook,
)
from .quality import CheckNotFound, answer_check, draw_quality_checks, grade_check
from .team import CaseOver, PartNotTheirs, answer_mentions, finish_part, give_part, note_and_call
from .trying import Changes, Tried, try_calculation

__all__ = [
    "Care",
    "CareNotFound",
    "CaseOver",
    "Changes",
    "CheckNotFound",
    "ExportNotFound",
    "PartNotTheirs",
    "TooLateForCare",
    "Tried",
    "answer_check",
    "answer_mentions",
    "approve_advance",
    "ask_for_rows",
    "draw_quality_checks",
    "fail_export",
    "fetch_export",
    "finish_care",
    "finish_part",
    "forget_exports",
    "give_part",
    "grade_check",
    "keep_export",
    "note_and_call",
    "note_export_progress",
    "order_care",
    "try_calculation",
    "workbook",
]
