"""Whether somebody sits whenever somebody must (7×12 人工、24 小时自助; 服务规定第五条)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from yilu.kernel.days import CHINA
from yilu.kernel.words import marked as _

Span = tuple[datetime, datetime]

LAW_HOURS: Final = 8
"""服务规定 5: on working days somebody answers for at least eight hours."""
SELF_SERVICE: Final = (0, 24)
"""Machine and page answer round the clock."""


@dataclass(frozen=True, slots=True)
class DayCheck:
    """One day of the roster held against law and pledge."""

    day: date
    manned_minutes: int
    uncovered: tuple[
        int, ...
    ]  # hours of the pledge in which somebody is missing, 8 means 8:00–9:00
    breaks_law: bool

    @property
    def gaps(self) -> tuple[str, ...]:
        """The hours nobody covers as stretches: ``8:00–12:00``."""
        spans: list[list[int]] = []
        for hour in self.uncovered:
            if spans and spans[-1][1] == hour:
                spans[-1][1] = hour + 1
            else:
                spans.append([hour, hour + 1])
        return tuple(f"{first}:00–{last}:00" for first, last in spans)

    @property
    def words(self) -> str:
        """Which promise is not kept, or nothing."""
        if self.breaks_law:
            return _("人工服务不足八小时（人身保险业务基本服务规定第五条）")
        return _("承诺的人工服务时段无人值守") if self.uncovered else ""


def check_day(
    day: date, shifts: Iterable[Span], *, working_day: bool, manned: tuple[int, int], least: int = 1
) -> DayCheck:
    """
    ``manned``: from which hour to which the insurer pledges that somebody answers (7×12, A99). Which hours of a day are not covered by at least ``least`` people, and whether the law is kept.

    An hour counts as covered where every minute of it is.
    """
    spans = _covered(shifts, least, *_day(day))
    minutes = int(sum((end - start).total_seconds() for start, end in spans) // 60)
    uncovered = tuple(
        hour for hour in range(*manned) if not _holds(spans, _hour(day, hour), _hour(day, hour + 1))
    )
    return DayCheck(day, minutes, uncovered, working_day and minutes < LAW_HOURS * 60)


def _covered(shifts: Iterable[Span], least: int, first: datetime, last: datetime) -> list[Span]:
    """The stretches of [first, last) in which at least so many shifts run."""
    marks: list[tuple[datetime, int]] = []
    for start, end in shifts:
        start, end = max(start, first), min(end, last)
        if start < end:
            marks += [(start, 1), (end, -1)]
    spans: list[Span] = []
    running, since = 0, first
    for at, step in sorted(marks, key=lambda mark: (mark[0], -mark[1])):
        was, running = running, running + step
        if was < least <= running:
            since = at
        elif was >= least > running:
            spans.append((since, at))
    return spans


def _holds(spans: Sequence[Span], start: datetime, end: datetime) -> bool:
    return any(a <= start and end <= b for a, b in spans)


def _day(day: date) -> Span:
    first = datetime.combine(day, time(), CHINA)
    return first, first + timedelta(days=1)


def _hour(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(), CHINA) + timedelta(hours=hour)
