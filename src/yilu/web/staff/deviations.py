"""价格偏差报告: where repair estimates depart from the price books; a page and a workbook (A66)."""

from __future__ import annotations

import io
from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_safe

from yilu.care import queries as care
from yilu.care.queries import deviations
from yilu.kernel import sheets
from yilu.web.common.access import staff_only
from yilu.web.staff.page import access_of, show
from yilu.web.staff.tables import XLSX

RIGHT = "claims.view"
BY = {
    "shop": gettext_noop("维修单位"),
    "part": gettext_noop("项目"),
    "staff": gettext_noop("核对人"),
}
USUAL = timedelta(days=90)


@require_safe
@staff_only(right=RIGHT)
def report(request: HttpRequest) -> HttpResponse:
    """By shop, part or colleague over some days, of the reader's offices."""
    since, until = _days(request)
    by = request.GET.get("by", "shop")
    by = by if by in BY else "shop"
    rows = deviations.deviations(
        access_of(request).offices_for(RIGHT), by=by, since=since, until=until
    )
    page = {"rows": rows, "by": by, "bys": BY.items(), "since": since, "until": until}
    return show(request, "staff/care/deviations.html", page, here="prices")


@require_safe
@staff_only(right=RIGHT)
def export(request: HttpRequest) -> HttpResponse:
    """Every line above the book as a workbook."""
    since, until = _days(request)
    rows = deviations.lines_above(access_of(request).offices_for(RIGHT), since=since, until=until)
    answer = HttpResponse(_workbook(rows), content_type=XLSX)
    answer.headers["Content-Disposition"] = (
        f'attachment; filename="deviations-{since}-{until}.xlsx"'
    )
    return answer


def _workbook(rows: tuple[deviations.Above, ...]) -> bytes:
    out = io.BytesIO()
    book = sheets.workbook(out)
    sheet, bold = book.add_worksheet(_("价格偏差")[:31]), book.add_format({"bold": True})
    titles = [
        _("日期"), _("地区"), _("维修单位"), _("核对人"), _("编码"), _("名称"), _("核对结果"),
        _("定损金额"), _("价目金额"), _("超出"), _("结果"), _("原因"),
    ]  # fmt: skip
    sheet.write_row(0, 0, titles, bold)
    for n, row in enumerate(rows, 1):
        told: list[Any] = [
            row.day.isoformat(), row.region, row.shop, row.staff, row.code, row.name, _(row.found),
            float(row.asked), float(row.allowed), float(row.asked - row.allowed),
            _(care.OUTCOMES[row.outcome]), row.reason,
        ]  # fmt: skip
        sheet.write_row(n, 0, told)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(len(rows), 1), len(titles) - 1)
    book.close()
    return out.getvalue()


def _days(request: HttpRequest) -> tuple[date, date]:
    """The days asked for; what is no day, or the wrong way round, is the usual ninety."""
    today = timezone.localdate()
    try:
        since = date.fromisoformat(request.GET.get("since", ""))
        until = date.fromisoformat(request.GET.get("until", ""))
    except ValueError:
        return today - USUAL, today
    if since > until or until - since > timedelta(days=deviations.DAYS_MAX):
        return today - USUAL, today
    return since, until


urls = [
    path("prices/deviations", report, name="deviations"),
    path("prices/deviations/export", export, name="deviations_export"),
]
