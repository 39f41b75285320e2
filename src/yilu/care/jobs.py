"""Work with the clock: places that were shared are forgotten."""

from __future__ import annotations

from datetime import datetime

from yilu.care import operations
from yilu.journal import operations as journal


@journal.each_tick(seconds=60)
def forget_ways(at: datetime) -> int:
    """Forget where phones were that fell silent."""
    return operations.forget_ways(at=at)
