"""识别准确率"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from yilu.web.common.access import staff_only
from yilu.web.staff.page import show


@staff_only(right="claims.view")
def accuracy(request: HttpRequest) -> HttpResponse:
    """识别准确率"""
    return show(request, "staff/work/home.html", here="accuracy")
