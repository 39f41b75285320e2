"""
时效与工作量: what waits, what is late, how fast we are; every figure leads to the cases behind it.

Nothing here counts a table through: figures are bounded or read index ranges of open rows only.
"""

from __future__ import annotations

import io
from datetime import datetime, timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from yilu.claims import queries as claims
from yilu.kernel import sheets
from yilu.obligations import queries as obligations
from yilu.people import queries as people
from yilu.web.common.access import staff_only
from yilu.web.common.numbers import whole
from yilu.web.staff.links import links_to
from yilu.web.staff.page import access_of, show
from yilu.web.staff.tables import XLSX
from yilu.work import queries as work

DAYS = 30
BARS_MAX = 10
BROKEN_SHOWN = 15


@require_GET
@staff_only(right="claims.view")
def board(request: HttpRequest) -> HttpResponse:
    """The board of one office (``?office=``) or of all one sees."""
    access, now = access_of(request), timezone.now()
    offices = {o.id: o for o in people.list_offices() if o.id in access.office_ids}
    chosen = _chosen(request, offices)
    rows = _rows(request, chosen, offices, now)
    speed = claims.speed(chosen, now - timedelta(days=DAYS), now)
    broken = obligations.breaches(chosen | {0}, now, limit=BROKEN_SHOWN)
    late = _broken(chosen, now).values()
    named = links_to((row.about for row in broken), access)
    return show(
        request,
        "staff/board.html",
        {
            "offices": sorted(offices.values(), key=lambda o: o.code),
            "office": next(iter(chosen))
            if len(chosen) == 1 and request.GET.get("office")
            else None,
            "query": request.GET.urlencode(),
            "rows": rows,
            "waiting": sum(row["waiting"] for row in rows),
            "overdue": sum(row["overdue"] for row in rows),
            "broken_today": sum(today for today, _every in late),
            "broken_all": sum(every for _today, every in late),
            "broken": [(row, named[str(row.about)]) for row in broken],
            "speed": speed,
            "share": round(100 * speed.straight_through / speed.decided, 1)
            if speed.decided
            else None,
            "median": _lasting(speed.median_minutes),
            "p90": _lasting(speed.p90_minutes),
            "days": DAYS,
            "counted_up_to": work.WORKLOAD_COUNTED_UP_TO,
        },
        here="board",
    )


@require_GET
@staff_only(right="claims.view")
def chart(request: HttpRequest, name: str) -> JsonResponse:
    """The numbers of one chart: ``days``, ``promises`` or ``queues``."""
    access, now = access_of(request), timezone.now()
    offices = {o.id: o for o in people.list_offices() if o.id in access.office_ids}
    chosen = _chosen(request, offices)
    if name == "days":
        return JsonResponse(_days(claims.speed(chosen, now - timedelta(days=DAYS), now), now))
    if name == "promises":
        return JsonResponse(_promises(chosen, now))
    if name == "queues":
        return JsonResponse(_queues(_rows(request, chosen, offices, now)))
    raise Http404


@require_GET
@staff_only(right="claims.view")
def export(request: HttpRequest) -> HttpResponse:
    """The rows of the board as an Excel workbook."""
    access, now = access_of(request), timezone.now()
    offices = {o.id: o for o in people.list_offices() if o.id in access.office_ids}
    rows = _rows(request, _chosen(request, offices), offices, now)
    out = io.BytesIO()
    book = sheets.workbook(out)
    sheet = book.add_worksheet(_("时效与工作量")[:31])
    head = book.add_format({"bold": True, "bg_color": "#E8EEF7", "border": 1})
    moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    titles = [_("机构"), _("队列"), _("等待"), _("已超时"), _("最早")]
    for i, title in enumerate(titles):
        sheet.write_string(0, i, title, head)
    for n, row in enumerate(rows, 1):
        sheet.write_string(n, 0, row["office"])
        sheet.write_string(n, 1, row["label"])
        sheet.write_number(n, 2, row["waiting"])
        sheet.write_number(n, 3, row["overdue"])
        sheet.write_datetime(n, 4, timezone.localtime(row["oldest"]).replace(tzinfo=None), moment)
    sheet.set_column(0, 1, 24)
    sheet.set_column(4, 4, 18)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(len(rows), 1), len(titles) - 1)
    book.close()
    response = HttpResponse(out.getvalue(), content_type=XLSX)
    name = f"yilu-board-{timezone.localdate():%Y%m%d}.xlsx"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _chosen(request: HttpRequest, offices: dict[int, people.OfficeView]) -> frozenset[int]:
    """The office asked for, if it is one the person sees; else all of them."""
    wanted = whole(request.GET.get("office"))
    return frozenset({wanted} if wanted in offices else offices)


def _rows(
    request: HttpRequest,
    chosen: frozenset[int],
    offices: dict[int, people.OfficeView],
    now: datetime,
) -> list[dict[str, Any]]:
    return [
        {
            "queue": each.queue,
            "label": gettext(each.label),
            "office_id": each.office_id,
            "office": offices[each.office_id].name if each.office_id in offices else "",
            "waiting": each.waiting,
            "overdue": each.overdue,
            "oldest": each.oldest,
            "age": now - each.oldest,
            "url": f"{reverse('staff:queue', args=[each.queue])}?office={each.office_id}",
        }
        for each in work.workload(access_of(request), now)
        if each.office_id in chosen
    ]


def _broken(chosen: frozenset[int], now: datetime) -> dict[int, tuple[int, int]]:
    today = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    return obligations.breached_by_office(chosen | {0}, today)


def _days(speed: claims.Speed, now: datetime) -> dict[str, Any]:
    by_day = {each.day: each for each in speed.days}
    today = timezone.localtime(now).date()
    days = [today - timedelta(days=n) for n in range(DAYS - 1, -1, -1)]
    found = [by_day.get(day) for day in days]
    return {
        "kind": "line",
        "names": [f"{day.month}/{day.day}" for day in days],
        "series": [
            {"name": _("报案"), "tone": "info", "data": [f.reported if f else 0 for f in found]},
            {"name": _("已赔付"), "tone": "good", "data": [f.paid if f else 0 for f in found]},
        ],
    }


def _promises(chosen: frozenset[int], now: datetime) -> dict[str, Any]:
    kept = obligations.punctuality(now - timedelta(days=DAYS), now, chosen | {0})
    english = get_language() == "en"
    titles = {
        d.code: d.title_en if english and d.title_en else d.title
        for d in obligations.list_definitions(now)
    }
    rows = [(code, met, ended - met) for code, (met, ended) in kept.items() if code in titles]
    rows.sort(key=lambda r: (-r[2], -r[1]))
    rows = rows[:BARS_MAX]
    return {
        "direction": "down",
        "names": [titles[code] for code, _met, _late in rows],
        "links": [reverse("staff:promise", args=[code]) for code, _met, _late in rows],
        "series": [
            {
                "name": _("按时"),
                "tone": "good",
                "stack": "a",
                "data": [met for _c, met, _l in rows],
            },
            {
                "name": _("超时"),
                "tone": "bad",
                "stack": "a",
                "data": [late for _c, _m, late in rows],
            },
        ],
    }


def _queues(rows: list[dict[str, Any]]) -> dict[str, Any]:
    found: dict[str, list[Any]] = {}
    for row in rows:
        whole_queue = reverse("staff:queue", args=[row["queue"]])
        kept = found.setdefault(row["queue"], [row["label"], 0, 0, row["url"], row["office_id"]])
        if kept[4] != row["office_id"]:
            kept[3] = whole_queue  # the bar adds several offices up
        kept[1] += row["waiting"] - row["overdue"]
        kept[2] += row["overdue"]
    listed = [kept[:4] for kept in found.values()]
    return {
        "direction": "down",
        "names": [label for label, *_rest in listed],
        "links": [url for *_rest, url in listed],
        "series": [
            {
                "name": _("等待"),
                "tone": "info",
                "stack": "a",
                "data": [n for _l, n, _o, _u in listed],
            },
            {
                "name": _("已超时"),
                "tone": "bad",
                "stack": "a",
                "data": [o for _l, _n, o, _u in listed],
            },
        ],
    }


def _lasting(minutes: float | None) -> timedelta | None:
    return None if minutes is None else timedelta(minutes=minutes)
