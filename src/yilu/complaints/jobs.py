"""What complaints does by the clock."""

from __future__ import annotations

from datetime import datetime

from yilu.complaints import operations
from yilu.journal import operations as journal


@journal.each_tick(seconds=3600)
def close_answered(at: datetime) -> int:
    """Close what was answered and met no other word."""
    return operations.close_answered(at=at)
