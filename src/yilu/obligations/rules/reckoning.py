"""
From a start and a limit to a deadline, in each unit, with what pauses take away.

Everything is reckoned in the unit of the limit: a pause is subtracted in the very days, spells or
working minutes that the limit counts, never in another measure. Days are counted as 民法典 201–203
says: the day a period starts is not counted, its last day counts to its end; a period in working
days ends with the business hours of its last day. We do not use the prolongation of natural days
over a holiday (民法典 203): it would only be in our own favour.
"""

from __future__ import annotations

import enum
from datetime import UTC, date, datetime, timedelta
from typing import Any

from yilu.kernel.words import marked as _
from yilu.kernel.worktime import MICROSECOND, WorkTime


class Unit(enum.StrEnum):
    """What a limit counts (时限单位)."""

    NATURAL_DAYS = "NATURAL_DAYS"
    WORKING_DAYS = "WORKING_DAYS"
    WORKING_SPELLS = "WORKING_SPELLS"  # 上午、下午
    WORKING_HOURS = "WORKING_HOURS"
    WORKING_MINUTES = "WORKING_MINUTES"
    MINUTES = "MINUTES"
    YEARS = "YEARS"


UNIT_LABELS = {
    Unit.NATURAL_DAYS: _("日"),
    Unit.WORKING_DAYS: _("个工作日"),
    Unit.WORKING_SPELLS: _("个工作时段（上午或下午）"),
    Unit.WORKING_HOURS: _("个工作小时"),
    Unit.WORKING_MINUTES: _("分钟（工作时间）"),
    Unit.MINUTES: _("分钟"),
    Unit.YEARS: _("年"),
}
WORKING = frozenset(
    {Unit.WORKING_DAYS, Unit.WORKING_SPELLS, Unit.WORKING_HOURS, Unit.WORKING_MINUTES}
)
_MICROSECONDS = {
    Unit.WORKING_HOURS: 3_600_000_000,
    Unit.WORKING_MINUTES: 60_000_000,
    Unit.MINUTES: 60_000_000,
}
_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)


def total(unit: Unit, limit: int) -> int:
    """A limit in the grain in which its unit is used up: days, spells, or microseconds."""
    return limit * _MICROSECONDS.get(unit, 1)


def due(time: WorkTime, unit: Unit, start: datetime, limit: int) -> datetime:
    """When a period of ``limit`` units that starts at ``start`` ends."""
    if unit is Unit.YEARS:
        return _years_after(time, start, limit)
    return _ahead(time, unit, start, total(unit, limit))


def due_after_pause(time: WorkTime, unit: Unit, resumed: datetime, left: int) -> datetime:
    """
    When a period with ``left`` still unused (as ``total`` counts) ends, resumed at ``resumed``.

    Never before ``resumed`` itself: a period that comes back with nothing left on a day off, or
    after hours, ends with the next working day (or spell).
    """
    return _ahead(time, unit, resumed, max(left, 0))


def used(time: WorkTime, unit: Unit, start: datetime, until: datetime) -> int:
    """What a period uses up from ``start`` to ``until``, as ``total`` counts; never negative."""
    if until <= start or unit is Unit.YEARS:
        return 0
    if unit is Unit.NATURAL_DAYS:
        return (_day(time, until) - _day(time, start)).days
    if unit is Unit.WORKING_DAYS:
        return time.working_days_between(start, until)
    if unit is Unit.WORKING_SPELLS:
        return time.spells_between(start, until)
    if unit is Unit.MINUTES:
        return (until - start) // MICROSECOND
    return time.between_exactly(start, until)


def warning_times(
    time: WorkTime, unit: Unit, start: datetime, limit: int, due_at: datetime, points: Any
) -> list[datetime]:
    """
    The instants of the warning points, in the order the points are given.

    A share (0.8 of the limit) becomes the lead it has when nothing pauses; the lead is then kept
    before whatever the deadline has become. Leads of working units run in working time.
    """
    found = []
    whole: int | None = None
    for share, lead in points:
        if share is not None:
            if whole is None:
                whole = _fine(time, unit, start, due(time, unit, start, limit))
            lead = round(whole * (1 - share))
        if unit in WORKING:
            found.append(time.subtract_exactly(due_at, lead))
        else:
            found.append(due_at - lead * MICROSECOND)
    return found


def _fine(time: WorkTime, unit: Unit, start: datetime, end: datetime) -> int:
    if unit in WORKING:
        return time.between_exactly(start, end)
    return (end - start) // MICROSECOND


def _ahead(time: WorkTime, unit: Unit, start: datetime, amount: int) -> datetime:
    if unit is Unit.NATURAL_DAYS:
        return _end_of(time, _day(time, start) + amount * _DAY)
    if unit is Unit.WORKING_DAYS:
        return time.add_working_days(start, amount)
    if unit is Unit.WORKING_SPELLS:
        return time.add_spells(start, amount)
    if unit is Unit.MINUTES:
        return start.astimezone(UTC) + amount * MICROSECOND
    return time.add_exactly(start, amount)


def _day(time: WorkTime, at: datetime) -> date:
    return at.astimezone(time.zone).date()


def _end_of(time: WorkTime, day: date) -> datetime:
    """The last second of a day (二十四时), written so that a screen shows that day."""
    day += _DAY
    midnight = datetime(day.year, day.month, day.day, tzinfo=time.zone)
    return midnight.astimezone(UTC) - _SECOND


def _years_after(time: WorkTime, start: datetime, years: int) -> datetime:
    """民法典 202: the day of that date; where the month has none, the month's last day."""
    day = _day(time, start)
    try:
        day = day.replace(year=day.year + years)
    except ValueError:  # 29 February
        day = day.replace(year=day.year + years, day=28)
    return _end_of(time, day)
