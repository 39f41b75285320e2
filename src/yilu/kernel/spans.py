"""Spans of days that sums are kept by: cut into whole months and the days that are left."""

from __future__ import annotations

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
