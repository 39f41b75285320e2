"""时限承诺"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from yilu.web.common.access import staff_only
from yilu.web.staff.page import show


@staff_only()
def listing(request: HttpRequest) -> HttpResponse:
    """时限承诺"""
    return show(request, "staff/work/home.html", here="obligations")
