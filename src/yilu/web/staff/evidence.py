"""存证"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from yilu.web.common.access import staff_only
from yilu.web.staff.page import show


@staff_only(right="system.operate")
def evidence(request: HttpRequest) -> HttpResponse:
    """存证"""
    return show(request, "staff/work/home.html", here="evidence")
