"""The plan of a scene (现场草图): drawn with a finger or a mouse, or written row by row."""

from __future__ import annotations

from itertools import zip_longest

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from yilu.care import operations as care
from yilu.care import queries
from yilu.care.queries import sketches
from yilu.kernel.errors import Refusal
from yilu.web.common.access import staff_only
from yilu.web.staff.asked import acting
from yilu.web.staff.page import access_of, show

COLUMNS = ("sign", "x", "y", "turn", "note")
ROWS = 40


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(right="care.visit")
def sketch(request: HttpRequest, visit_id: int) -> HttpResponse:
    """Draw the scene of a survey; what was kept before stays."""
    found, refusal = queries.get_visit(visit_id, access_of(request)), None
    given = [request.POST.getlist(name)[:ROWS] for name in COLUMNS]
    rows = list(zip_longest(*given, fillvalue=""))
    if request.method == "POST":
        try:
            care.keep_sketch(
                visit_id=visit_id, rows=rows, words=request.POST.get("words", ""), **acting(request)
            )
        except care.VisitNotFound:
            raise
        except Refusal as problem:
            refusal = problem
        else:
            messages.success(request, _("草图已存入赔案资料。"))
            return redirect("staff:visit", visit_id)
    page = {
        "visit": found, "signs": sketches.list_signs(), "words": request.POST.get("words", ""),
        "rows": rows + [("", "", "", "0", "")] * (ROWS - len(rows)), "refusal": refusal,
        "today": timezone.localdate(),
    }  # fmt: skip
    status = refusal.status if refusal else 200
    return show(request, "staff/care/sketch.html", page, here="visits", status=status)
