"""我的缴费: what is to be paid and when, several policies in one payment, a calendar of one's own."""

from __future__ import annotations

from calendar import monthcalendar
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yilu.kernel.days import day_of
from yilu.kernel.errors import Refusal
from yilu.kernel.money import ZERO
from yilu.renewals import operations, queries
from yilu.web.common import access
from yilu.web.common.numbers import whole
from yilu.web.customer import going_on, pages

MONTHS_SHOWN = 3
HELPED = 3
"""For how many premiums in trouble the page works out what else can be done."""


@dataclass(frozen=True)
class Day:
    """A day in the small calendar; ``number`` 0 is a gap."""

    number: int
    today: bool = False
    dues: int = 0
    late: bool = False


@dataclass(frozen=True)
class Month:
    """A month of weeks of days."""

    first: date
    weeks: list[list[Day]]


@access.customers_only
@require_http_methods(["GET", "HEAD", "POST"])
def renewals(request: HttpRequest) -> HttpResponse:
    """What is due, with a calendar; those chosen are paid together on the pay page."""
    me, now = pages.me(request), timezone.now()
    refusal: Refusal | None = None
    if request.method == "POST":
        chosen = [n for n in map(whole, request.POST.getlist("due")) if n is not None]
        try:
            collection_id = operations.make_order(
                holder_id=me.id, due_ids=chosen, actor=me, at=now,
                request_key=request.POST.get("key", "")[:40] or f"{now:%Y%m%d%H%M%S%f}",
            )  # fmt: skip
            return redirect("customer:pay", collection_id=collection_id)
        except Refusal as refused:
            refusal = refused
            going_on.failed(request, refused, journey="renewal")
    page = {
        **_page(me.id, day_of(now)), "refusal": refusal, "key": f"{now:%Y%m%d%H%M%S%f}",
        **going_on.frame(request, watch=refusal is not None),
    }  # fmt: skip
    return pages.show(request, "renewals", page, tab="me", status=pages.status_of(refusal))


@access.customers_only
@require_POST
def cancel(request: HttpRequest, order_id: int) -> HttpResponse:
    """Take an order back that nobody has paid."""
    me = pages.me(request)
    operations.cancel_order(order_id=order_id, holder_id=me.id, actor=me, at=timezone.now())
    messages.success(request, gettext("已取消这次缴费，没有扣款。"))
    return redirect("customer:renewals")


@access.customers_only
@require_http_methods(["GET", "HEAD", "POST"])
def calendar(request: HttpRequest) -> HttpResponse:
    """Subscribe one's own phone to the due days; the address is shown once."""
    me, now = pages.me(request), timezone.now()
    url, refusal = "", None
    if request.method == "POST" and request.POST.get("do") == "revoke":
        operations.revoke_calendar(party_id=me.id, actor=me, at=now)
        messages.success(request, gettext("已停用，原来的地址不再有内容。"))
        return redirect("customer:calendar")
    if request.method == "POST":
        try:
            token = operations.open_calendar(
                party_id=me.id, actor=me, at=now,
                alarm_days=[n for n in map(whole, request.POST.getlist("alarm")) if n is not None],
                shows_amounts=request.POST.get("amounts") == "on",
                shows_products=request.POST.get("products") == "on",
            )  # fmt: skip
            url = request.build_absolute_uri(reverse("customer:calendar_feed", args=[token]))
        except Refusal as refused:
            refusal = refused
    view = queries.find_calendar(me.id)
    page = {
        "view": view,
        "url": url,
        "webcal": url.replace("https://", "webcal://").replace("http://", "webcal://"),
        "alarms": [
            (days, days in (view.alarm_days if view else (0, 7))) for days in operations.ALARM_DAYS
        ],
        "refusal": refusal,
    }
    return pages.show(request, "calendar", page, tab="me", status=pages.status_of(refusal))


@require_safe
def calendar_feed(request: HttpRequest, token: str) -> HttpResponse:
    """The calendar itself, for whoever has its address: it holds no name and no number."""
    content = queries.calendar_of(token, timezone.now())
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response.headers["Cache-Control"] = "private, max-age=3600"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _page(holder_id: int, day: date) -> dict[str, Any]:
    dues = queries.list_dues(holder_id, day)
    payable = [d for d in dues if d.way == "PAY"]
    orders = queries.list_orders(holder_id)
    helped = [d for d in dues if d.needs_help][:HELPED]
    return {
        "ways_out": [(d, queries.outlook(d.policy_id, day).open_choices) for d in helped],
        "dues": [d for d in dues if d.state == "OPEN"],
        "suspended": queries.list_suspensions(holder_id, day),
        "payable": len(payable),
        "total": sum((d.amount for d in payable), ZERO) or Decimal(0),
        "orders": orders,
        "benefits": queries.benefits_waiting(holder_id),
        "months": _months(dues, day),
        "has_calendar": queries.find_calendar(holder_id) is not None,
    }


def _months(dues: tuple[queries.DueView, ...], day: date) -> list[Month]:
    """Three months from now on, with the due days in them."""
    by_day: dict[date, list[queries.DueView]] = {}
    for due in dues:
        if due.state == "OPEN":
            by_day.setdefault(due.due_on, []).append(due)
    months, first = [], day.replace(day=1)
    for _n in range(MONTHS_SHOWN):
        weeks = [
            [_day(first, number, day, by_day) for number in week]
            for week in monthcalendar(first.year, first.month)
        ]
        months.append(Month(first, weeks))
        first = (first + timedelta(days=32)).replace(day=1)
    return months


def _day(first: date, number: int, today: date, by_day: dict[date, list[Any]]) -> Day:
    if not number:
        return Day(0)
    day = first.replace(day=number)
    found = by_day.get(day, [])
    return Day(number, day == today, len(found), day < today)
