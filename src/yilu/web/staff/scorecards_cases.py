"""The cases behind a figure, as a list to click through and as a workbook."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from yilu.kernel import sheets
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

TEXTS = {"role": 20, "channel": 16, "product": 40}
"""What cases can be narrowed to besides office, person and kind of customers, and how long its code is."""


@dataclass(frozen=True, slots=True)
class Narrowed:
    """Whose cases of a figure are asked for, as the address says it."""

    wanted: queries.Slice
    only: int | None

    @property
    def query(self) -> dict[str, Any]:
        """As addresses carry it on."""
        told: dict[str, Any] = {
            "only": self.only, "person": self.wanted.person, "customers": self.wanted.customers
        }  # fmt: skip
        told |= {name: getattr(self.wanted, name) for name in TEXTS}
        told["missed"] = "1" if self.wanted.missed_only else None
        return {name: value for name, value in told.items() if value is not None}


def _narrowed(request: HttpRequest, code: str, given: Asked) -> Narrowed:
    told = request.POST if request.method == "POST" else request.GET
    only = whole(told.get("only"))
    only = only if only in given.offices else None
    customers = told.get("customers", "")
    texts = {name: told.get(name, "")[:most] or None for name, most in TEXTS.items()}
    if given.narrow:
        texts[given.narrow[0].lower()] = given.narrow[1]
    wanted = queries.Slice(
        code=code, since=given.since, until=given.until,
        offices=given.offices if only is None else (only,), person=whole(told.get("person")),
        customers="NEW" if customers == "NEW" else "OLD" if customers == "OLD" else None,
        missed_only=told.get("missed") == "1", **texts,
    )  # fmt: skip
    return Narrowed(wanted, only)


@require_GET
@staff_only(right=RIGHT)
def cases(request: HttpRequest, code: str) -> HttpResponse:
    """The cases of a figure, newest first; those that hold it back with ``missed=1``."""
    view, given = queries.get_kpi(code), asked(request)
    narrowed = _narrowed(request, code, given)
    page = queries.counted(narrowed.wanted, whole(request.GET.get("page")) or 1)
    base = f"{given.query}&{urlencode(narrowed.query)}"
    every = f"{given.query}&{urlencode({k: v for k, v in narrowed.query.items() if k != 'missed'})}"
    context = {
        "kpi": view, "title": asking.title_of(view), "asked": given, "narrowed": narrowed,
        "rows": _rows(view, page.rows, access_of(request)), "page": page, "every_query": every, "query": base,
        "timed": bool(view.measures), "said": _said(narrowed),
        "next_url": f"?{base}&page={page.page + 1}" if page.has_more else "",
        "first_url": f"?{base}" if page.page > 1 else "",
        "exports": access_of(request).may("scorecards.export"),
    }  # fmt: skip
    return show(request, "staff/scorecards/cases.html", context, here="scorecards")


def _rows(
    view: queries.KpiView, rows: tuple[queries.CaseRow, ...], access: people.Access
) -> list[dict[str, Any]]:
    links = links_to((row.about for row in rows), access)
    offices = {office.id: office.name for office in people.list_offices()}
    names = people.names_of(Ref("staff", row.person_id) for row in rows if row.person_id)
    return [
        {
            "link": links[str(row.about)], "day": row.day, "office": offices.get(row.office_id, ""),
            "person": names.get(Ref("staff", row.person_id), ""),
            "role": gettext(people.ROLE_LABELS.get(row.role, row.role)),
            "channel": asking.channel_name(row.channel) if row.channel else "",
            "product": asking.part_name("PRODUCT", row.product) if row.product else "",
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
    wanted = narrowed.wanted
    if wanted.person is not None:
        ref = Ref("staff", wanted.person)
        found.append(people.names_of([ref]).get(ref, _("系统或未记名")))
    keys = {name: getattr(wanted, name) for name in TEXTS}
    found += [asking.part_name(n.upper(), key) for n, key in keys.items() if key is not None]
    if wanted.customers is not None:
        found.append(asking.customers_name(wanted.customers))
    return found


@require_POST
@staff_only(right="scorecards.export")
def export(request: HttpRequest, code: str) -> HttpResponse:
    """The cases as an Excel workbook; who took them is on record."""
    view, given, access = queries.get_kpi(code), asked(request), access_of(request)
    rows, more = operations.export_cases(
        wanted=_narrowed(request, code, given).wanted, access=access,
        actor=actor_of(request), at=timezone.now(),
    )  # fmt: skip
    response = HttpResponse(_workbook(view, rows, more, access), content_type=XLSX)
    name = f"yilu-{code.replace(':', '-').replace('.', '-')}-{timezone.localdate():%Y%m%d}.xlsx"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


SHOWN = ("office", "person", "role", "channel", "product", "customers", "verdict")
"""The columns of a workbook between the day and the value."""


def _workbook(
    view: queries.KpiView, rows: list[queries.CaseRow], more: bool, access: people.Access
) -> bytes:
    out = io.BytesIO()
    book = sheets.workbook(out)
    sheet = book.add_worksheet(_("考核明细")[:31])
    head = book.add_format({"bold": True, "bg_color": "#E8EEF7", "border": 1})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    unit = gettext(UNITS.get(view.measures, "")) if view.measures else ""
    titles = [
        _("对象"), _("日期"), _("机构"), _("人员"), _("岗位"), _("渠道"), _("产品"), _("客户"), _("结果"),
        unit or _("数值"),
    ]  # fmt: skip
    sheet.write_row(0, 0, titles, head)
    told = _rows(view, tuple(rows), access)
    for n, (row, case) in enumerate(zip(told, rows, strict=True), 1):
        sheet.write_string(n, 0, row["link"].label)
        sheet.write_datetime(n, 1, row["day"], day)
        for column, name in enumerate(SHOWN, 2):
            sheet.write_string(n, column, str(row[name]))
        if case.value is not None and view.measures:
            sheet.write_number(n, 2 + len(SHOWN), float(case.value))
    if more:
        sheet.write_string(len(rows) + 1, 0, _("更早的个案没有写入，请缩小时间范围后再导出。"))
    sheet.set_column(0, 1 + len(SHOWN), 18)
    sheet.freeze_panes(1, 0)
    book.close()
    return out.getvalue()
