"""Changes to working calendars."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.errors import Invalid, NotFound, Sentence
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.kernel.worktime import check_spells, read_spell, write_spell
from yilu.standards import events, rules, shipped
from yilu.standards.models import NATIONAL, Calendar, CalendarDay, CalendarYear

from .editions import touch


class NotAWorkingWeek(Invalid):
    """Hours that are no hours: malformed, overlapping, or none at all."""

    code = "not_a_working_week"
    message = "工作时段填写有误"
    hint = "时段请写成 08:30-12:00，按先后排列、互不重叠；一周至少一天有工作时间。"


class NoSuchCalendarDay(NotFound):
    """The day is an ordinary one: there is nothing to put back."""

    code = "no_such_calendar_day"
    message = "这一天没有单独设置"
    hint = "请刷新日历后再试。"


@tx.use_case
def set_day(
    *,
    office_id: int,
    day: date,
    is_working: bool,
    spells: Sequence[str] = (),
    name: str = "",
    reason: str,
    actor: Ref,
    at: datetime,
) -> None:
    """
    Make a day a working day or a day off, for one office or (office 0) the whole country.

    ``spells`` are hours of that day only; without them a working day has its usual hours. Takes
    effect at once here and within seconds elsewhere; clocks that run are set anew by whoever
    keeps them (``standards.calendar_day_changed``).

    :raises NotAWorkingWeek: for malformed hours, hours on a day off, or no reason.
    """
    if not reason.strip():
        raise NotAWorkingWeek(hint=_("请填写调整原因。"))
    if spells and not is_working:
        raise NotAWorkingWeek(_("休息日不应填写工作时段"))
    written = _checked(spells)
    calendar = _own_calendar(office_id)
    CalendarDay.objects.update_or_create(
        calendar=calendar,
        day=day,
        defaults={
            "kind": CalendarDay.Kind.WORK if is_working else CalendarDay.Kind.REST,
            "spells": written,
            "name": name.strip(),
            "reason": reason.strip(),
            "edited_by": str(actor),
        },
    )
    _say_day(office_id, day, is_working, actor, at)


@tx.use_case
def clear_day(*, office_id: int, day: date, actor: Ref, at: datetime) -> None:
    """
    Put a day back to what the country, or the week, says.

    :raises NoSuchCalendarDay: if the office set nothing for that day.
    """
    gone, _ = CalendarDay.objects.filter(calendar__office_id=office_id, day=day).delete()
    if not gone:
        raise NoSuchCalendarDay
    _say_day(office_id, day, False, actor, at)


@tx.use_case
def set_hours(
    *,
    office_id: int,
    week: Sequence[Sequence[str]],
    name: str = "",
    zone: str = "Asia/Shanghai",
    follows_holidays: bool = True,
    actor: Ref,
    at: datetime,
) -> None:
    """
    Set the hours of an office: seven lists of spells, Monday first.

    A team that works around the clock has ``00:00-24:00`` on seven days and does not follow
    holidays.

    :raises NotAWorkingWeek: if these are no hours, or there is no such time zone.
    """
    if len(week) != 7 or not any(week):
        raise NotAWorkingWeek
    written = [_checked(spells) for spells in week]
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        raise NotAWorkingWeek(_("没有这个时区"), hint=_("如 Asia/Shanghai。")) from None
    calendar = _own_calendar(office_id)
    calendar.week = written
    calendar.zone = zone
    calendar.follows_holidays = follows_holidays
    calendar.name = name.strip() or calendar.name
    calendar.save()
    journal.record(
        events.CalendarHoursChanged(office_id=office_id),
        about=Ref("calendar", office_id),
        actor=actor,
        at=at,
    )
    touch(rules.CALENDARS)


@tx.use_case
def confirm_year(
    *, year: int, citation: str, days: Mapping[date, tuple[bool, str]], actor: Ref, at: datetime
) -> None:
    """
    Enter the official notice of a year: what was provisional is replaced and confirmed.

    ``days`` maps each holiday and make-up workday to (is it worked, its name). Days an office set
    for itself stay.

    :raises NotAWorkingWeek: without a citation, or for a day of another year.
    """
    if not citation.strip():
        raise NotAWorkingWeek(_("请填写放假安排通知的文号"))
    if not days or any(day.year != year for day in days):
        raise NotAWorkingWeek(Sentence(_("通知中的日期须都在 {year} 年"), year=year))
    calendar = _own_calendar(NATIONAL)
    CalendarDay.objects.filter(calendar=calendar, day__year=year).delete()
    CalendarDay.objects.bulk_create(
        CalendarDay(
            calendar=calendar,
            day=day,
            kind=CalendarDay.Kind.WORK if is_working else CalendarDay.Kind.REST,
            name=name,
            edited_by=str(actor),
        )
        for day, (is_working, name) in sorted(days.items())
    )
    CalendarYear.objects.update_or_create(
        calendar=calendar, year=year, defaults={"citation": citation.strip(), "provisional": False}
    )
    journal.record(
        events.CalendarYearConfirmed(year=year), about=Ref("calendar", NATIONAL), actor=actor, at=at
    )
    touch(rules.CALENDARS)


def _checked(spells: Sequence[str]) -> list[str]:
    try:
        read = [read_spell(text) for text in spells]
        check_spells(read)
    except ValueError as error:
        raise NotAWorkingWeek(error.args[0]) from None
    return [write_spell(spell) for spell in read]


def _own_calendar(office_id: int) -> Calendar:
    """The office's calendar, locked; made from the national one where it has none yet."""
    found = Calendar.objects.select_for_update().filter(office_id=office_id).first()
    if found:
        return found
    national = Calendar.objects.filter(office_id=NATIONAL).first()
    given = shipped.calendar()
    calendar, _ = Calendar.objects.get_or_create(
        office_id=office_id,
        defaults={
            "name": f"机构 {office_id}" if office_id else given["name"],
            "zone": national.zone if national else given["zone"],
            "week": national.week if national else given["week"],
        },
    )
    return calendar


def _say_day(office_id: int, day: date, is_working: bool, actor: Ref, at: datetime) -> None:
    journal.record(
        events.CalendarDayChanged(office_id=office_id, day=day.isoformat(), is_working=is_working),
        about=Ref("calendar", office_id),
        actor=actor,
        at=at,
    )
    touch(rules.CALENDARS)
