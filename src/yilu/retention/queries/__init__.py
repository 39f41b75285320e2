"""Until when a recording is kept and why, and what people hold: for the rooms that have recordings, and pages."""

from yilu.retention.queries.holds import CAUSES, HoldPage, HoldRow, list_holds
from yilu.retention.queries.keeping import (
    Recorded,
    contract_kept_until,
    kept,
    may_delete,
    of_person,
    spans_on,
)
from yilu.retention.rules import Kept, Reason, Why

__all__ = [
    "CAUSES",
    "HoldPage",
    "HoldRow",
    "Kept",
    "Reason",
    "Recorded",
    "Why",
    "contract_kept_until",
    "kept",
    "list_holds",
    "may_delete",
    "of_person",
    "spans_on",
]
