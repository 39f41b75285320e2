"""五个一: five promises as five figures, for the phone and for the screen on the wall."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from yilu.kernel.days import day_of
from yilu.kernel.errors import said
from yilu.scorecards import queries
from yilu.scorecards.queries import OneView
from yilu.web.common.access import staff_only
from yilu.web.staff.page import access_of, show
from yilu.web.staff.scorecards_words import VIEW, kpi_means, kpi_title, offices_of, shown

HERE = "scorecards_five"
DAYS = {"7": 7, "30": 30, "90": 90}


@require_GET
@staff_only(right=VIEW)
def five_ones(request: HttpRequest) -> HttpResponse:
    """The five over the last days; ``?wall=1`` for the screen on the wall, which reads itself anew."""
    now = timezone.now()
    days = DAYS.get(request.GET.get("days", ""), 30)
    found = _five(request, now, days)
    page = {
        "rows": [_row(each) for each in found], "days": days, "choices": sorted(DAYS.values()),
        "now": now,
    }  # fmt: skip
    if request.GET.get("wall"):
        if request.headers.get("HX-Request"):
            return render(request, "staff/scorecards/wall_rows.html", page)
        return render(request, "staff/scorecards/wall.html", page)
    return show(request, "staff/scorecards/five.html", page, here=HERE)


@require_GET
@staff_only(right=VIEW)
def chart(request: HttpRequest, code: str) -> JsonResponse:
    """One of the five, month by month."""
    found = next(
        (each for each in _five(request, timezone.now(), 30) if each.one.code == code), None
    )
    if found is None:
        raise Http404
    target = found.figure.target
    series: list[dict[str, Any]] = [
        {
            "name": kpi_title(found.kpi), "tone": "info",
            "data": [None if v is None else round(float(v), 2) for _m, v in found.months],
        }
    ]  # fmt: skip
    if target is not None:
        line = [float(target)] * len(found.months)
        series.append({"name": _("目标"), "tone": "plain", "data": line})
    names = [str(month)[:7] for month, _v in found.months]
    kind = "line" if len(names) > 1 else "bar"  # a line of one point is none
    return JsonResponse({"kind": kind, "names": names, "series": series})


def span_of(now: datetime, days: int) -> tuple[date, date]:
    """The last days, today among them."""
    until = day_of(now) + timedelta(days=1)
    return until - timedelta(days=days), until


def _five(request: HttpRequest, now: datetime, days: int) -> tuple[OneView, ...]:
    since, until = span_of(now, days)
    return queries.five_ones(since=since, until=until, offices=offices_of(access_of(request)))


def _row(each: OneView) -> dict[str, Any]:
    figure = each.figure
    moved = each.moved
    return {
        "one": each.one, "title": said(each.one.title, _), "says": said(each.one.says, _),
        "kpi": kpi_title(each.kpi), "code": each.one.kpi, "means": kpi_means(each.kpi),
        "value": shown(figure.value, figure.unit), "target": shown(figure.target, figure.unit),
        "has_target": figure.target is not None, "reached": figure.reached, "trend": each.trend,
        "moved": shown(abs(moved), figure.unit) if moved is not None else "",
        "up": moved is not None and moved > 0, "cases": int(figure.denominator),
        "beside": shown(each.beside.value, each.beside.unit),
        "beside_title": kpi_title(queries.get_kpi(each.one.beside)), "citation": each.kpi.citation,
    }  # fmt: skip
