"""Periods of a dashboard: cut into whole months and the days that are left."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class Piece:
    """Days (D) or whole months (M) from ``first`` up to but without ``last``."""

    span: str
    first: date
    last: date


def pieces(since: date, until: date) -> list[Piece]:
    """The fewest pieces that are exactly these days: days, whole months, days."""
    if until <= since:
        return []
    first = since if since.day == 1 else next_month(since)
    last = until.replace(day=1)
    if first >= last:
        return [Piece("D", since, until)]
    found = [Piece("D", since, first), Piece("M", first, last), Piece("D", last, until)]
    return [piece for piece in found if piece.first < piece.last]


def next_month(day: date) -> date:
    """The first day of the month after."""
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


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
