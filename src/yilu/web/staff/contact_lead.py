"""话务管理: the board as it happens, who sits when, how many are needed, the green route."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as later
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yilu.contact import operations, queries
from yilu.kernel.days import CHINA, day_of, start_of_day
from yilu.kernel.errors import Invalid, Refusal
from yilu.kernel.refs import Ref
from yilu.kernel.years import add_months
from yilu.people import queries as people
from yilu.web.common import push
from yilu.web.common.access import staff_only
from yilu.web.common.errors import tell_refused
from yilu.web.common.numbers import whole
from yilu.web.common.templatetags.yilu import full_day, share
from yilu.web.staff import emergency_route
from yilu.web.staff.asked import acting, names, number_in
from yilu.web.staff.asked import day_of as day_in
from yilu.web.staff.page import access_of, show

POLL = 5
STATES = {
    "READY": (later("就绪"), "good"), "OFFERED": (later("振铃"), "info"),
    "BUSY": (later("服务中"), "info"), "WRAPPING": (later("话后整理"), "warn"),
    "NOT_READY": (later("示忙"), "bad"),
}  # fmt: skip


@require_GET
@staff_only(right="contact.view")
def board(request: HttpRequest) -> HttpResponse:
    """The live board; the last seven days below it."""
    access, at = access_of(request), timezone.now()
    page = _now(request) | {
        "ticket": push.ticket("board:contact", for_whom=f"staff:{access.staff_id}"),
        "days": _days(access), "reasons": _reasons(access), "kept_norms": _norms(access),
        "green": [route for route in queries.list_green_routes() if route.off_at is None],
        "week": queries.by_hotline(access, start_of_day(at) - timedelta(days=6), at + timedelta(seconds=1)),
        "unknown": queries.unknown_numbers(access, at - timedelta(days=7), at=at),
    }  # fmt: skip
    return show(request, "staff/contact/board.html", page, here="contact_board")


@require_GET
@staff_only(right="contact.view")
def board_now(request: HttpRequest) -> HttpResponse:
    """What moves on the board."""
    return render(request, "staff/contact/board_now.html", _now(request))


def _now(request: HttpRequest) -> dict[str, Any]:
    access = access_of(request)
    found = queries.board(access, at=timezone.now())
    norms = queries.norms_on(found.at)
    rate, level, wait = norms.kept(found.today)
    count = {each.state: each.count for each in found.seats}
    return {
        "board": found, "poll_seconds": POLL, "norms": norms,
        "hotlines": queries.by_hotline(access, start_of_day(found.at), found.at + timedelta(seconds=1)),
        "kept": {"rate": rate, "level": level, "wait": wait},
        "seats": [(_(label), count.get(state, 0), tone) for state, (label, tone) in STATES.items()],
        "causes": _causes(found.today),
    }  # fmt: skip


def _causes(measured: queries.Measures) -> list[tuple[str, int]]:
    """Why contacts ended before a person came, each with how many."""
    return [
        (_(queries.ABANDON_CAUSES[cause]), number) for cause, number in (
            ("CUSTOMER", measured.gave_up_customer), ("LONG_WAIT", measured.gave_up_long_wait),
            ("SYSTEM", measured.gave_up_system),
        )
    ]  # fmt: skip


def _norms(access: people.Access) -> list[dict[str, Any]]:
    """The hotline's norms beside what was measured in the last seven days; ``kept`` is None without data."""
    now = timezone.now()
    norms = queries.norms_on(now)
    measured = queries.measure(access, now - timedelta(days=7), now)
    rate, level, wait = norms.kept(measured)
    until = queries.last_kept_until()
    seconds = measured.average_wait
    return [
        {
            "code": "contact.answer_rate_least", "name": _("接通率"),
            "norm": "≥ " + share(norms.answer_rate), "kept": rate,
            "measured": share(measured.answer_rate) if measured.answer_rate is not None else "—",
        },
        {
            "code": "contact.service_level_least", "name": _("20 秒内人工接通"),
            "norm": "≥ " + share(norms.service_level), "kept": level,
            "measured": share(measured.service_level) if measured.service_level is not None else "—",
        },
        {
            "code": "contact.wait_most_seconds", "name": _("平均等候"), "kept": wait,
            "norm": _("≤ %(n)s 秒") % {"n": norms.wait_seconds},
            "measured": _("%(n)s 秒") % {"n": round(seconds)} if seconds is not None else "—",
        },
        {
            "code": "contact.menu_levels_most", "name": _("菜单层数"),
            "norm": _("≤ %(n)s 层") % {"n": norms.menu_levels_most},
            "measured": _("%(n)s 层") % {"n": norms.menu_levels},
            "kept": norms.menu_levels <= norms.menu_levels_most,
        },
        {
            "code": "contact.recordings_kept_months", "name": _("通话录音保存"),
            "norm": _("%(n)s 个月") % {"n": norms.recordings_months},
            "measured": _("最近一段保存到 %(day)s") % {"day": full_day(until)} if until else "—",
            "kept": until and until >= add_months(day_of(now), norms.recordings_months - 1),
        },
    ]  # fmt: skip


def _days(access: people.Access) -> list[dict[str, Any]]:
    today = start_of_day(timezone.now())
    rows = []
    for back in range(7):
        first = today - timedelta(days=back)
        last = first + timedelta(days=1)
        written, solved = queries.first_contact(access, first, last)
        measured = queries.measure(access, first, last)
        rows.append(
            {
                "day": day_of(first), "measures": measured,
                "causes": [each for each in _causes(measured) if each[1]],
                "occupancy": queries.occupancy(access, first, last, at=timezone.now()),
                "written": written, "first": round(Decimal(solved) / written, 3) if written else None,
            }
        )  # fmt: skip
    return rows


def _reasons(access: people.Access) -> list[tuple[str, str, int, int]]:
    now = timezone.now()
    rows = queries.reasons_of(access, now - timedelta(days=7), now)
    return [
        (
            _(queries.REASONS[a].label),
            _(queries.REASONS[a].subs.get(b, "")) if b else "",
            count,
            open_,
        )
        for a, b, count, open_ in rows
        if a in queries.REASONS
    ]


@require_GET
@staff_only(right="contact.view")
def chart(request: HttpRequest, name: str) -> JsonResponse:
    """Numbers of a chart: ``days`` of service, or the ``plan`` of ``?day=`` by half hour."""
    if name == "days":
        rows = _days(access_of(request))[::-1]
        parts = (("answered", _("已接通"), "good"), ("gave_up", _("未接通"), "bad"))
        return JsonResponse(
            {
                "names": [f"{row['day']:%m-%d}" for row in rows],
                "series": [
                    {"name": label, "tone": tone, "stack": "all",
                     "data": [getattr(row["measures"], field) for row in rows]}
                    for field, label, tone in parts
                ],
            }
        )  # fmt: skip
    if name not in ("plan", "seats"):
        raise Http404
    plan = queries.plan_of(_day(request), at=timezone.now())
    shown = [need for need in plan.needs if 7 * 2 <= need.slot.slot < 21 * 2]
    if name == "plan":
        asked = queries.asked_on(plan.day)
        series = [
            {"name": _("上限（九成把握）"), "tone": "plain", "data": [round(n.slot.high, 1) for n in shown]},
            {"name": _("预测来电"), "tone": "info", "data": [round(n.slot.expected, 1) for n in shown]},
            {"name": _("下限（九成把握）"), "tone": "plain", "data": [round(n.slot.low, 1) for n in shown]},
        ]  # fmt: skip
        if any(asked):
            series.append(
                {"name": _("实际来电"), "tone": "good", "data": [asked[n.slot.slot] for n in shown]}
            )
    else:
        series = [
            {"name": _("需要坐席（预测上限）"), "tone": "plain", "data": [n.seats_high for n in shown]},
            {"name": _("需要坐席"), "tone": "warn", "data": [n.seats for n in shown]},
            {"name": _("已排坐席"), "tone": "good", "data": [plan.planned[n.slot.slot] for n in shown]},
        ]  # fmt: skip
    return JsonResponse({"kind": "line", "names": [n.slot.begins for n in shown], "series": series})


def _day(request: HttpRequest) -> date:
    asked = request.GET.get("day", "")
    return day_in(asked) if asked else day_of(timezone.now()) + timedelta(days=1)


@require_GET
@staff_only(right="contact.supervise")
def roster(request: HttpRequest) -> HttpResponse:
    """Who sits when, held against law and pledge, and against what is expected of ``?day=``."""
    access, day = access_of(request), _day(request)
    monday = day - timedelta(days=day.weekday())
    week = [monday + timedelta(days=n) for n in range(7)]
    shifts = queries.list_shifts(access, week[0], week[-1])
    plan = queries.plan_of(day, at=timezone.now())
    page = {
        "day": day, "before": monday - timedelta(days=7), "after": monday + timedelta(days=7),
        "checks": queries.check_days(week[0], week[-1]), "plan": plan,
        "shifts": [s for s in shifts if day_of(s.from_at) == day],
        "seats": queries.list_seats(access),
        "rows": [
            (need, plan.planned[need.slot.slot]) for need in plan.needs
            if need.slot.expected >= 0.05 or plan.planned[need.slot.slot]
        ],
    }  # fmt: skip
    return show(request, "staff/contact/roster.html", page, here="contact_roster")


@require_POST
@staff_only(right="contact.supervise")
def roster_act(request: HttpRequest) -> HttpResponse:
    """Plan a shift, or take one back."""
    told = acting(request)
    day = day_in(request.POST.get("day", ""))
    try:
        if shift := whole(request.POST.get("cancel")):
            operations.cancel_shift(shift_id=shift, **told)
            messages.success(request, _("班次已取消。"))
        else:
            operations.plan_shift(
                staff_id=number_in(request, "staff"), from_at=_hour(day, request.POST.get("from", "")),
                to_at=_hour(day, request.POST.get("to", "")), **told,
            )  # fmt: skip
            messages.success(request, _("班次已排。"))
    except Refusal as refused:
        tell_refused(request, refused)
    response = redirect("staff:contact_roster")
    response["Location"] += f"?day={day:%Y-%m-%d}"
    return response


def _hour(day: date, text: str) -> datetime:
    """An hour of a day as the form says it; 24:00 is the end of the day."""
    hour, _colon, minute = text.strip().partition(":")
    if not (hour.isdecimal() and minute.isdecimal() and int(hour) * 60 + int(minute) <= 1440):
        raise Invalid(_("请填写几点几分，例如 08:30"))
    return datetime.combine(day, time(), CHINA) + timedelta(hours=int(hour), minutes=int(minute))


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(right="contact.supervise")
def seats(request: HttpRequest) -> HttpResponse:
    """Who takes contacts, with which skills, and how many at once."""
    access, refusal = access_of(request), None
    if request.method == "POST":
        try:
            operations.set_up_seat(
                staff_id=number_in(request, "staff"), skills=_skills(request),
                chats_max=number_in(request, "chats", 3), texts_max=number_in(request, "texts", 5),
                reserve=request.POST.get("reserve") == "1", **acting(request),
            )  # fmt: skip
            messages.success(request, _("坐席已设置。"))
            return redirect("staff:contact_seats")
        except Refusal as refused:
            refusal = refused
    page = {
        "seats": queries.list_seats(access), "candidates": queries.candidates(access),
        "skills": queries.SKILLS, "refusal": refusal, "given": request.POST,
        "phones": queries.desk_phones(),
    }  # fmt: skip
    return show(
        request, "staff/contact/seats.html", page, here="contact_seats",
        status=refusal.status if refusal else 200,
    )  # fmt: skip


def _skills(request: HttpRequest) -> dict[str, int]:
    levels = ((code, whole(request.POST.get(f"skill_{code}"))) for code in queries.SKILLS)
    return {code: level for code, level in levels if level}


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(right="contact.supervise")
def green(request: HttpRequest) -> HttpResponse:
    """One switch for a disaster: on for an emergency or alone, off alone or with its emergency; what was before."""
    access, refusal = access_of(request), None
    if request.method == "POST":
        try:
            _switch(request)
            return redirect("staff:contact_green")
        except Refusal as refused:
            refusal = refused
    routes = queries.list_green_routes()
    on = [route for route in routes if route.off_at is None]
    ends = emergency_route.may_end_both(on, access)
    offices = access.offices_for("contact.supervise")
    page = {
        "routes": routes, "refusal": refusal, "given": request.POST or request.GET,
        "on": [(route, ends.get(route.id)) for route in on],
        "events": emergency_route.without_route(access),
        "may_declare": access.may("catastrophe.declare"),
        "branches": [
            office for office in people.list_offices()
            if office.level == "BRANCH" and office.id in offices
        ],
        "who": names(*{Ref.parse(r.on_by) for r in routes}, *{Ref.parse(r.off_by) for r in routes if r.off_by}),
        "reserves": sum(seat.reserve for seat in queries.list_seats(access)),
    }  # fmt: skip
    return show(
        request, "staff/contact/green.html", page, here="contact_green",
        status=refusal.status if refusal else 200,
    )  # fmt: skip


def _switch(request: HttpRequest) -> None:
    given = request.POST
    if event_id := whole(given.get("ends")):
        emergency_route.end_both(request, event_id, words=given.get("why", ""))
        messages.success(request, _("应急已结束，绿色通道已关闭，恢复日常服务。"))
        return
    if route_id := whole(given.get("close")):
        operations.close_green_route(
            green_route_id=route_id, why=given.get("why", ""), **acting(request)
        )
        messages.success(request, _("绿色通道已关闭，恢复日常服务。"))
        return
    if event_id := whole(given.get("event")):
        emergency_route.open_for(request, event_id)
    else:
        operations.open_green_route(
            title=given.get("title", ""), notice=given.get("notice", ""), why=given.get("why", ""),
            branch_ids=[n for n in map(whole, given.getlist("branches")) if n], **acting(request),
        )  # fmt: skip
    messages.success(request, _("绿色通道已开通：客户页面、热线和坐席立即生效。"))
