"""资料清单"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from yilu.web.common.access import staff_only
from yilu.web.staff.page import show


@staff_only(right="standards.edit")
def listing(request: HttpRequest) -> HttpResponse:
    """资料清单"""
    return show(request, "staff/work/home.html", here="checklists")
