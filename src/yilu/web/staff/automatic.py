"""自动判断日志: what the machine decided by itself, as a page and as a workbook (A176)."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from yilu.insight.queries import automatic as queries
from yilu.kernel import sheets
from yilu.kernel.days import CHINA
from yilu.kernel.errors import said
from yilu.web.common.access import staff_only
from yilu.web.common.templatetags.yilu import moment
from yilu.web.staff.asked import id_after
from yilu.web.staff.links import links_to
from yilu.web.staff.page import access_of, show
from yilu.web.staff.tables import XLSX

HERE = "privacy"
SHOWN, EXPORTED = 30, 5_000
FIRST, USUAL, LONGEST = date(2000, 1, 1), timedelta(days=6), timedelta(days=92)


@require_safe
@staff_only(right=queries.RIGHT)
def log(request: HttpRequest) -> HttpResponse:
    """The decisions of some days, the newest first."""
    since, until, kind = _asked(request)
    rows = queries.automatic(
        access_of(request), since=_begin(since), until=_begin(until + timedelta(days=1)), kind=kind,
        before=id_after(request), limit=SHOWN + 1,
    )  # fmt: skip
    shown = rows[:SHOWN]
    links = links_to([row.about for row in shown], access_of(request))
    page = {
        "rows": [(row, links[str(row.about)]) for row in shown],
        "following": shown[-1].event_id if len(rows) > SHOWN else None,
        "since": since, "until": until, "kind": kind, "sorts": queries.sorts(), "most": EXPORTED,
        "longest": LONGEST.days + 1, "asked": f"since={since}&until={until}&kind={kind}",
    }  # fmt: skip
    return show(request, "staff/automatic.html", page, here=HERE)


@require_safe
@staff_only(right=queries.RIGHT)
def export(request: HttpRequest) -> HttpResponse:
    """The same decisions as a workbook; the newest few thousand of the days asked for."""
    since, until, kind = _asked(request)
    rows = queries.automatic(
        access_of(request), since=_begin(since), until=_begin(until + timedelta(days=1)), kind=kind,
        limit=EXPORTED,
    )  # fmt: skip
    answer = HttpResponse(_workbook(rows), content_type=XLSX)
    answer["Content-Disposition"] = f'attachment; filename="automatic-{since}-{until}.xlsx"'
    return answer


def _asked(request: HttpRequest) -> tuple[date, date, str]:
    """Days and kind; what is no day, the wrong way round or too long is the last week."""
    today = timezone.localdate()
    kind = request.GET.get("kind", "")
    kind = kind if kind in queries.BY_KIND else ""
    try:
        since = date.fromisoformat(request.GET.get("since", ""))
        until = date.fromisoformat(request.GET.get("until", ""))
    except ValueError:
        return today - USUAL, today, kind
    if not FIRST <= since <= until <= today + LONGEST or until - since > LONGEST:
        return today - USUAL, today, kind
    return since, until, kind


def _begin(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=CHINA).astimezone(UTC)


def _workbook(rows: Sequence[queries.Automatic]) -> bytes:
    out = io.BytesIO()
    book = sheets.workbook(out)
    sheet, bold = book.add_worksheet(_("自动判断日志")[:31]), book.add_format({"bold": True})
    titles = [
        _("时间"), _("判断"), _("对象"), _("依据（表、版本、行）"), _("理由"), _("负责人"),
        _("模型或规则版本"), _("怎样由人重新判断"), _("事件号"),
    ]  # fmt: skip
    sheet.write_row(0, 0, titles, bold)
    for n, row in enumerate(rows, 1):
        told = [
            moment(row.at), said(row.sort.name, _), str(row.about), "；".join(row.rules),
            "；".join(said(why, _) for why in row.why), row.owner, row.version, said(row.sort.appeal, _),
            str(row.event_id),
        ]  # fmt: skip
        sheet.write_row(n, 0, told)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(len(rows), 1), len(titles) - 1)
    book.close()
    return out.getvalue()


urls = [
    path("automatic", log, name="automatic"),
    path("automatic/export", export, name="automatic_export"),
]
