"""服务明星: who was named, by whom and why; the committee's page with candidates and those excluded."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from yilu.kernel.days import day_of
from yilu.kernel.errors import NotFound, Refusal, said
from yilu.kernel.refs import Ref
from yilu.scorecards import operations, queries
from yilu.scorecards.queries import BoardView
from yilu.web.common.access import staff_only
from yilu.web.staff.asked import actor_of, names, number_in
from yilu.web.staff.page import access_of, show
from yilu.web.staff.scorecards_words import MANAGE, office_names

HERE = "scorecards_stars"
LEAST = {"WEEK": 3, "MONTH": 10, "YEAR": 100}


@require_GET
@staff_only()
def stars(request: HttpRequest) -> HttpResponse:
    """The boards that were published, the latest first; for everybody."""
    return _stars(request)


def _stars(request: HttpRequest, refusal: Refusal | None = None) -> HttpResponse:
    access, now = access_of(request), timezone.now()
    boards = queries.published_boards()
    newest = boards[0] if boards else None
    today = day_of(now)
    spans = [queries.period_of(unit, today).before for unit in ("WEEK", "MONTH", "YEAR")]
    offices = office_names()
    return show(
        request, "staff/scorecards/stars.html",
        {
            "newest": newest, "history": boards[1:], "names": _names(boards), "offices": offices,
            "open": queries.open_boards(access), "may_manage": access.may(MANAGE), "refusal": refusal,
            "spans": [(span, LEAST[span.unit]) for span in spans],
            "mine": {n: offices[n] for n in sorted(access.offices_for(MANAGE)) if n in offices},
        },
        here=HERE, status=refusal.status if refusal else 200,
    )  # fmt: skip


@require_POST
@staff_only(right=MANAGE)
def begin(request: HttpRequest) -> HttpResponse:
    """Look for the stars of a span that is over."""
    try:
        made = operations.open_stars(
            period=request.POST.get("period", ""), office_id=number_in(request, "office"),
            least_volume=number_in(request, "least", 0), access=access_of(request),
            actor=actor_of(request), at=timezone.now(),
        )  # fmt: skip
    except Refusal as refused:
        return _stars(request, refused)
    return redirect("staff:score_star_board", made)


@require_GET
@staff_only(right=MANAGE)
def board(request: HttpRequest, board_id: int) -> HttpResponse:
    """Candidates in their order, those who cannot be named and why, and who is named so far."""
    return _board(request, board_id)


def _board(request: HttpRequest, board_id: int, refusal: Refusal | None = None) -> HttpResponse:
    access = access_of(request)
    found, candidates = queries.get_board(board_id, access)
    known = names(*(Ref("staff", c.standing.staff_id) for c in candidates))
    told = {ref.id: name for ref, name in known.items()} | _names([found])
    return show(
        request, "staff/scorecards/star_board.html",
        {
            "board": found, "named": {star.staff_id: star for star in found.stars}, "names": told,
            "able": [c for c in candidates if c.place is not None],
            "out": [(c, [said(why, _) for why in c.why_not]) for c in candidates if c.place is None],
            "offices": office_names(), "me": access.staff_id, "refusal": refusal,
        },
        here=HERE, status=refusal.status if refusal else 200,
    )  # fmt: skip


@require_POST
@staff_only(right=MANAGE)
def act(request: HttpRequest, board_id: int, name: str) -> HttpResponse:
    """Name somebody, take a name back, or publish."""
    told: dict[str, Any] = {
        "board_id": board_id, "access": access_of(request), "actor": actor_of(request),
        "at": timezone.now(),
    }  # fmt: skip
    try:
        if name == "name":
            reason = request.POST.get("reason", "")
            operations.name_star(staff_id=number_in(request, "staff"), reason=reason, **told)
            messages.success(request, _("已提名。"))
        elif name == "withdraw":
            operations.withdraw_star(staff_id=number_in(request, "staff"), **told)
            messages.success(request, _("提名已撤回。"))
        elif name == "publish":
            operations.publish_stars(**told)
            messages.success(request, _("已公布，全员可见。"))
            return redirect("staff:score_stars")
        else:
            raise Http404
    except NotFound:
        raise
    except Refusal as refused:
        return _board(request, board_id, refused)
    return redirect("staff:score_star_board", board_id)


def _names(boards: list[BoardView]) -> dict[int, str]:
    found = names(*(Ref("staff", star.staff_id) for board in boards for star in board.stars))
    return {ref.id: name for ref, name in found.items()}
