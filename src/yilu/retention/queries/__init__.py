"""Until when a recording is kept and why, and what people hold: for the rooms that have recordings, and pages."""

from yilu.retention.queries.holds import CAUSES, HoldPage, HoldRow, list_holds
from yilu.retention.queries.keeping import Recorded, kept, may_delete, spans_on
from yilu.retention.rules import Kept, Reason, Why

__all__ = [
    "CAUSES",
    "HoldPage",
    "HoldRow",
    "Kept",
    "Reason",
    "Recorded",
    "Why",
    "kept",
    "list_holds",
    "may_delete",
    "spans_on",
]
