"""时效与工作量"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from yilu.web.common.access import staff_only
from yilu.web.staff.page import show


@staff_only(right="claims.view")
def board(request: HttpRequest) -> HttpResponse:
    """时效与工作量"""
    return show(request, "staff/work/home.html", here="board")
