"""提前帮忙: who may break off, what was done about it in time, and how right the forecasts were."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from yilu.journeys import queries
from yilu.web.common.access import staff_only
from yilu.web.staff.journeys import page_of
from yilu.web.staff.journeys_branches import RIGHT, chosen
from yilu.web.staff.page import access_of, show

DAYS = 180


@require_GET
@staff_only(right=RIGHT)
def ahead(request: HttpRequest) -> HttpResponse:
    """The likeliest breaks that have not happened, and what came of forecasts of the last half year."""
    access, now, told = access_of(request), timezone.now(), _told(request)
    rows = queries.likely_breaks(access, within=chosen(request).offices)
    page = {
        "rows": [(row, page_of(row.subject)) for row in rows], "told": told, "days": DAYS, "at": now,
        "learnt": [] if told.made else queries.learnt(access, now), "least": queries.LEAST_ALIKE,
    }  # fmt: skip
    return show(request, "staff/journeys/ahead.html", page, here="journeys")


@require_GET
@staff_only(right=RIGHT)
def one(request: HttpRequest, forecast_id: int) -> HttpResponse:
    """Where a work item leads: the list, at one of them."""
    return redirect(f"{reverse('staff:journeys_ahead')}#f-{forecast_id}")


@require_GET
@staff_only(right=RIGHT)
def chart(request: HttpRequest) -> JsonResponse:
    """What was foretold beside what happened, band by band."""
    calibration = _told(request).calibration
    bands = calibration.bands if calibration else ()
    return JsonResponse(
        {
            "names": [f"{band.low:.0%}–{band.high:.0%}" for band in bands],
            "series": [
                {
                    "name": _("预判中断（%）"), "tone": "info",
                    "data": [round(100 * band.foretold, 1) for band in bands],
                },
                {
                    "name": _("实际中断（%）"), "tone": "warn",
                    "data": [round(100 * band.happened, 1) for band in bands],
                },
            ],
        }
    )  # fmt: skip


def _told(request: HttpRequest) -> queries.Foretold:
    since = timezone.now() - timedelta(days=DAYS)
    return queries.foretold(access_of(request), since, within=chosen(request).offices)
