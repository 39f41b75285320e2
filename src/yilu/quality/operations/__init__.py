"""Everything that changes in the quality room."""

from .deviating import ask_deviation, decide_deviation
from .standards import approve, discard, end_pilot, load_catalogue, write_draft

__all__ = [
    "approve",
    "ask_deviation",
    "decide_deviation",
    "discard",
    "end_pilot",
    "load_catalogue",
    "write_draft",
]
