"""Spans that people are judged by: a week, a month, a quarter, a year; written 2026W36, 2026-09, 2026Q3, 2026."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from yilu.kernel.errors import Invalid, Sentence
from yilu.kernel.words import marked as _

UNITS: Final = {"WEEK": _("周"), "MONTH": _("月"), "QUARTER": _("季度"), "YEAR": _("年")}
"""How long a span is, by code."""
_SHAPE = re.compile(r"(?a)(2\d{3})(?:-(\d\d)|Q([1-4])|W(\d\d))?")


class BadPeriod(Invalid):
    """No such span."""

    code = "bad_period"
    message = _("期间填写有误")
    hint = _("月写成 2026-09，季度写成 2026Q3，周写成 2026W36，年写成 2026。")


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """One span, by its first day."""

    start: date
    unit: str

    @property
    def end(self) -> date:
        """The first day that no longer belongs to it."""
        if self.unit == "WEEK":
            return self.start + timedelta(weeks=1)
        months = {"MONTH": 1, "QUARTER": 3, "YEAR": 12}[self.unit]
        year, month = divmod(self.start.month - 1 + months, 12)
        return date(self.start.year + year, month + 1, 1)

    @property
    def last_day(self) -> date:
        """The last day that belongs to it."""
        return self.end - timedelta(days=1)

    @property
    def before(self) -> Period:
        """The span of the same length before it."""
        return period_of(self.unit, self.start - timedelta(days=1))

    @property
    def after(self) -> Period:
        """The span of the same length after it."""
        return period_of(self.unit, self.end)

    @property
    def code(self) -> str:
        """As addresses and forms write it; ``read`` takes it back."""
        if self.unit == "WEEK":
            year, week, _day = self.start.isocalendar()
            return f"{year}W{week:02d}"
        if self.unit == "MONTH":
            return f"{self.start:%Y-%m}"
        if self.unit == "QUARTER":
            return f"{self.start.year}Q{self.start.month // 3 + 1}"
        return str(self.start.year)

    @property
    def label(self) -> Sentence:
        """As people say it."""
        year = self.start.year
        if self.unit == "WEEK":
            iso_year, week, _day = self.start.isocalendar()
            return Sentence(_("{year} 年第 {week} 周"), year=iso_year, week=week)
        if self.unit == "MONTH":
            return Sentence(_("{year} 年 {month} 月"), year=year, month=self.start.month)
        if self.unit == "QUARTER":
            quarter = self.start.month // 3 + 1
            return Sentence(_("{year} 年第 {quarter} 季度"), year=year, quarter=quarter)
        return Sentence(_("{year} 年"), year=year)


def period_of(unit: str, day: date) -> Period:
    """The span of a length in which a day lies. :raises BadPeriod: no such length."""
    if unit == "WEEK":
        return Period(day - timedelta(days=day.weekday()), unit)
    if unit == "MONTH":
        return Period(day.replace(day=1), unit)
    if unit == "QUARTER":
        return Period(date(day.year, (day.month - 1) // 3 * 3 + 1, 1), unit)
    if unit == "YEAR":
        return Period(date(day.year, 1, 1), unit)
    raise BadPeriod


def read(text: str, *, units: frozenset[str] = frozenset(UNITS)) -> Period:
    """A span from its code. :raises BadPeriod: it is none, or of a length not wanted here."""
    found = _SHAPE.fullmatch(text.strip())
    if found is None:
        raise BadPeriod
    year, month, quarter, week = found.groups()
    try:
        if month:
            made = period_of("MONTH", date(int(year), int(month), 1))
        elif quarter:
            made = period_of("QUARTER", date(int(year), int(quarter) * 3, 1))
        elif week:
            made = period_of("WEEK", date.fromisocalendar(int(year), int(week), 1))
        else:
            made = period_of("YEAR", date(int(year), 1, 1))
    except ValueError:
        raise BadPeriod from None
    if made.unit not in units:
        raise BadPeriod
    return made
