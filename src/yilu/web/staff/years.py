"""模拟年度: what each way of working claims does to the average days, from a run of the real operations."""

from __future__ import annotations

import re
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from yilu.insight import queries
from yilu.web.common.access import staff_only
from yilu.web.staff.page import show

GRID = (0.007, 0.042, 0.125, 0.25, 0.5, 1, 2, 3, 4, 5, 7)
"""Days at which the curves are read: ten minutes, an hour, three hours …"""


@require_GET
@staff_only(right="claims.view")
def years(request: HttpRequest) -> HttpResponse:
    """Pictures, the table and every assumption with its source."""
    made = queries.simulated_years()
    kinds = {"PUBLISHED": _("已公布"), "ASSUMED": _("假设"), "FITTED": _("拟合")}
    labels, said = _labels(), made.said_in(get_language() or "")
    rows = [
        {
            "year": year,
            "ten_minutes": round(year.within["10min"] * 100, 1),
            "one_day": round(year.within["1d"] * 100, 1),
            "by_machine": round(year.by_machine * 100, 1),
            "assumptions": [
                {
                    "label": labels.get(a["name"], a["name"]),
                    "shown": _shown(a["value"]),
                    "unit": said(a["unit"]),
                    "kind": kinds[a["kind"]],
                    "why": said(a["why"]),
                }
                for a in year.assumptions
            ],
            "name": said(year.name),
            "told": said(year.told),
            "source": said(year.published_source),
        }
        for year in made.years
    ]
    return show(request, "staff/years.html", {"made": made, "rows": rows}, here="years")


@require_GET
@staff_only(right="claims.view")
def chart(request: HttpRequest, what: str) -> JsonResponse:
    """The numbers of one picture: ``days``, ``curve`` or ``parts``."""
    drawn = {"days": _days, "curve": _curve, "parts": _parts}.get(what)
    if drawn is None:
        raise Http404
    made = queries.simulated_years()
    said = made.said_in(get_language() or "")
    # The short half of a name, before its colon: the long one stands in the table.
    names = [re.split("[：:]", said(year.name))[0] for year in made.years]
    return JsonResponse(drawn(made.years, names))


def _shown(value: Any) -> str:
    """A figure of an assumption; the hours of payment as a list, or that there are none."""
    if isinstance(value, list):
        return "、".join(value) or _("随到随付")
    return f"{value:g}"


def _days(years: tuple[queries.SimulatedYear, ...], names: list[str]) -> dict[str, Any]:
    return {
        "direction": "down",
        "names": names,
        "series": [
            {"name": _("模拟的平均天数"), "tone": "info", "data": [round(y.mean_days, 2) for y in years]},
            {"name": _("公布的平均天数"), "tone": "plain", "data": [y.published_days for y in years]},
        ],
    }  # fmt: skip


def _curve(years: tuple[queries.SimulatedYear, ...], names: list[str]) -> dict[str, Any]:
    tones = ("plain", "bad", "warn", "info", "good")
    return {
        "kind": "line",
        "max": 100,
        "names": [_("10 分钟"), _("1 小时"), _("3 小时"), _("6 小时"), _("12 小时")]
        + [_("%(count)s 天") % {"count": days} for days in GRID[5:]],
        "series": [
            {
                "name": names[n], "tone": tones[n % len(tones)],
                "data": [max((q for d, q in year.curve if d <= at), default=0) for at in GRID],
            }
            for n, year in enumerate(years)
        ],
    }  # fmt: skip


def _parts(years: tuple[queries.SimulatedYear, ...], names: list[str]) -> dict[str, Any]:
    told = (
        ("closed_hours", _("夜间与休息日"), "plain"),
        ("queue", _("排队等人"), "bad"),
        ("desk", _("人在办理"), "warn"),
        ("bank", _("付款与银行"), "info"),
        ("machine", _("机器处理"), "good"),
    )
    return {
        "direction": "down",
        "names": names,
        "series": [
            {
                "name": label, "tone": tone, "stack": "days",
                "data": [round(year.parts[name], 3) for year in years],
            }
            for name, label, tone in told
        ],
    }  # fmt: skip


def _labels() -> dict[str, str]:
    return {
        "claims_per_working_day": _("每工作日报案"),
        "weekend_share": _("休息日报案（与工作日之比）"),
        "by_hand": _("需人录入或核对的资料"),
        "intake_minutes": _("录入或核对用时"),
        "review_minutes": _("审核用时"),
        "second_minutes": _("复核用时"),
        "spread": _("用时的离散程度"),
        "intake_staff": _("录入人数"),
        "review_staff": _("审核人数"),
        "second_staff": _("复核人数"),
        "desk_share": _("工时中用于理赔的部分"),
        "assessor_limit": _("审核人权限"),
        "straight_through_below": _("机器可自动核定的上限"),
        "payment_hours": _("付款批次"),
        "bank_minutes": _("银行到账"),
        "complete_at_first": _("一次交齐"),
        "customer_days": _("客户补一次资料"),
        "rounds": _("最多补件次数"),
    }
