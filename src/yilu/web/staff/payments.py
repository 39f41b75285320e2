"""付款"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from yilu.web.common.access import staff_only
from yilu.web.staff.page import show


@staff_only(right="claims.pay")
def listing(request: HttpRequest) -> HttpResponse:
    """付款"""
    return show(request, "staff/work/home.html", here="payments")


@staff_only(right="claims.pay")
def payout(request: HttpRequest, payout_id: int) -> HttpResponse:
    """One payout."""
    return show(request, "staff/work/home.html", here="payments")
