"""Working time and the calendars behind it: a year, a week, and the official notice of a year."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from yilu.kernel.errors import Invalid
from yilu.kernel.recall import Recall
from yilu.kernel.words import marked as _
from yilu.kernel.worktime import WorkTime, write_spell
from yilu.standards import notices, rules, shipped
from yilu.standards.models import NATIONAL, Calendar, CalendarDay, CalendarYear
from yilu.standards.rules import SpecialDay


def working_time(office_id: int) -> WorkTime:
    """
    The working time of an office; of the country (0) where it has no calendar of its own.

    Compiled once in a process and remembered until somebody edits a calendar. Never fails: years
    nobody has announced are provisional, and an empty database has the shipped calendar.
    """
    return _working_time(office_id if office_id in _offices(NATIONAL) else NATIONAL)


def _load_offices(_all: int) -> frozenset[int]:
    return frozenset(Calendar.objects.values_list("office_id", flat=True))


def _load_working_time(office_id: int) -> WorkTime:
    calendars = {
        c.office_id: c for c in Calendar.objects.filter(office_id__in=[NATIONAL, office_id])
    }
    if NATIONAL not in calendars:
        return shipped.working_time()
    years = list(
        CalendarYear.objects.filter(calendar=calendars[NATIONAL])
        .order_by("year")
        .values_list("year", "provisional")
    )
    special: dict[int, list[SpecialDay]] = {}
    for row in CalendarDay.objects.filter(calendar__in=calendars.values()).select_related(
        "calendar"
    ):
        special.setdefault(row.calendar.office_id, []).append(
            SpecialDay(row.day, row.kind == CalendarDay.Kind.WORK, tuple(row.spells), row.name)
        )
    chosen = calendars[office_id]
    nations = special.get(NATIONAL, [])
    return rules.compile_calendar(
        rules.Hours(tuple(tuple(s) for s in chosen.week), chosen.zone, chosen.follows_holidays),
        nations,
        nations if office_id == NATIONAL else special.get(office_id, []),
        confirmed_until=max((y for y, provisional in years if not provisional), default=0),
        years=(years[0][0], years[-1][0]) if years else (2020, 2028),
        edition=str(chosen.pk),
    )


_offices: Recall[int, frozenset[int]] = Recall(rules.CALENDARS, _load_offices)
_working_time: Recall[int, WorkTime] = Recall(rules.CALENDARS, _load_working_time)


@dataclass(frozen=True, slots=True)
class DayView:
    """One day of a calendar as a screen shows it; ``source`` is WEEK, NATIONAL or OFFICE."""

    day: date
    is_working: bool
    spells: tuple[str, ...]
    name: str
    source: str
    reason: str


@dataclass(frozen=True, slots=True)
class CalendarYearView:
    """A year of an office's calendar; ``provisional`` where its notice is not out yet."""

    office_id: int
    name: str
    zone: str
    year: int
    citation: str
    provisional: bool
    has_own_calendar: bool
    working_days: int
    days: tuple[DayView, ...]


def calendar_year(office_id: int, year: int) -> CalendarYearView:
    """Every day of a year as the office works it, and why."""
    time = working_time(office_id)
    rows = CalendarDay.objects.filter(
        calendar__office_id__in=[NATIONAL, office_id], day__year=year
    ).select_related("calendar")
    special = {(row.calendar.office_id, row.day): row for row in rows}
    days = []
    day = date(year, 1, 1)
    while day.year == year:
        row = special.get((office_id, day)) or special.get((NATIONAL, day))
        source = "WEEK"
        if row is not None:
            source = "NATIONAL" if row.calendar.office_id == NATIONAL else "OFFICE"
        spells = tuple(write_spell(spell) for spell in time.spells_on(day))
        days.append(
            DayView(
                day,
                bool(spells),
                spells,
                row.name if row else "",
                source,
                row.reason if row else "",
            )
        )
        day += timedelta(days=1)
    own = Calendar.objects.filter(office_id=office_id).first()
    known = CalendarYear.objects.filter(calendar__office_id=NATIONAL, year=year).first()
    return CalendarYearView(
        office_id=office_id,
        name=own.name if own else "全国",
        zone=time.zone.key,
        year=year,
        citation=known.citation
        if known
        else "放假安排通知尚未发布，按法定固定节日和每周工作日暂定",
        provisional=known.provisional if known else True,
        has_own_calendar=own is not None and office_id != NATIONAL,
        working_days=sum(each.is_working for each in days),
        days=tuple(days),
    )


@dataclass(frozen=True, slots=True)
class CalendarHoursView:
    """The week of an office as its editor needs it: seven days of spells, Monday first."""

    office_id: int
    name: str
    zone: str
    week: tuple[tuple[str, ...], ...]
    follows_holidays: bool
    is_own: bool


def calendar_hours(office_id: int) -> CalendarHoursView:
    """The hours an office works; the country's where it has none of its own."""
    rows = {c.office_id: c for c in Calendar.objects.filter(office_id__in=[NATIONAL, office_id])}
    row = rows.get(office_id) or rows.get(NATIONAL)
    if row is None:
        given = shipped.calendar()
        week = tuple(tuple(spells) for spells in given["week"])
        return CalendarHoursView(office_id, given["name"], given["zone"], week, True, False)
    return CalendarHoursView(
        office_id,
        row.name,
        row.zone,
        tuple(tuple(spells) for spells in row.week),
        row.follows_holidays,
        is_own=row.office_id == office_id,
    )


class NoticeNotRead(Invalid):
    """The words of a notice, or the days made from them, cannot be understood."""

    code = "notice_not_read"
    message = "没有读懂放假安排"
    hint = _("请粘贴通知中列出节日和日期的几段，或逐行写成：2027-02-06 休 春节。")


def read_notice(text: str, year: int) -> tuple[SpecialDay, ...]:
    """
    The days off and make-up workdays that the official notice of a year names.

    :raises NoticeNotRead: if it names none, or one twice with different meanings.
    """
    try:
        return notices.read_notice(text, year)
    except ValueError as wrong:
        raise NoticeNotRead(wrong.args[0]) from None


def read_day_lines(text: str, year: int) -> tuple[SpecialDay, ...]:
    """Days as ``write_day_lines`` wrote them and a person may have changed them. :raises NoticeNotRead:"""
    try:
        return notices.read_day_lines(text, year)
    except ValueError as wrong:
        raise NoticeNotRead(wrong.args[0]) from None


write_day_lines = notices.write_day_lines
