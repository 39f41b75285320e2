"""文书"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from yilu.web.common.access import staff_only
from yilu.web.staff.page import show


@staff_only(right="claims.view")
def letter(request: HttpRequest, letter_id: int) -> HttpResponse:
    """文书"""
    return show(request, "staff/work/home.html", here="claims")
