"""话务量: calls in and out of a year, month by month, and each hotline's share."""

from __future__ import annotations

from dataclasses import fields

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from yilu.contact import queries
from yilu.kernel.days import day_of
from yilu.web.common.access import staff_only
from yilu.web.common.numbers import whole
from yilu.web.staff.page import access_of, show


@require_GET
@staff_only(right="contact.view")
def volumes(request: HttpRequest) -> HttpResponse:
    """The year ``?year=`` asks for, this one else; ten years back."""
    access, now = access_of(request), timezone.now()
    this = day_of(now).year
    years = list(range(this, this - queries.YEARS_BACK, -1))
    asked = whole(request.GET.get("year"))
    year = asked if asked in years else this
    rows = queries.call_volumes(access, year, at=now)
    counted = [field.name for field in fields(queries.Volume) if field.name != "month"]
    page = {
        "year": year, "years": years, "rows": rows[::-1],
        "sum": {name: sum(getattr(row, name) for row in rows) for name in (*counted, "total")},
        "hotlines": queries.by_hotline(access, *queries.span_of(year)),
    }  # fmt: skip
    return show(request, "staff/contact/volumes.html", page, here="contact_board")
