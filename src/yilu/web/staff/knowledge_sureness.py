"""应答把握: what the limit of the first line does to right answers and to answers given."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from yilu.knowledge import queries
from yilu.web.common.access import staff_only
from yilu.web.staff.page import show

EVERY = 4
"""The table beside the picture shows every fourth point."""


@require_GET
@staff_only(right="knowledge.view")
def page(request: HttpRequest) -> HttpResponse:
    """The limits in use, what they were declared to keep, and what any other would do."""
    model = queries.sureness()
    told = {
        "model": model, "least_sure": round(100 * model.least_sure),
        "least_offered": round(100 * model.least_offered),
        "points": [
            (point.limit, _cent(point.precision), _cent(point.coverage))
            for point in model.curve[::EVERY]
        ],
    }  # fmt: skip
    return show(request, "staff/knowledge/sureness.html", told, here="knowledge")


@require_GET
@staff_only(right="knowledge.view")
def curve(request: HttpRequest) -> JsonResponse:
    """Precision, what was declared, and coverage, in per cent over the limit."""
    model = queries.sureness()
    points = model.curve
    declared = [round(100 * model.least_sure)] * len(points)
    return JsonResponse(
        {
            "kind": "line", "max": 100, "names": [f"{p.limit:.2f}" for p in points],
            "series": [
                {"name": _("答对的比例（%）"), "tone": "good", "data": [_cent(p.precision) for p in points]},
                {"name": _("承诺的最低比例（%）"), "tone": "bad", "data": declared},
                {"name": _("直接回答的比例（%）"), "tone": "info", "data": [_cent(p.coverage) for p in points]},
            ],
        }
    )  # fmt: skip


def _cent(share: float) -> float:
    return round(100 * share, 1)
