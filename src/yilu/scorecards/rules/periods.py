"""Periods of a dashboard: their days, months and quarters."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from yilu.kernel.spans import next_month


def days_between(since: date, until: date) -> int:
    """How many days a period has."""
    return max((until - since).days, 0)


def months_of(day: date, grain: str, since: date, until: date) -> tuple[date, date]:
    """The days of a point of a chart that lie in the period."""
    ends = next_month(day) if grain == "MONTH" else day + timedelta(days=1)
    return max(day, since), min(ends, until)


def each_month(since: date, until: date) -> Iterator[date]:
    """The first day of every month that a period touches."""
    day = since.replace(day=1)
    while day < until:
        yield day
        day = next_month(day)


def quarter_of(day: date) -> date:
    """The first day of the quarter."""
    return day.replace(month=3 * ((day.month - 1) // 3) + 1, day=1)
