"""Which day a moment belongs to. A moment is stored in UTC; a day is the insurer's."""

from __future__ import annotations

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
