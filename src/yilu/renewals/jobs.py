"""What the worker does for renewals by itself."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from yilu.journal.operations import each_tick, through
from yilu.kernel.days import CHINA, day_of
from yilu.renewals import operations

RUN_FROM_HOUR = 1
"""The run of a day begins at one in the morning, when the banks have closed the day before."""


@each_tick(seconds=60)
def run_daily(at: datetime) -> int:
    """
    Do one part of the earliest day that is not finished; called again at once while there is one.

    Several workers share the parts of a day. A day is begun only when the one before it is finished.
    """
    today = day_of(at)
    day = operations.day_to_run(today)
    if day is None or (day == today and at.astimezone(CHINA).hour < RUN_FROM_HOUR):
        return 0
    run_id = operations.start_run(day=day, at=at)
    if operations.work_part(run_id=run_id, at=at) is not None:
        return 1
    return 1 if operations.finish_run(run_id=run_id, at=at) and day < today else 0


@each_tick(seconds=60)
def expire_orders(at: datetime) -> int:
    """Let go of orders that were tried in vain and whose day is over."""
    through(partial(operations.expire_orders, at=at))
    return 0
