"""质量抽检: decisions drawn for a second look, graded, answered; what they come to as a picture."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from yilu.claims import operations as claims
from yilu.claims.queries import quality as queries
from yilu.kernel.errors import Refusal
from yilu.kernel.refs import Ref
from yilu.web.common.access import staff_only
from yilu.web.staff.page import access_of, show

DAYS = 30


@require_GET
@staff_only(right="claims.view")
def listing(request: HttpRequest) -> HttpResponse:
    """What waits to be graded, what was found, and one's own results."""
    return _show(request)


@require_GET
@staff_only(right="claims.view")
def chart(request: HttpRequest) -> JsonResponse:
    """The grades by handler, or the faults by kind (``?by=faults``)."""
    access = access_of(request)
    picture = queries.picture(access, timezone.now() - timedelta(days=DAYS))
    if request.GET.get("by") == "faults":
        return JsonResponse(
            {
                "direction": "down",
                "names": [_(label) for label, _n in picture.faults],
                "series": [
                    {"name": _("差错"), "tone": "bad", "data": [n for _l, n in picture.faults]}
                ],
            }
        )
    grades = list(queries.GRADES)
    tones = ("good", "info", "warn", "bad")
    return JsonResponse(
        {
            "direction": "down",
            "names": [row[0] for row in picture.handlers],
            "series": [
                {
                    "name": _(label), "tone": tones[n], "stack": "a",
                    "data": [row[n + 1] for row in picture.handlers],
                }
                for n, (_code, label) in enumerate(grades)
            ],
        }
    )  # fmt: skip


@require_POST
@staff_only(right="claims.view")
def grade(request: HttpRequest, check_id: int) -> HttpResponse:
    """Grade a drawn decision."""
    access, given = access_of(request), request.POST
    try:
        claims.grade_check(
            check_id=check_id, grade=given.get("grade", ""), faults=given.getlist("faults"),
            finding=given.get("finding", ""), access=access, actor=Ref("staff", access.staff_id),
            at=timezone.now(),
        )  # fmt: skip
    except Refusal as refusal:
        return _show(request, refusal)
    messages.success(request, _("已评级；有差错的会发给经办人。"))
    return redirect("staff:quality")


@require_POST
@staff_only(right="claims.view")
def answer(request: HttpRequest, check_id: int) -> HttpResponse:
    """The handler's word on a finding."""
    access = access_of(request)
    try:
        claims.answer_check(
            check_id=check_id, answer=request.POST.get("answer", ""), access=access,
            actor=Ref("staff", access.staff_id), at=timezone.now(),
        )  # fmt: skip
    except Refusal as refusal:
        return _show(request, refusal)
    messages.success(request, _("已回应。"))
    return redirect("staff:quality")


def _show(request: HttpRequest, refusal: Refusal | None = None) -> HttpResponse:
    access = access_of(request)
    leads = access.may("claims.review")
    picture = queries.picture(access, timezone.now() - timedelta(days=DAYS)) if leads else None
    told = {
        "refusal": refusal,
        "leads": leads,
        "waiting": queries.checks(access, waiting=True) if leads else (),
        "graded": queries.checks(access, waiting=False) if leads else (),
        "own": queries.own_checks(access), "may_recover": access.may("quality.inspect"),
        "picture": picture,
        "share": round(100 * picture.right / picture.graded, 1) if picture and picture.graded else None,
        "grades": queries.GRADES,
        "faults": queries.FAULTS,
        "days": DAYS,
    }  # fmt: skip
    return show(
        request,
        "staff/quality.html",
        told,
        here="quality",
        status=refusal.status if refusal else 200,
    )
