"""The cases behind a figure, as a list to click through and as a workbook."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlencode

import xlsxwriter
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from yilu.kernel.refs import Ref
from yilu.people import queries as people
from yilu.scorecards import operations, queries
from yilu.web.common.access import staff_only
from yilu.web.common.numbers import UNITS, whole
from yilu.web.staff import scorecards_asked as asking
from yilu.web.staff.asked import actor_of
from yilu.web.staff.links import links_to
from yilu.web.staff.page import access_of, show
from yilu.web.staff.scorecards_asked import RIGHT, Asked, asked
from yilu.web.staff.tables import XLSX


@dataclass(frozen=True, slots=True)
class Narrowed:
    """Whose cases of a figure are asked for."""

    offices: tuple[int, ...]
    only: int | None
    person: int | None
    channel: str | None
    customers: Literal["NEW", "OLD"] | None
    missed: bool

    @property
    def query(self) -> dict[str, Any]:
        """As addresses carry it on."""
        told = {
            "only": self.only, "person": self.person, "channel": self.channel,
            "customers": self.customers, "missed": "1" if self.missed else None,
        }  # fmt: skip
        return {name: value for name, value in told.items() if value is not None}


def _narrowed(request: HttpRequest, given: Asked) -> Narrowed:
    told = request.POST if request.method == "POST" else request.GET
    only = whole(told.get("only"))
    customers = told.get("customers", "")
    return Narrowed(
        (only,) if only is not None and only in given.offices else given.offices,
        only if only in given.offices else None, whole(told.get("person")),
        told.get("channel", "")[:16] or None,
        "NEW" if customers == "NEW" else "OLD" if customers == "OLD" else None,
        told.get("missed") == "1",
    )  # fmt: skip


@require_GET
@staff_only(right=RIGHT)
def cases(request: HttpRequest, code: str) -> HttpResponse:
    """The cases of a figure, newest first; those that hold it back with ``missed=1``."""
    view, given = queries.get_kpi(code), asked(request)
    narrowed = _narrowed(request, given)
    page = queries.counted(
        code, since=given.since, until=given.until, offices=narrowed.offices,
        person=narrowed.person, channel=narrowed.channel, customers=narrowed.customers,
        missed_only=narrowed.missed, page=whole(request.GET.get("page")) or 1,
    )  # fmt: skip
    base = f"{given.query}&{urlencode(narrowed.query)}"
    every = f"{given.query}&{urlencode({k: v for k, v in narrowed.query.items() if k != 'missed'})}"
    context = {
        "kpi": view, "title": asking.title_of(view), "asked": given, "narrowed": narrowed,
        "rows": _rows(view, page.rows), "page": page, "every_query": every, "query": base,
        "timed": bool(view.measures), "said": _said(narrowed),
        "next_url": f"?{base}&page={page.page + 1}" if page.has_more else "",
        "first_url": f"?{base}" if page.page > 1 else "",
        "exports": access_of(request).may("scorecards.export"),
    }  # fmt: skip
    return show(request, "staff/scorecards/cases.html", context, here="scorecards")


def _rows(view: queries.KpiView, rows: tuple[queries.CaseRow, ...]) -> list[dict[str, Any]]:
    links = links_to(row.about for row in rows)
    offices = {office.id: office.name for office in people.list_offices()}
    names = people.names_of(Ref("staff", row.person_id) for row in rows if row.person_id)
    return [
        {
            "link": links[str(row.about)], "day": row.day, "office": offices.get(row.office_id, ""),
            "person": names.get(Ref("staff", row.person_id), ""),
            "channel": asking.channel_name(row.channel) if row.channel else "",
            "customers": asking.customers_name(row.customers) if row.customers else "",
            "value": asking.case_value(row.value, view.measures), "missed": row.missed,
            "verdict": _verdict(view, row),
        }
        for row in rows
    ]  # fmt: skip


def _verdict(view: queries.KpiView, row: queries.CaseRow) -> str:
    """What a case did to the figure, in words."""
    if view.form == "RATE" or (view.form == "MEAN" and view.target is None):
        return _("计入")
    if view.form == "SCORE":
        return _("推荐者") if row.counted else _("贬损者") if row.missed else _("中立者")
    if view.better == "DOWN" and view.form == "SHARE":
        return _("有差错") if row.counted else _("没有差错")
    return _("未达") if row.missed else _("达到")


def _said(narrowed: Narrowed) -> list[str]:
    """Whose cases are shown, in words."""
    found = []
    if narrowed.only is not None:
        offices = {office.id: office.name for office in people.list_offices()}
        found.append(offices.get(narrowed.only, _("未归属机构")))
    if narrowed.person is not None:
        ref = Ref("staff", narrowed.person)
        found.append(people.names_of([ref]).get(ref, _("系统或未记名")))
    if narrowed.channel is not None:
        found.append(asking.channel_name(narrowed.channel))
    if narrowed.customers is not None:
        found.append(asking.customers_name(narrowed.customers))
    return found


@require_POST
@staff_only(right="scorecards.export")
def export(request: HttpRequest, code: str) -> HttpResponse:
    """The cases as an Excel workbook; who took them is on record."""
    view, given = queries.get_kpi(code), asked(request)
    narrowed = _narrowed(request, given)
    rows, more = operations.export_cases(
        wanted=operations.Slice(
            code, given.since, given.until, narrowed.offices, narrowed.person, narrowed.channel,
            narrowed.customers, narrowed.missed,
        ),
        access=access_of(request), actor=actor_of(request), at=timezone.now(),
    )  # fmt: skip
    response = HttpResponse(_workbook(view, rows, more), content_type=XLSX)
    name = f"yilu-{code.replace(':', '-').replace('.', '-')}-{timezone.localdate():%Y%m%d}.xlsx"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


def _workbook(view: queries.KpiView, rows: list[queries.CaseRow], more: bool) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    sheet = book.add_worksheet(_("考核明细")[:31])
    head = book.add_format({"bold": True, "bg_color": "#E8EEF7", "border": 1})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    unit = gettext(UNITS.get(view.measures, "")) if view.measures else ""
    titles = [
        _("对象"),
        _("日期"),
        _("机构"),
        _("人员"),
        _("渠道"),
        _("客户"),
        _("结果"),
        unit or _("数值"),
    ]
    sheet.write_row(0, 0, titles, head)
    told = _rows(view, tuple(rows))
    for n, (row, case) in enumerate(zip(told, rows, strict=True), 1):
        sheet.write_string(n, 0, row["link"].label)
        sheet.write_datetime(n, 1, row["day"], day)
        for column, name in enumerate(("office", "person", "channel", "customers", "verdict"), 2):
            sheet.write_string(n, column, str(row[name]))
        if case.value is not None and view.measures:
            sheet.write_number(n, 7, float(case.value))
    if more:
        sheet.write_string(len(rows) + 1, 0, _("更早的个案没有写入，请缩小时间范围后再导出。"))
    sheet.set_column(0, 6, 18)
    sheet.freeze_panes(1, 0)
    book.close()
    return out.getvalue()
