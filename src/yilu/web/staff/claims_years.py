"""理赔年报: a year's claims in figures and pictures, and the report of it as a file."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from yilu.insight import operations
from yilu.insight.queries import claims_years as queries
from yilu.kernel.days import day_of
from yilu.people import queries as people
from yilu.web.common.access import staff_only
from yilu.web.staff.asked import actor_of
from yilu.web.staff.page import access_of, show

RIGHT = "insight.view"


@require_GET
@staff_only(right=RIGHT)
def page(request: HttpRequest, year: int | None = None) -> HttpResponse:
    """One year of the offices one may see, this year where none is named."""
    this = day_of(timezone.now()).year
    told = queries.claims_year(year or this, _offices(request))
    whole, before = told.whole, told.before
    tiles = [
        (_("结案件数"), whole.closed, before.closed, 0, ""),
        (_("赔付金额"), whole.amount, before.amount, 2, "¥"),
        (_("平均时效（天）"), whole.days, before.days, 2, ""),
        (_("获赔率"), whole.share("paid"), before.share("paid"), 2, "%"),
        (_("10 分钟内结案"), whole.share("in_ten_minutes"), before.share("in_ten_minutes"), 1, "%"),
        (_("1 小时内结案"), whole.share("in_an_hour"), before.share("in_an_hour"), 1, "%"),
        (_("1 天内结案"), whole.share("in_a_day"), before.share("in_a_day"), 1, "%"),
        (_("理赔人数"), told.persons, told.persons_before, 0, ""),
        (_("电子发票案件占比"), whole.share("e_invoices"), before.share("e_invoices"), 1, "%"),
        (_("预付件数"), whole.advances, before.advances, 0, ""),
    ]
    return show(
        request,
        "staff/claims_year.html",
        {
            "told": told,
            "tiles": tiles,
            "last_year": told.year - 1,
            "years": sorted({this, *queries.claims_years()}, reverse=True),
            "groups": (
                ("businesses", _("按业务"), told.businesses),
                ("programmes", _("按服务方式"), told.programmes),
                ("channels", _("按报案渠道"), told.channels),
                ("types", _("按理赔类型"), told.types),
            ),
            "parts": told.whole.parts,
            "apart": queries.years_apart(told.year, _offices(request)),
            "prints": access_of(request).may(RIGHT, office_id=_head()),
        },
        here="claims_year",
    )


@require_GET
@staff_only(right=RIGHT)
def chart(request: HttpRequest, year: int, what: str) -> JsonResponse:
    """The numbers of one picture: ``days`` (who had them, month by month) or ``claims``."""
    if what not in {"days", "claims"}:
        raise Http404
    told = queries.claims_year(year, _offices(request))
    names = [_("%(month)s 月") % {"month": n} for n in range(1, 13)]
    return JsonResponse(
        {
            "direction": "up",
            "names": names,
            "series": _days(told) if what == "days" else _claims(told),
        }
    )


@require_POST
@staff_only(right=RIGHT)
def act(request: HttpRequest, year: int) -> HttpResponse:
    """Have the year added up anew and its report printed."""
    operations.ask_claims_report(
        year=year, access=access_of(request), actor=actor_of(request), at=timezone.now()
    )
    messages.success(request, _("正在汇总并生成报告，稍后刷新本页即可下载。"))
    return redirect("staff:claims_year_of", year)


@require_GET
@staff_only(right=RIGHT)
def report(request: HttpRequest, year: int) -> HttpResponse:
    """The printed report of the whole insurer."""
    access_of(request).require(RIGHT, office_id=_head())
    return HttpResponse(
        queries.claims_report(year),
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="claims-{year}.pdf"'},
    )


def _offices(request: HttpRequest) -> frozenset[int]:
    return access_of(request).offices_for(RIGHT)


def _head() -> int:
    return next(o.id for o in people.list_offices() if o.level == "HEAD")


def _days(told: queries.Year) -> list[dict[str, Any]]:
    said = (
        ("customer", _("等待客户"), "plain"),
        ("us", _("公司办理"), "warn"),
        ("bank", _("付款到账"), "info"),
    )
    return [
        {
            "name": label, "tone": tone, "stack": "days",
            "data": [round(month.parts[name], 3) for month in told.months],
        }
        for name, label, tone in said
    ]  # fmt: skip


def _claims(told: queries.Year) -> list[dict[str, Any]]:
    return [
        {
            "name": _("系统核定"), "tone": "good", "stack": "claims",
            "data": [month.by_machine for month in told.months],
        },
        {
            "name": _("人工核定"), "tone": "info", "stack": "claims",
            "data": [month.closed - month.by_machine for month in told.months],
        },
    ]  # fmt: skip
