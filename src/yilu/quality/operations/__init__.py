"""Everything that changes in the quality room."""

from .deviating import ask_deviation, decide_deviation
from .examining import end_late_sheets, hand_in, publish_exam, save_answers, start_exam
from .reading import read, read_now, warn
from .standards import approve, discard, end_pilot, load_catalogue, write_draft

__all__ = [
    "approve",
    "ask_deviation",
    "decide_deviation",
    "discard",
    "end_late_sheets",
    "end_pilot",
    "hand_in",
    "load_catalogue",
    "publish_exam",
    "read",
    "read_now",
    "save_answers",
    "start_exam",
    "warn",
    "write_draft",
]
