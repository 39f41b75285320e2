"""服务考核: every figure at a glance, and one figure with its course, its parts and its definition."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as _n
from django.views.decorators.http import require_GET

from yilu.people import queries as people
from yilu.scorecards import queries
from yilu.web.common.access import staff_only
from yilu.web.common.numbers import figure_said as valued
from yilu.web.staff import scorecards_asked as asking
from yilu.web.staff.page import access_of, show
from yilu.web.staff.scorecards_asked import RIGHT, Asked, asked, judged, title_of

SPARK_WIDTH, SPARK_HEIGHT = 120, 28
PROMISES = "on_time"


@dataclass(frozen=True, slots=True)
class Card:
    """One tile: everything a reader needs, in words."""

    code: str
    title: str
    value: str
    target: str
    verdict: str
    tone: str
    new: str
    old: str
    counted: str
    spark: str
    course: str


@require_GET
@staff_only(right=RIGHT)
def dashboard(request: HttpRequest) -> HttpResponse:
    """Every figure of some days and offices, new and old customers beside it."""
    given = asked(request)
    kpis = queries.list_kpis()
    tiles = queries.dashboard([kpi.code for kpi in kpis], **given.scope)
    groups = [
        (code, gettext(label), [_card(kpi, tiles[kpi.code]) for kpi in kpis if kpi.group == code])
        for code, label in queries.GROUPS.items()
    ]
    figures = [tile.whole for tile in tiles.values()]
    page = {
        **_chooser(given), "groups": [group for group in groups if group[2]],
        "reached": sum(f.reached is True for f in figures),
        "missed": sum(f.reached is False for f in figures),
        "silent": sum(f.value is None for f in figures),
        "empty": all(not tile.whole.denominator and not tile.whole.numerator for tile in tiles.values()),
        "read": queries.read_so_far(),
    }  # fmt: skip
    return show(request, "staff/scorecards/dashboard.html", page, here="scorecards")


def _card(kpi: queries.KpiView, tile: queries.Tile) -> Card:
    verdict, tone = judged(tile.whole)
    return Card(
        kpi.code, title_of(kpi), valued(tile.whole.value, kpi.unit), _target(kpi), verdict, tone,
        valued(tile.new.value, kpi.unit), valued(tile.old.value, kpi.unit), _counted(kpi, tile.whole),
        _spark(tile.course), _course(kpi, tile.course),
    )  # fmt: skip


def _target(kpi: queries.KpiView) -> str:
    if kpi.target is None:
        return ""
    sign = "≥" if kpi.better == "UP" else "≤"
    return f"{sign} {valued(kpi.target, kpi.unit)}"


def _counted(kpi: queries.KpiView, figure: queries.Figure) -> str:
    """How many of how many, for shares; how many, for the others."""
    told = {"n": f"{figure.numerator:,.0f}", "all": f"{figure.denominator:,.0f}"}
    if kpi.form == "SHARE" and kpi.measures == "YUAN":
        return _("¥%(all)s 中 ¥%(n)s") % told
    if kpi.form == "SHARE":
        return _("%(all)s 件中 %(n)s 件") % told
    if kpi.form == "RATE":
        return _("%(n)s 件") % told
    return _("%(all)s 件") % told


def _spark(course: tuple[tuple[date, Decimal | None], ...]) -> str:
    """The points of a small line, left to right, the highest on top; nothing below two points."""
    values = [value for _day, value in course if value is not None]
    if len(values) < 2:
        return ""
    low, high = min(values), max(values)
    reach, step = (high - low) or Decimal(1), Decimal(SPARK_WIDTH - 4) / (len(values) - 1)
    return " ".join(
        f"{2 + n * step:.1f},{SPARK_HEIGHT - 3 - (value - low) / reach * (SPARK_HEIGHT - 6):.1f}"
        for n, value in enumerate(values)
    )


def _course(kpi: queries.KpiView, course: tuple[tuple[date, Decimal | None], ...]) -> str:
    """The same line in words."""
    values = [value for _day, value in course if value is not None]
    if len(values) < 2:
        return ""
    return _("从 %(first)s 到 %(last)s") % {
        "first": valued(values[0], kpi.unit), "last": valued(values[-1], kpi.unit),
    }  # fmt: skip


def _chooser(given: Asked) -> dict[str, Any]:
    return {
        "asked": given, "periods": [(c, gettext(label)) for c, label in asking.PERIODS.items()],
        "parts": asking.parts_to_choose(),
    }  # fmt: skip


@require_GET
@staff_only(right=RIGHT)
def kpi(request: HttpRequest, code: str) -> HttpResponse:
    """One figure: what it is, what it came to, split by office, person, role, product, channel and customers."""
    view, given = queries.get_kpi(code), asked(request)
    whole = queries.figure(code, **given.scope)
    verdict, tone = judged(whole)
    page = {
        **_chooser(given), "kpi": view, "title": title_of(view), "means": asking.means_of(view),
        "target": _target(view), "value": valued(whole.value, view.unit), "verdict": verdict,
        "tone": tone, "counted": _counted(view, whole), "between": _between(whole), "whole": whole,
        "tables": _tables(request, view, given), "promises": _promises(view, given),
        "course": _lines(view, given), "by_month": queries.grain_of(given.since, given.until) == "MONTH",
        "group": gettext(queries.GROUPS[view.group]),
        "exports": access_of(request).may("scorecards.export"),
    }  # fmt: skip
    return show(request, "staff/scorecards/kpi.html", page, here="scorecards")


_SPLITS: dict[queries.Split, tuple[str, str]] = {
    "OFFICE": (_n("按机构"), "only"), "PERSON": (_n("按人员"), "person"),
    "ROLE": (_n("按岗位"), "role"), "PRODUCT": (_n("按产品"), "product"),
    "CHANNEL": (_n("按渠道"), "channel"), "CUSTOMERS": (_n("按新老客户"), "customers"),
}  # fmt: skip
"""Each split with its title and what the address of its cases calls it."""


def _tables(request: HttpRequest, view: queries.KpiView, given: Asked) -> list[dict[str, Any]]:
    """A table for every split that tells something; of one product or the like only two can be told."""
    wanted: list[queries.Split] = ["OFFICE", "CUSTOMERS"] if given.narrow else list(_SPLITS)
    roles = {
        str(each.id): "、".join(gettext(people.ROLE_LABELS[role]) for role in each.roles)
        for each in people.list_staff(access_of(request))
    }
    found = queries.splits(view.code, wanted, **given.scope)
    tables = []
    for split in wanted:
        rows = [_row(view, given, split, row, roles) for row in found[split]]
        if split not in ("OFFICE", "CUSTOMERS") and all(row["nameless"] for row in rows):
            continue  # nobody's or no channel's: nothing to compare
        tables.append({"code": split.lower(), "title": gettext(_SPLITS[split][0]), "rows": rows})
    return tables


def _row(
    view: queries.KpiView, given: Asked, split: queries.Split, row: queries.Row, roles: dict[str, str]
) -> dict[str, Any]:  # fmt: skip
    key, label, figure = row
    verdict, tone = judged(figure)
    nobody = key in ("", "0")
    query = f"{given.query}&{urlencode({_SPLITS[split][1]: key})}"
    place = reverse("staff:scorecards_cases", args=[view.code])
    return {
        "label": _called(split, key, label), "roles": roles.get(key, "") if split == "PERSON" else "",
        "nameless": nobody, "value": valued(figure.value, view.unit), "between": _between(figure),
        "counted": _counted(view, figure), "verdict": verdict, "tone": tone,
        "url": "" if figure.thin else f"{place}?{query if split == 'OFFICE' or not nobody else given.query}",
    }  # fmt: skip


def _called(split: queries.Split, key: str, label: str) -> str:
    if split == "OFFICE":
        return label if key != "0" else _("未归属机构")
    if split == "PERSON":
        return label if key != "0" else _("系统或未记名")
    return asking.customers_name(key) if split == "CUSTOMERS" else asking.part_name(split, key)


def _between(figure: queries.Figure) -> str:
    """How far a score may be off, in words; empty where that is not known."""
    if figure.low is None or figure.high is None:
        return ""
    return _("95%% 在 %(low)s 至 %(high)s 之间") % {
        "low": f"{figure.low:.0f}", "high": f"{figure.high:.0f}"
    }  # fmt: skip


def _promises(view: queries.KpiView, given: Asked) -> list[dict[str, Any]]:
    """Each promise's own part of the figure over all of them, the least kept on top."""
    if view.code != PROMISES:
        return []
    parts = {p.code: p for p in queries.list_kpis(promises=True) if p.within_promise}
    found = queries.figures(parts, **given.scope)
    rows = [
        {
            "title": title_of(parts[code]), "citation": parts[code].citation,
            "value": valued(f.value, f.unit), "counted": _counted(parts[code], f), "sort": f.value,
            "verdict": judged(f)[0], "tone": judged(f)[1],
            "url": f"{reverse('staff:scorecards_kpi', args=[code])}?{given.query}",
        }
        for code, f in found.items()
        if f.denominator
    ]  # fmt: skip
    return sorted(rows, key=lambda row: row["sort"])


def _lines(view: queries.KpiView, given: Asked) -> list[tuple[date, str, str]]:
    grain = queries.grain_of(given.since, given.until)
    course = queries.over_time([view.code], grain, **given.scope)[view.code]
    return [(day, valued(f.value, view.unit), _counted(view, f)) for day, f in reversed(course)]


@require_GET
@staff_only(right=RIGHT)
def chart(request: HttpRequest, code: str) -> JsonResponse:
    """The numbers of one figure's line; days without a case are gaps."""
    view, given = queries.get_kpi(code), asked(request)
    grain = queries.grain_of(given.since, given.until)
    course = queries.over_time([code], grain, **given.scope)[code]
    names = [
        f"{d.year}-{d.month:02d}" if grain == "MONTH" else f"{d.month}/{d.day}" for d, _f in course
    ]
    values = [None if f.value is None else float(f.value) for _d, f in course]
    series = [{"name": title_of(view), "tone": "info", "data": values}]
    if view.target is not None and course:
        series.append(
            {"name": _("目标"), "tone": "plain", "data": [float(view.target)] * len(course)}
        )
    return JsonResponse({"kind": "line", "names": names, "series": series})
