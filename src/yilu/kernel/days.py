"""Which day a moment belongs to. A moment is stored in UTC; a day is the insurer's."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

CHINA = ZoneInfo("Asia/Shanghai")
"""The zone in which the insurer's days are counted: the law's and the contract's."""


def day_of(at: datetime) -> date:
    """
    The calendar day of a moment where the insurer is.

    Never the UTC date: between midnight and eight in the morning that is still yesterday.

    :raises ValueError: for a time without a zone.
    """
    if at.tzinfo is None:
        raise ValueError("a moment needs its zone")
    return at.astimezone(CHINA).date()


def start_of_day(at: datetime) -> datetime:
    """The first moment of the day that a moment belongs to."""
    return datetime.combine(day_of(at), time(), CHINA)


_DAY_IN_TEXT = re.compile(r"(?<![A-Za-z0-9_./:-])\d{4}-\d{2}-\d{2}(?![A-Za-z0-9_./:-])")


def written(day: date) -> str:
    """A day as Chinese texts write it: ``2026年3月4日``."""
    return f"{day.year}年{day.month}月{day.day}日"


def with_days_written(text: str, write: Callable[[date], str] = written) -> str:
    """A sentence with the days in it as people write them: ``2026-03-04`` is for machines."""

    def told(hit: re.Match[str]) -> str:
        try:
            return write(date.fromisoformat(hit[0]))
        except ValueError:
            return hit[0]

    return _DAY_IN_TEXT.sub(told, text)
