"""识别准确率: how well the machine reads, by what people had to correct."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from yilu.documents import queries as documents
from yilu.web.common.access import staff_only
from yilu.web.staff.page import show

BARS_MAX = 12


@require_GET
@staff_only(right="claims.view")
def accuracy(request: HttpRequest) -> HttpResponse:
    """A table and a chart by kind, engine and field; ``?kind=`` narrows it."""
    kind = _kind(request)
    rows = documents.recognition_accuracy(kind)
    return show(
        request,
        "staff/accuracy.html",
        {
            "rows": [{"row": row, "kind_label": _label(row.kind)} for row in rows],
            "kind": kind,
            "kinds": documents.FILE_KINDS,
            "summary": _summary(rows),
        },
        here="accuracy",
    )


@require_GET
@staff_only(right="claims.view")
def chart(request: HttpRequest) -> JsonResponse:
    """The chart's numbers: fields that people looked at, the least accurate on top."""
    rows = [r for r in documents.recognition_accuracy(_kind(request)) if r.accuracy is not None]
    rows.sort(key=lambda r: (r.accuracy, r.kind, r.field))
    rows = rows[:BARS_MAX]
    return JsonResponse(
        {
            "direction": "down",
            "max": 100,
            "names": [f"{_label(r.kind)} · {_(r.label)}" for r in rows],
            "series": [
                {"name": _("准确率（%）"), "tone": "good", "data": [r.accuracy for r in rows]}
            ],
        }
    )


def _kind(request: HttpRequest) -> str:
    wanted = request.GET.get("kind", "")
    return wanted if wanted in dict(documents.FILE_KINDS) else ""


def _label(kind: str) -> str:
    return _(dict(documents.FILE_KINDS).get(kind, kind))


def _summary(rows: tuple[documents.AccuracyRow, ...]) -> dict[str, Any]:
    read = sum(r.read for r in rows)
    unasked = sum(r.unasked for r in rows)
    looked_at = sum(r.confirmed + r.corrected + r.missed for r in rows)
    confirmed = sum(r.confirmed for r in rows)
    return {
        "read": read,
        "unasked": unasked,
        "unasked_share": round(100 * unasked / read, 1) if read else None,
        "looked_at": looked_at,
        "accuracy": round(100 * confirmed / looked_at, 1) if looked_at else None,
    }
