"""在办明细: a lead's open work by age, person and office, the rows behind each bar, and as a workbook."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from yilu.claims import operations as claims
from yilu.claims.queries import board
from yilu.kernel.refs import Ref
from yilu.people import queries as people
from yilu.web.common.access import staff_only
from yilu.web.common.numbers import whole
from yilu.web.staff.page import access_of, show
from yilu.web.staff.tables import XLSX

COUNTED_UP_TO = 10_000


@require_GET
@staff_only(right="work.lead")
def rows(request: HttpRequest) -> HttpResponse:
    """The rows a bar leads to, a page by key."""
    access, now = access_of(request), timezone.now()
    filters = _filters(request)
    offices = board.scope(access, filters)
    found, following = board.page(offices, filters, now, after=whole(request.GET.get("after")) or 0)
    asked = _query(filters)
    return show(
        request,
        "staff/open_work.html",
        {
            "rows": found,
            "next": f"?{urlencode(asked | {'after': following})}" if following else "",
            "count": board.count(offices, filters, now, up_to=COUNTED_UP_TO),
            "counted_up_to": COUNTED_UP_TO,
            "filters": filters,
            "query": urlencode(asked),
            "asked": asked,
            "offices": people.offices_with(access, "claims.view"),
            "queues": board.queues(board.scope(access, board.Filters()), now),
            "ages": [(code, label) for code, _a, _b, label in board.AGES],
            "exports": board.exports_of(access),
        },
        here="open_work",
    )


@require_GET
@staff_only(right="work.lead")
def chart(request: HttpRequest, name: str) -> JsonResponse:
    """``ages``, ``people`` or ``offices``; each bar leads to its rows."""
    access, now = access_of(request), timezone.now()
    offices = board.scope(access, board.Filters(office_id=whole(request.GET.get("office"))))
    place = reverse("staff:open_work")
    if name == "ages":
        ages = board.ageing(offices, now)
        return JsonResponse(
            _bars(
                [_(label) for _c, label, _n, _l in ages],
                [f"{place}?age={code}" for code, *_rest in ages],
                [n for _c, _label, n, _l in ages], [late for *_rest, late in ages], "",
            )
        )  # fmt: skip
    if name not in ("people", "offices"):
        raise Http404
    held = board.load(offices, now)[0 if name == "people" else 1]
    key = "staff" if name == "people" else "office"
    return JsonResponse(
        _bars(
            [h.name for h in held], [f"{place}?{key}={h.id}" for h in held],
            [h.held - h.late for h in held], [h.late for h in held], "down",
        )
    )  # fmt: skip


@require_POST
@staff_only(right="work.lead")
def export(request: HttpRequest) -> HttpResponse:
    """Ask for the rows as a workbook; few come at once."""
    access = access_of(request)
    export_id = claims.ask_for_rows(
        filters=_filters(request), access=access, actor=Ref("staff", access.staff_id),
        at=timezone.now(),
    )  # fmt: skip
    ready = {e.id: e for e in board.exports_of(access)}.get(export_id)
    if ready is not None and ready.state == "READY":
        return redirect("staff:rows_file", export_id=export_id)
    return redirect("staff:open_work")


@require_GET
@staff_only(right="work.lead")
def exports(request: HttpRequest) -> HttpResponse:
    """How far one's exports are: a fragment that looks again while any is on its way."""
    return show(
        request,
        "staff/open_work_exports.html",
        {"exports": board.exports_of(access_of(request))},
        here="open_work",
    )


@require_GET
@staff_only(right="work.lead")
def file(request: HttpRequest, export_id: int) -> HttpResponse:
    """The workbook, for whoever asked for it."""
    access, now = access_of(request), timezone.now()
    content = claims.fetch_export(
        export_id=export_id, access=access, actor=Ref("staff", access.staff_id), at=now
    )
    response = HttpResponse(content, content_type=XLSX)
    name = f"yilu-open-work-{timezone.localdate(now):%Y%m%d}-{export_id}.xlsx"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


def _filters(request: HttpRequest) -> board.Filters:
    given = request.POST if request.method == "POST" else request.GET
    return board.Filters(
        office_id=whole(given.get("office")), queue=given.get("queue", "")[:40],
        staff_id=whole(given.get("staff")), age=given.get("age", "")[:4],
        late=given.get("late") == "1",
    )  # fmt: skip


def _query(filters: board.Filters) -> dict[str, Any]:
    told = {
        "office": filters.office_id, "queue": filters.queue, "staff": filters.staff_id,
        "age": filters.age, "late": "1" if filters.late else "",
    }  # fmt: skip
    return {name: value for name, value in told.items() if value}


def _bars(
    names: list[str], links: list[str], fine: list[int], late: list[int], direction: str
) -> dict[str, Any]:
    return {
        "direction": direction,
        "names": names,
        "links": links,
        "series": [
            {"name": _("未超时"), "tone": "info", "stack": "a", "data": fine},
            {"name": _("已超时"), "tone": "bad", "stack": "a", "data": late},
        ],
    }
