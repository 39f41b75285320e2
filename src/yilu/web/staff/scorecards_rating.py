"""服务评价模拟: the regulator's rating from our own figures, what is missing, what a point would bring."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from yilu.kernel.errors import said
from yilu.scorecards import queries
from yilu.scorecards.queries import RatingView
from yilu.web.common.access import staff_only
from yilu.web.staff.page import access_of, show
from yilu.web.staff.scorecards_board import span_of
from yilu.web.staff.scorecards_words import VIEW, offices_of, shown, titles

HERE = "scorecards_rating"
SPANS = {"90": 90, "180": 180, "365": 365}


@require_GET
@staff_only(right=VIEW)
def rating(request: HttpRequest) -> HttpResponse:
    """The eight indicators with points, what is missing, and the index beside them."""
    days = SPANS.get(request.GET.get("days", ""), 365)
    found = _rated(request, days)
    label = titles()
    told = found.rating
    return show(
        request, "staff/scorecards/rating.html",
        {
            "rating": told, "days": days, "spans": sorted(SPANS.values()),
            "lines": [
                {
                    "label": said(line.indicator.label, _),
                    "group": said(queries.RATING_GROUPS[line.indicator.group][0], _),
                    "weight": line.indicator.weight, "value": shown(line.value, line.indicator.unit),
                    "zero": shown(line.indicator.zero, line.indicator.unit),
                    "full": shown(line.indicator.full, line.indicator.unit), "points": line.points,
                    "lost": line.lost, "gain": line.gain, "missing": line.value is None,
                    "kpi": label.get(found.figures[line.indicator.code].code, ""),
                    "code": found.figures[line.indicator.code].code,
                    "percent": line.indicator.unit == "PERCENT",
                }
                for line in told.lines
            ],
            "index": [(said(name, _), shown(f.value, f.unit), f.code) for name, f in found.index],
            "unnamed": queries.INDEX_UNNAMED, "groups": list(queries.RATING_GROUPS.values()),
        },
        here=HERE,
    )  # fmt: skip


@require_GET
@staff_only(right=VIEW)
def chart(request: HttpRequest, name: str) -> JsonResponse:
    """``points``: earned and lost by indicator; ``gain``: what one point for the better would add."""
    found = _rated(request, SPANS.get(request.GET.get("days", ""), 365))
    lines = [line for line in found.rating.lines if line.value is not None]
    if name == "gain":
        lines = sorted(lines, key=lambda line: line.gain or 0, reverse=True)
        series: list[dict[str, Any]] = [
            {
                "name": _("总分可增加"),
                "tone": "info",
                "data": [float(line.gain or 0) for line in lines],
            }
        ]
    elif name == "points":
        series = [
            {"name": _("得分"), "tone": "good", "stack": "a", "data": [float(x.points or 0) for x in lines]},
            {"name": _("失分"), "tone": "bad", "stack": "a", "data": [float(x.lost or 0) for x in lines]},
        ]  # fmt: skip
    else:
        raise Http404
    names = [said(line.indicator.label, _) for line in lines]
    return JsonResponse({"direction": "down", "names": names, "series": series})


def _rated(request: HttpRequest, days: int) -> RatingView:
    since, until = span_of(timezone.now(), days)
    return queries.rate(since=since, until=until, offices=offices_of(access_of(request)))
