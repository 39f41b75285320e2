"""What the worker does for policies by itself."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from yilu.journal.operations import each_tick, through
from yilu.kernel.days import day_of
from yilu.kernel.refs import SYSTEM
from yilu.policies import operations


@each_tick(seconds=600)
def check_loans(at: datetime) -> int:
    """Hold open loans against the value: once a day each, as many at a time as one transaction bears."""
    today = day_of(at)
    return operations.check_loans(at=at, today=today, actor=SYSTEM)


@each_tick(seconds=600, name="policies.identified")
def pay_who_is_known(at: datetime) -> int:
    """Pay those who were identified without an event that says so."""
    return through(partial(operations.pay_who_is_known, at=at))
