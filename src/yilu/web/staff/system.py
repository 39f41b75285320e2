"""系统运行"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from yilu.web.common.access import staff_only
from yilu.web.staff.page import show


@staff_only(right="system.operate")
def system(request: HttpRequest) -> HttpResponse:
    """系统运行"""
    return show(request, "staff/work/home.html", here="system")
