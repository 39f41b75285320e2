"""周复盘: what an office looks back on each week, what was said of it, who does what until when."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from yilu.journeys import operations, queries
from yilu.kernel.errors import NotFound, Refusal
from yilu.people import queries as people
from yilu.web.common.access import staff_only
from yilu.web.common.numbers import whole
from yilu.web.staff.asked import acting, day_of, number_in
from yilu.web.staff.links import links_to
from yilu.web.staff.page import access_of, show

HERE = "journey_reviews"
PAGE = 50


@require_GET
@staff_only(right="journeys.view")
def reviews(request: HttpRequest) -> HttpResponse:
    """The reviews of the offices one may see, and every decision that is not done."""
    access = access_of(request)
    rows = queries.list_reviews(access, before=whole(request.GET.get("before")))
    page = {
        "rows": rows[:PAGE], "following": rows[PAGE - 1].id if len(rows) > PAGE else None,
        "decisions": queries.list_open_decisions(access, timezone.now()),
    }  # fmt: skip
    return show(request, "staff/journeys/reviews.html", page, here=HERE)


@require_GET
@staff_only(right="journeys.view")
def review(request: HttpRequest, review_id: int) -> HttpResponse:
    """One review: its points, decisions and minutes."""
    return _review(request, review_id)


@require_GET
@staff_only(right="journeys.view")
def decision(request: HttpRequest, decision_id: int) -> HttpResponse:
    """A decision is read where it was made."""
    found = queries.review_of_decision(decision_id, access_of(request))
    return redirect("staff:journey_review", found)


@require_GET
@staff_only(right="journeys.view")
def minutes(request: HttpRequest, review_id: int) -> HttpResponse:
    """The minutes of a held review as a file."""
    name = f"review-{review_id}.pdf"
    return HttpResponse(
        queries.minutes_of(review_id, access_of(request)), content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )  # fmt: skip


def _review(request: HttpRequest, review_id: int, refusal: Refusal | None = None) -> HttpResponse:
    access = access_of(request)
    seen = queries.get_review(review_id, access, timezone.now())
    subjects = {ref for point in seen.points for ref in (*point.longest, point.subject) if ref}
    office = seen.row.office_id
    page = {
        "seen": seen, "row": seen.row, "refusal": refusal, "given": request.POST,
        "manages": access.may("journeys.manage", office_id=office), "me": access.staff_id,
        "links": links_to(subjects, access), "drawn": seen.row.state == "DRAWN",
        "owners": people.list_colleagues(office, "journeys.manage"),
        "colleagues": people.list_colleagues(office, "journeys.view"),
        "there": {whole(each) for each in request.POST.getlist("present")} or {access.staff_id},
    }  # fmt: skip
    status = refusal.status if refusal else 200
    return show(request, "staff/journeys/review.html", page, here=HERE, status=status)


def _note(request: HttpRequest, review_id: int, told: dict[str, Any]) -> str:
    operations.note_point(
        review_id=review_id, point_id=number_in(request, "point"),
        text=request.POST.get("text", ""), **told,
    )  # fmt: skip
    return _("已记下讨论情况。")


def _decide(request: HttpRequest, review_id: int, told: dict[str, Any]) -> str:
    operations.decide_point(
        review_id=review_id, point_id=number_in(request, "point"),
        text=request.POST.get("text", ""), owner_id=number_in(request, "owner", 0),
        due_on=day_of(request.POST.get("due_on", "")), **told,
    )  # fmt: skip
    return _("决定已记录，责任人会在“我的工作”里看到。")


def _hold(request: HttpRequest, review_id: int, told: dict[str, Any]) -> str:
    operations.hold_review(
        review_id=review_id, minutes=request.POST.get("minutes", ""),
        present=[n for n in map(whole, request.POST.getlist("present")) if n is not None], **told,
    )  # fmt: skip
    return _("复盘已完成，没办完的决定会自动转入下一次。")


def _done(request: HttpRequest, _review_id: int, told: dict[str, Any]) -> str:
    operations.finish_decision(
        decision_id=number_in(request, "decision"), outcome=request.POST.get("text", ""), **told
    )
    return _("已登记完成。")


def _drop(request: HttpRequest, _review_id: int, told: dict[str, Any]) -> str:
    operations.drop_decision(
        decision_id=number_in(request, "decision"), reason=request.POST.get("text", ""), **told
    )
    return _("已登记不再办理。")


ACTS: dict[str, Callable[[HttpRequest, int, dict[str, Any]], str]] = {
    "note": _note, "decide": _decide, "hold": _hold, "done": _done, "drop": _drop,
}  # fmt: skip


@require_POST
@staff_only(right="journeys.manage")
def act(request: HttpRequest, review_id: int, name: str) -> HttpResponse:
    """note, decide, hold, done, drop."""
    if name not in ACTS:
        raise Http404
    try:
        said = ACTS[name](request, review_id, acting(request))
    except NotFound:
        raise
    except Refusal as refused:
        return _review(request, review_id, refused)
    messages.success(request, said)
    return redirect("staff:journey_review", review_id)
