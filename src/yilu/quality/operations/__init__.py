"""Everything that changes in the quality room."""

from .deviating import ask_deviation, decide_deviation
from .reading import read, read_now, warn
from .standards import approve, discard, end_pilot, load_catalogue, write_draft

__all__ = [
    "approve",
    "ask_deviation",
    "decide_deviation",
    "discard",
    "end_pilot",
    "load_catalogue",
    "read",
    "read_now",
    "warn",
    "write_draft",
]
