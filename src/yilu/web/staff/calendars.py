"""工作日历: a year at a glance, by office; a day's hours with the reason, set or put back."""

from __future__ import annotations

import re
from calendar import Calendar
from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yilu.kernel.errors import Invalid, NotAllowed, Refusal
from yilu.people import queries as people
from yilu.standards import operations
from yilu.standards import queries as standards
from yilu.web.common.access import staff_only
from yilu.web.common.numbers import whole
from yilu.web.staff.asked import actor_of, day_of, number_in
from yilu.web.staff.page import access_of, show

FIRST_YEAR, LAST_YEAR = 2020, 2040
NATIONAL = 0
WEEKDAYS = (
    gettext_noop("周一"), gettext_noop("周二"), gettext_noop("周三"), gettext_noop("周四"),
    gettext_noop("周五"), gettext_noop("周六"), gettext_noop("周日"),
)  # fmt: skip
WORK, REST, MADE_UP, HOLIDAY = "work", "rest", "made-up", "holiday"
WORDS = {
    WORK: gettext_noop("工作日"),
    REST: gettext_noop("周末"),
    MADE_UP: gettext_noop("调休上班"),
    HOLIDAY: gettext_noop("放假"),
}


@dataclass(frozen=True, slots=True)
class DayCell:
    """A day in a small month: its number, its kind in colour and in words."""

    day: date
    kind: str
    words: str
    view: standards.DayView
    is_own: bool
    is_today: bool
    chosen: bool


@dataclass(frozen=True, slots=True)
class Month:
    """A small month: weeks of cells, nothing where the week belongs to another month."""

    number: int
    working_days: int
    weeks: tuple[tuple[DayCell | None, ...], ...]


@require_GET
@staff_only(right="standards.edit")
def year(request: HttpRequest) -> HttpResponse:
    """Twelve small months; ``?office=``, ``?year=``, and ``?day=`` opens a day to edit."""
    return _page(request)


@require_POST
@staff_only(right="standards.edit")
def set_day(request: HttpRequest) -> HttpResponse:
    """Make a day a working day or a day off, with its hours and the reason."""
    office_id, day = _office_in(request), day_of(request.POST.get("day", ""))
    _within(day.year)
    kind = request.POST.get("kind", "")
    try:
        if kind not in {"WORK", "REST"}:
            raise Invalid(_("请选择上班还是休息"))
        spells = _spells(request.POST.get("spells", ""))
        operations.set_day(
            office_id=office_id,
            day=day,
            is_working=kind == "WORK",
            spells=spells if kind == "WORK" else (),
            name=request.POST.get("name", "")[:60],
            reason=request.POST.get("reason", "")[:200],
            actor=actor_of(request),
            at=timezone.now(),
        )
    except Refusal as refusal:
        return _page(request, refusal, office_id, day)
    messages.success(request, _("已保存；正在计时的工作时限会随之重算。"))
    return redirect(_place(office_id, day))


@require_POST
@staff_only(right="standards.edit")
def clear_day(request: HttpRequest) -> HttpResponse:
    """Put a day back to what the country, or the week, says."""
    office_id, day = _office_in(request), day_of(request.POST.get("day", ""))
    try:
        operations.clear_day(
            office_id=office_id, day=day, actor=actor_of(request), at=timezone.now()
        )
    except Refusal as refusal:
        return _page(request, refusal, office_id, day)
    messages.success(request, _("已恢复为通常的安排。"))
    return redirect(_place(office_id, day))


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(right="standards.edit")
def hours(request: HttpRequest) -> HttpResponse:
    """The week of an office: its hours, Monday first, its zone, and whether it rests on holidays."""
    posted = request.method == "POST"
    wanted = whole((request.POST if posted else request.GET).get("office"))
    office_id = _office_allowed(request, NATIONAL if wanted is None else wanted)
    now = standards.calendar_hours(office_id)
    refusal: Refusal | None = None
    if posted:
        try:
            operations.set_hours(
                office_id=office_id,
                week=[_spells(request.POST.get(f"day{number}", "")) for number in range(7)],
                name=request.POST.get("name", "")[:60],
                zone=request.POST.get("zone", "").strip()[:40],
                follows_holidays="follows" in request.POST,
                actor=actor_of(request),
                at=timezone.now(),
            )
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, _("已保存；正在计时的工作时限会随之重算。"))
            return redirect(f"{reverse('staff:calendar')}?office={office_id}")
    given = request.POST if posted else {}
    page = {
        "office_id": office_id,
        "office_name": _office_name(office_id),
        "hours": now,
        "name": given.get("name", now.name),
        "zone": given.get("zone", now.zone),
        "follows": "follows" in given if posted else now.follows_holidays,
        "days": [
            (number, _(WEEKDAYS[number]), given.get(f"day{number}", ", ".join(now.week[number])))
            for number in range(7)
        ],
        "refusal": refusal,
    }
    status = refusal.status if refusal else 200
    return show(request, "staff/calendar_hours.html", page, here="calendar", status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(right="standards.edit")
def notice(request: HttpRequest) -> HttpResponse:
    """
    Enter the official notice of a year: its words pasted and read, looked over, and confirmed.

    It binds every office: only who holds the right over all may.
    """
    _office_allowed(request, NATIONAL)
    given = request.POST if request.method == "POST" else request.GET
    number = whole(given.get("year")) or timezone.localdate().year + 1
    refusal: Refusal | None = None
    days: tuple[standards.SpecialDay, ...] = ()
    try:
        _within(number)
        if request.method == "POST":
            if given.get("step") == "confirm":
                days = standards.read_day_lines(given.get("days", ""), number)
                _confirm(request, number, days)
                messages.success(
                    request,
                    _("%(year)s 年的放假安排已生效；正在计时的工作时限会随之重算。")
                    % {"year": number},
                )
                return redirect(f"{reverse('staff:calendar')}?office=0&year={number}")
            days = standards.read_notice(given.get("text", ""), number)
    except Refusal as refused:
        refusal = refused
    page = {
        "year": number,
        "given": given,
        "lines": given.get("days", "") if refusal else standards.write_day_lines(days),
        "days": [(each, _(WEEKDAYS[each.day.weekday()]), _kind_of(each)) for each in days],
        "rests": sum(not each.is_working for each in days),
        "worked": sum(each.is_working for each in days),
        "refusal": refusal,
    }
    status = refusal.status if refusal else 200
    return show(request, "staff/calendar_notice.html", page, here="calendar", status=status)


def _confirm(request: HttpRequest, number: int, days: tuple[standards.SpecialDay, ...]) -> None:
    operations.confirm_year(
        year=number,
        citation=request.POST.get("citation", "")[:200],
        days={each.day: (each.is_working, each.name) for each in days},
        actor=actor_of(request),
        at=timezone.now(),
    )


def _kind_of(each: standards.SpecialDay) -> str:
    return MADE_UP if each.is_working else HOLIDAY


def _spells(text: str) -> list[str]:
    return [spell for spell in re.split(r"[,，;；、\s]+", text) if spell]


def _office_name(office_id: int) -> str:
    if office_id == NATIONAL:
        return _("全国")
    return next((o.name for o in people.list_offices() if o.id == office_id), "")


def _page(
    request: HttpRequest,
    refusal: Refusal | None = None,
    office_id: int | None = None,
    day: date | None = None,
) -> HttpResponse:
    given = request.GET
    if office_id is None:
        wanted = whole(given.get("office"))
        office_id = NATIONAL if wanted is None else wanted
    offices = _offices(request)
    if office_id != NATIONAL and office_id not in {o.id for o in offices}:
        raise NotAllowed
    if day is None and given.get("day"):
        day = day_of(given["day"])
    asked = whole(given.get("year"))
    number = day.year if day else timezone.localdate().year if asked is None else asked
    _within(number)
    view = standards.calendar_year(office_id, number)
    months = _months(view, day)
    cells = {cell.day: cell for month in months for week in month.weeks for cell in week if cell}
    page = {
        "calendar": view,
        "months": months,
        "office_id": office_id,
        "offices": offices,
        "earlier": number - 1 if number > FIRST_YEAR else None,
        "later": number + 1 if number < LAST_YEAR else None,
        "open": cells.get(day) if day else None,
        "given": request.POST if refusal else {},
        "national": _holds_all(request),
        "refusal": refusal,
        "legend": WORDS.items(),
        "weekdays": [_(name).removeprefix("周") for name in WEEKDAYS],
    }
    status = refusal.status if refusal else 200
    return show(request, "staff/calendar.html", page, here="calendar", status=status)


def _months(view: standards.CalendarYearView, chosen: date | None) -> list[Month]:
    days = {each.day: _cell(each, view, chosen) for each in view.days}
    found = []
    for number in range(1, 13):
        weeks = tuple(
            tuple(days[day] if day.month == number else None for day in week)
            for week in Calendar().monthdatescalendar(view.year, number)
        )
        working = sum(cell.view.is_working for day, cell in days.items() if day.month == number)
        found.append(Month(number, working, weeks))
    return found


def _cell(
    each: standards.DayView, view: standards.CalendarYearView, chosen: date | None
) -> DayCell:
    weekend = each.day.weekday() >= 5
    if each.is_working:
        kind = MADE_UP if weekend and each.source != "WEEK" else WORK
    else:
        kind = REST if weekend and not each.name else HOLIDAY
    parts = [_(WORDS[kind])]
    if each.name and each.name != WORDS[kind]:
        parts.append(_(each.name))
    parts += ["、".join(each.spells)] if each.spells else []
    return DayCell(
        each.day,
        kind,
        " · ".join(parts),
        each,
        is_own=each.source == ("NATIONAL" if view.office_id == NATIONAL else "OFFICE"),
        is_today=each.day == timezone.localdate(),
        chosen=each.day == chosen,
    )


def _offices(request: HttpRequest) -> list[people.OfficeView]:
    """The offices whose calendars this person may edit."""
    return people.offices_with(access_of(request), "standards.edit")


def _office_in(request: HttpRequest) -> int:
    return _office_allowed(request, number_in(request, "office"))


def _office_allowed(request: HttpRequest, office_id: int) -> int:
    """The office, if this person may edit its calendar. :raises NotAllowed: if not."""
    access = access_of(request)
    if office_id == NATIONAL:
        # The country's calendar binds every office: only who holds the right over all may touch it.
        if not _holds_all(request):
            raise NotAllowed
    else:
        access.require("standards.edit", office_id)
    return office_id


def _holds_all(request: HttpRequest) -> bool:
    offices = {office.id for office in people.list_offices()}
    return not offices - access_of(request).offices_for("standards.edit")


def _within(number: int) -> None:
    if not FIRST_YEAR <= number <= LAST_YEAR:
        raise Invalid(_("日历没有这一年"), hint=_("请选择 2020 至 2040 年。"))


def _place(office_id: int, day: date) -> str:
    return f"{reverse('staff:calendar')}?office={office_id}&day={day.isoformat()}"
