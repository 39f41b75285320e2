"""What the worker does for policies by itself."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from yilu.journal.operations import each_tick
from yilu.kernel.refs import SYSTEM
from yilu.policies import operations

CONTRACT_ZONE = ZoneInfo("Asia/Shanghai")
"""Contracts count their days in the time of China, whatever the office's own clock says."""


@each_tick(seconds=600)
def check_loans(at: datetime) -> int:
    """Hold open loans against the value: once a day each, as many at a time as one transaction bears."""
    today = at.astimezone(CONTRACT_ZONE).date()
    return operations.check_loans(at=at, today=today, actor=SYSTEM)
