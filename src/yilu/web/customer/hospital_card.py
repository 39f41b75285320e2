"""客户卡: what to show when going into hospital, whom to call, and where nothing is paid first."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from yilu.direct_billing import queries
from yilu.kernel.days import day_of
from yilu.people import queries as people
from yilu.web.common import access
from yilu.web.common.qr import picture_of
from yilu.web.customer import pages

CARDS = 4
"""How many policies are shown; whoever has more is well covered by these."""


@access.customers_only
@require_safe
def card(request: HttpRequest) -> HttpResponse:
    """The customer's card for a hospital's desk: which policies pay the stay, how to be admitted, where."""
    me = pages.me(request)
    covers = queries.stay_covers(me.id, day_of(timezone.now()))[:CARDS]
    hospitals = queries.hospitals_for(me.id)
    page = {
        "name": people.get_party(me.id).masked_name,
        "covers": [(cover, picture_of(cover.desk_text)) for cover in covers],
        "near": [h for h in hospitals if h.near],
        "elsewhere": [h for h in hospitals if not h.near],
        "hotline": settings.HOTLINE,
    }  # fmt: skip
    return pages.show(request, "hospital_card", page, tab="home")
