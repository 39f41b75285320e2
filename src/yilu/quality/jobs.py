"""What the quality room does by the clock."""

from __future__ import annotations

from datetime import datetime

from yilu.journal import operations as journal
from yilu.quality import operations


@journal.each_tick(seconds=30, name="quality.late_sheets")
def end_late_sheets(at: datetime) -> int:
    """Sheets whose time is over are scored."""
    return operations.end_late_sheets(at=at)
