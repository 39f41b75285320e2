"""应付未付: agreed money that is not there yet, what keeps each sum back, whose turn it is."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from yilu.claims.queries import unpaid
from yilu.web.common.access import staff_only
from yilu.web.common.numbers import whole
from yilu.web.staff.page import access_of, show

TONES = {unpaid.OURS: "bad", unpaid.BANK: "info", unpaid.PAYEE: "warn"}


@require_GET
@staff_only(right="claims.view")
def listing(request: HttpRequest) -> HttpResponse:
    """Of one's offices, the longest known first."""
    rows, following = unpaid.kept_back(
        access_of(request), timezone.now(), after=whole(request.GET.get("after")) or 0
    )
    page = {
        "rows": [
            (each, [(unpaid.TURNS[turn], TONES[turn], words) for _code, turn, words in each.causes])
            for each in rows
        ],
        "next": following,
    }  # fmt: skip
    return show(request, "staff/payments/kept_back.html", page, here="kept_back")
