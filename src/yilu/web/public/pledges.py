"""服务承诺: what we promise, the law or the pledge behind it, and what we kept of it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe


@require_safe
@cache_control(public=True, max_age=300)
def pledges(request: HttpRequest) -> HttpResponse:
    """Every obligation that customers may hold us to, with the measured actuals where there are any."""
    from yilu.obligations import queries as obligations

    rows = obligations.list_pledges(at=timezone.now())
    page = {
        "ours": [row for row in rows if row.is_pledge],
        "law": [row for row in rows if not row.is_pledge],
    }
    return render(request, "public/pledges.html", page)
