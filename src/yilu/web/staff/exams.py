"""上岗考试: the exams there are, one's sheet while it runs and after, everybody's results."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from yilu.kernel.errors import NotFound, Refusal
from yilu.kernel.refs import Ref
from yilu.quality import operations, queries
from yilu.web.common.access import staff_only
from yilu.web.common.numbers import whole
from yilu.web.staff.asked import actor_of, names, number_in
from yilu.web.staff.page import access_of, show

HERE = "service_exams"
FIELD = "q."


@require_http_methods(["GET", "HEAD"])
@staff_only()
def listing(request: HttpRequest) -> HttpResponse:
    """Exams with my own sheets; every member of staff may take them."""
    return _listing(request, None)


def _listing(request: HttpRequest, refusal: Refusal | None) -> HttpResponse:
    access, now = access_of(request), timezone.now()
    found = queries.results(access, at=now) if access.may("quality.view") else []
    who = names(*{Ref("staff", sheet.staff_id) for sheet in found})
    page = {
        "rows": queries.exams_for(access.staff_id, at=now), "results": found, "refusal": refusal,
        "who": {ref.id: name for ref, name in who.items()}, "given": request.POST,
        "may_manage": access.may("quality.manage"), "now": now,
    }  # fmt: skip
    return show(
        request, "staff/service_quality/exams.html", page, here=HERE,
        status=refusal.status if refusal else 200,
    )  # fmt: skip


@require_POST
@staff_only(right="quality.manage")
def publish(request: HttpRequest) -> HttpResponse:
    """Publish an exam that opens now."""
    now = timezone.now()
    try:
        operations.publish_exam(
            title=request.POST.get("title", ""), minutes=number_in(request, "minutes"),
            knowledge=number_in(request, "knowledge"), skill=number_in(request, "skill"),
            pass_mark=number_in(request, "pass_mark"), attempts=number_in(request, "attempts"),
            wait_days=number_in(request, "wait_days"), opens_at=now,
            closes_at=now + timedelta(days=min(number_in(request, "days"), 365)),
            access=access_of(request), actor=actor_of(request), at=now,
        )  # fmt: skip
    except Refusal as refused:
        return _listing(request, refused)
    messages.success(request, _("考试已发布。"))
    return redirect("staff:service_exams")


@require_POST
@staff_only()
def start(request: HttpRequest, exam_id: int) -> HttpResponse:
    """Begin, or go on with the sheet that is begun."""
    try:
        sheet_id = operations.start_exam(
            exam_id=exam_id, staff_id=access_of(request).staff_id, actor=actor_of(request),
            at=timezone.now(),
        )  # fmt: skip
    except NotFound:
        raise
    except Refusal as refused:
        return _listing(request, refused)
    return redirect("staff:service_sheet", sheet_id)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only()
def sheet(request: HttpRequest, sheet_id: int) -> HttpResponse:
    """My sheet: the questions while it runs, the marks and right answers after; POST hands it in."""
    staff_id, now = access_of(request).staff_id, timezone.now()
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            operations.hand_in(
                sheet_id=sheet_id, answers=_answers(request), staff_id=staff_id,
                actor=actor_of(request), at=now,
            )  # fmt: skip
            return redirect("staff:service_sheet", sheet_id)
        except NotFound:
            raise
        except Refusal as refused:
            refusal = refused
    seen = queries.sheet_of(sheet_id, staff_id, at=now)
    page: dict[str, Any] = {"sheet": seen, "refusal": refusal, "now": now}
    if seen.ended_at and not seen.passed:
        exams = queries.exams_for(staff_id, at=now)
        page["again"] = next((each for each in exams if each.id == seen.exam_id), None)
    return show(
        request, "staff/service_quality/sheet.html", page, here=HERE,
        status=refusal.status if refusal else 200,
    )  # fmt: skip


@require_POST
@staff_only()
def save(request: HttpRequest, sheet_id: int) -> HttpResponse:
    """Keep what is chosen so far, as it is chosen."""
    operations.save_answers(
        sheet_id=sheet_id, answers=_answers(request), staff_id=access_of(request).staff_id,
        at=timezone.now(),
    )  # fmt: skip
    return HttpResponse(status=204)


def _answers(request: HttpRequest) -> dict[str, int]:
    """What is chosen, by question; what is no number reads as an option there is not."""
    return {
        name.removeprefix(FIELD): -1 if (chosen := whole(str(value))) is None else chosen
        for name, value in request.POST.items()
        if name.startswith(FIELD)
    }
