"""
Working time: adding it, taking it away and measuring it, in microseconds of ours.

A calendar is compiled once: every working spell becomes two instants on the UTC line and the sum of
the working time before it. After that, a question costs one or two bisections, however many
holidays, make-up workdays (调休), lunch breaks or clock changes lie between.

How days are counted is the law's way, 民法典 201 and 203: the day a period starts is not counted,
the period ends with the end of its last day, and where there are business hours, with their end.
"""

from __future__ import annotations

import threading
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from .errors import Sentence
from .words import marked as _

Spell = tuple[int, int]
"""Minutes after midnight, from and to: (510, 720) is 08:30–12:00; 1440 is the day's end."""
Week = Sequence[Sequence[Spell]]
"""Seven days, Monday first."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
_MINUTE = 60_000_000
_DAY_MINUTES = 1440
_YEARS = (1900, 2300)


class BeyondAllCalendars(ValueError):
    """An amount of working time that ends centuries away: a mistake in the asking."""


def read_spell(text: str) -> Spell:
    """
    Read ``"08:30-12:00"``. The day ends at ``24:00``.

    :raises ValueError: if it is not of that shape or does not end after it starts.
    """
    start, dash, end = text.replace("–", "-").replace("—", "-").partition("-")
    if not dash:
        raise ValueError(Sentence(_("不是一个时段：{text}，请写成 08:30-12:00"), text=repr(text)))
    spell = (_minute(start), _minute(end))
    if spell[0] >= spell[1]:
        raise ValueError(Sentence(_("时段的结束应晚于开始：{text}"), text=repr(text)))
    return spell


def write_spell(spell: Spell) -> str:
    """Write ``(510, 720)`` as ``08:30-12:00``."""
    return "-".join(f"{minute // 60:02d}:{minute % 60:02d}" for minute in spell)


def check_spells(spells: Sequence[Spell]) -> None:
    """:raises ValueError: unless the spells of a day are in order and do not overlap."""
    ends = 0
    for start, end in spells:
        if not ends <= start < end <= _DAY_MINUTES:
            raise ValueError(_("一天的工作时段应按先后排列、互不重叠，且不超过 24:00"))
        ends = end


def _minute(text: str) -> int:
    hour, colon, minute = text.strip().partition(":")
    if not (colon and hour.isdecimal() and minute.isdecimal() and len(minute) == 2):
        raise ValueError(Sentence(_("不是一个时刻：{text}，请写成 08:30"), text=repr(text)))
    value = int(hour) * 60 + int(minute)
    if int(minute) > 59 or value > _DAY_MINUTES:
        raise ValueError(Sentence(_("没有这个时刻：{text}"), text=repr(text)))
    return value


@dataclass(frozen=True, slots=True)
class _Line:
    """The working spells of some years on the UTC line, in microseconds since 1970."""

    first: int  # the years start here
    last: int  # and are over here
    starts: list[int]
    ends: list[int]
    before: list[int]  # working time before each spell starts
    after: list[int]  # and when it has ended
    days: list[int]  # ordinals of the working days
    closings: list[int]  # when each of them ends

    def worked(self, at: int) -> int:
        """Working time from the first day of the line until an instant within it."""
        i = bisect_right(self.starts, at) - 1
        if i < 0:
            return 0
        end = self.ends[i]
        return self.before[i] + (min(end, at)) - self.starts[i]


class WorkTime:
    """
    A compiled working calendar (工作时间日历).

    ``days`` says what differs from the week: a date with its spells, none for a day off. Years
    after ``confirmed_until`` (the last year whose official notice is known) are provisional: they
    follow the week and ``fixed_days_off`` (month, day), and the calendar reaches as far as asked.
    Times go in aware and come out in UTC. Instances may be shared by threads.
    """

    __slots__ = (
        "_days",
        "_fixed",
        "_growing",
        "_line",
        "_week",
        "_years",
        "confirmed_until",
        "edition",
        "zone",
    )

    def __init__(
        self,
        *,
        week: Week,
        days: Mapping[date, Sequence[Spell]],
        zone: str | ZoneInfo,
        confirmed_until: int,
        years: tuple[int, int],
        fixed_days_off: Sequence[tuple[int, int]] = (),
        edition: str = "",
    ) -> None:
        if len(week) != 7 or not any(week):
            raise ValueError(_("一周应有七天，且至少一天有工作时间"))
        for spells in [*week, *days.values()]:
            check_spells(spells)
        self._week = tuple(tuple(spells) for spells in week)
        self._days = {day: tuple(spells) for day, spells in days.items()}
        self._fixed = frozenset(fixed_days_off)
        self.zone = ZoneInfo(zone) if isinstance(zone, str) else zone
        self.confirmed_until = confirmed_until
        self.edition = edition
        self._growing = threading.Lock()
        self._years = years
        self._line = self._compile(*years)

    # -- working time ---------------------------------------------------------------------------

    def add(self, start: datetime, minutes: int) -> datetime:
        """When so many working minutes have passed since ``start``: the first such instant."""
        return self.add_exactly(start, minutes * _MINUTE)

    def add_exactly(self, start: datetime, amount: int) -> datetime:
        """As ``add``, the amount in microseconds of working time."""
        if amount < 0:
            return self.subtract_exactly(start, -amount)
        at = _instant(start)
        line = self._around(at)
        target = line.worked(at) + amount
        while target > line.after[-1]:
            self._grow(0, max(10, self._years[1] - self._years[0]))
            line = self._line
            target = line.worked(at) + amount
        j = bisect_left(line.after, target)
        reached = line.starts[j] + target - line.before[j]
        return EPOCH + timedelta(microseconds=max(at, reached))

    def subtract(self, end: datetime, minutes: int) -> datetime:
        """The last instant from which so many working minutes pass until ``end``."""
        return self.subtract_exactly(end, minutes * _MINUTE)

    def subtract_exactly(self, end: datetime, amount: int) -> datetime:
        """As ``subtract``, the amount in microseconds of working time."""
        if amount < 0:
            return self.add_exactly(end, -amount)
        at = _instant(end)
        line = self._around(at)
        target = line.worked(at) - amount
        while target < 0:
            self._grow(max(10, self._years[1] - self._years[0]), 0)
            line = self._line
            target = line.worked(at) - amount
        j = bisect_right(line.before, target) - 1
        reached = line.starts[j] + target - line.before[j]
        return EPOCH + timedelta(microseconds=min(at, reached))

    def between(self, start: datetime, end: datetime) -> int:
        """Whole working minutes from ``start`` to ``end``; negative where ``end`` is earlier."""
        amount = self.between_exactly(start, end)
        return amount // _MINUTE if amount >= 0 else -(-amount // _MINUTE)

    def between_exactly(self, start: datetime, end: datetime) -> int:
        """As ``between``, in microseconds."""
        a, b = _instant(start), _instant(end)
        self._around(a)
        line = self._around(b)
        return line.worked(b) - line.worked(a)

    # -- working days and spells ----------------------------------------------------------------

    def add_working_days(self, start: datetime, days: int) -> datetime:
        """
        The end of the last of so many working days after the day of ``start``.

        The day of ``start`` is not counted (民法典 201); the last day ends when its business hours
        end (民法典 203 第二款). For 0 days: the end of the day of ``start``, or of the next working
        day if that is a day off or its hours are already over.
        """
        line = self._around(_instant(start))
        day = start.astimezone(self.zone).toordinal()
        index = self._day_index(line, start, day, days)
        while index >= len(line.days):
            self._grow(0, max(10, self._years[1] - self._years[0]))
            line = self._line
            index = self._day_index(line, start, day, days)
        return EPOCH + timedelta(microseconds=line.closings[index])

    @staticmethod
    def _day_index(line: _Line, start: datetime, day: int, days: int) -> int:
        index = bisect_right(line.days, day) + days - 1
        if days:
            return index
        is_over = index < 0 or line.days[index] != day or line.closings[index] < _instant(start)
        return index + is_over

    def end_of_working_day(self, at: datetime, days: int) -> datetime:
        """Another name of ``add_working_days``."""
        return self.add_working_days(at, days)

    def working_days_between(self, start: datetime, end: datetime) -> int:
        """Working days after the day of ``start`` up to and with the day of ``end``."""
        self._around(_instant(start))
        line = self._around(_instant(end))
        first = bisect_right(line.days, start.astimezone(self.zone).toordinal())
        return bisect_right(line.days, end.astimezone(self.zone).toordinal()) - first

    def add_spells(self, start: datetime, spells: int) -> datetime:
        """
        The end of the last of so many working spells (上午、下午) that begin after ``start``.

        The spell ``start`` lies in is not counted. For 0: the end of that spell, or of the next.
        """
        at = _instant(start)
        line = self._around(at)
        index = bisect_right(line.starts, at) + spells - 1
        if spells == 0 and (index < 0 or line.ends[index] < at):
            index += 1
        if index >= len(line.ends):
            self._grow(0, max(10, self._years[1] - self._years[0]))
            return self.add_spells(start, spells)
        return EPOCH + timedelta(microseconds=line.ends[index])

    def spells_between(self, start: datetime, end: datetime) -> int:
        """Working spells that begin after ``start`` and not after ``end``."""
        a, b = _instant(start), _instant(end)
        self._around(a)
        line = self._around(b)
        return bisect_right(line.starts, b) - bisect_right(line.starts, a)

    def is_working_day(self, day: date) -> bool:
        """Whether anybody works on that day."""
        return bool(self.spells_on(day))

    def spells_on(self, day: date) -> tuple[Spell, ...]:
        """The working spells of a day, in minutes after midnight of the office's zone."""
        return _spells_on(day, self._week, self._days, self._fixed, self.confirmed_until)

    def is_open(self, at: datetime) -> bool:
        """Whether ``at`` lies within working time."""
        instant = _instant(at)
        line = self._around(instant)
        i = bisect_right(line.starts, instant) - 1
        return i >= 0 and instant < line.ends[i]

    def next_opening(self, at: datetime) -> datetime:
        """``at`` itself within working time, else when the next working spell begins."""
        instant = _instant(at)
        line = self._around(instant)
        i = bisect_right(line.ends, instant)
        while i >= len(line.starts):
            self._grow(0, 10)
            line = self._line
            i = bisect_right(line.ends, instant)
        return EPOCH + timedelta(microseconds=max(line.starts[i], instant))

    def is_provisional(self, at: datetime | date) -> bool:
        """Whether it lies in a year whose official holiday notice is not known yet."""
        day = at.astimezone(self.zone) if isinstance(at, datetime) else at
        return day.year > self.confirmed_until

    # -- compiling ------------------------------------------------------------------------------

    def _around(self, at: int) -> _Line:
        """The line, made long enough to contain ``at``."""
        line = self._line
        if line.first <= at < line.last:
            return line
        year = (EPOCH + timedelta(microseconds=at)).astimezone(self.zone).year
        first, last = self._years
        self._grow(max(0, first - year), max(0, year - last))
        return self._line

    def _grow(self, back: int, on: int) -> None:
        """Compile more years, so many further back and further on, as far as it makes sense."""
        with self._growing:
            first, last = self._years
            years = (max(_YEARS[0], first - back), min(_YEARS[1], last + on))
            if years == self._years:
                raise BeyondAllCalendars(f"超出 {_YEARS[0]}—{_YEARS[1]} 年，无法计算工作时间")
            # Replaced as a whole: a reader on another thread keeps the line it has.
            self._line = self._compile(*years)
            self._years = years

    def _compile(self, first_year: int, last_year: int) -> _Line:
        pattern = (self._week, tuple(sorted(self._days.items())), self._fixed, self.confirmed_until)
        return _compiled(*pattern, self.zone, first_year, last_year)


@lru_cache(maxsize=64)
def _compiled(
    week: tuple[tuple[Spell, ...], ...],
    days: tuple[tuple[date, tuple[Spell, ...]], ...],
    fixed: frozenset[tuple[int, int]],
    confirmed_until: int,
    zone: ZoneInfo,
    first_year: int,
    last_year: int,
) -> _Line:
    """Offices that keep the same hours share one line; a line never changes once it is made."""
    given = dict(days)
    first, last = (date(year, 1, 1).toordinal() for year in (first_year, last_year + 1))
    line = _Line(_at(first, 0, zone), _at(last, 0, zone), [], [], [], [], [], [])
    worked = 0
    for ordinal in range(first, last):
        spells = _spells_on(date.fromordinal(ordinal), week, given, fixed, confirmed_until)
        for start, end in spells:
            starts, ends = _at(ordinal, start, zone), _at(ordinal, end, zone)
            if ends <= starts:  # swallowed by a clock put forward
                continue
            line.starts.append(starts)
            line.ends.append(ends)
            line.before.append(worked)
            worked += ends - starts
            line.after.append(worked)
        if spells:
            line.days.append(ordinal)
            line.closings.append(_at(ordinal, spells[-1][1], zone))
    if not worked:
        raise ValueError(_("这个日历没有任何工作时间"))
    return line


def _spells_on(
    day: date,
    week: tuple[tuple[Spell, ...], ...],
    days: Mapping[date, tuple[Spell, ...]],
    fixed: frozenset[tuple[int, int]],
    confirmed_until: int,
) -> tuple[Spell, ...]:
    given = days.get(day)
    if given is not None:
        return given
    if day.year > confirmed_until and (day.month, day.day) in fixed:
        return ()
    return week[day.weekday()]


def _at(ordinal: int, minute: int, zone: ZoneInfo) -> int:
    if minute == _DAY_MINUTES:
        ordinal, minute = ordinal + 1, 0
    day = date.fromordinal(ordinal)
    local = datetime(day.year, day.month, day.day, minute // 60, minute % 60, tzinfo=zone)
    before, after = local.utcoffset(), local.replace(fold=1).utcoffset()
    assert before is not None
    assert after is not None
    if after > before:  # a time that a clock put forward never shows: it is the moment of that
        return _put_forward(local.astimezone(UTC) - (after - before), after - before, zone)
    return _instant(local)


def _put_forward(earliest: datetime, within: timedelta, zone: ZoneInfo) -> int:
    """The first instant after ``earliest`` at which the zone's offset is another, in microseconds."""
    offset = earliest.astimezone(zone).utcoffset()
    low, high = 0, int(within.total_seconds())
    while low < high:
        middle = (low + high) // 2
        if (earliest + timedelta(seconds=middle)).astimezone(zone).utcoffset() == offset:
            low = middle + 1
        else:
            high = middle
    return _instant(earliest + timedelta(seconds=low))


def _instant(at: datetime) -> int:
    """Microseconds since 1970. :raises TypeError: for a time without a zone."""
    since = at - EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
