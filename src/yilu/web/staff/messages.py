"""通知"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from yilu.web.common.access import staff_only
from yilu.web.staff.page import show


@staff_only(right="claims.view")
def listing(request: HttpRequest) -> HttpResponse:
    """通知"""
    return show(request, "staff/work/home.html", here="messages")
