"""The standard's checklists beside a claim: small, ticked as it is done."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from yilu.claims import queries as claims
from yilu.kernel.days import day_of
from yilu.kernel.refs import Ref
from yilu.quality import operations
from yilu.quality.queries import audits as queries
from yilu.web.common.access import staff_only
from yilu.web.staff.asked import actor_of, number_in
from yilu.web.staff.page import access_of


@require_GET
@staff_only(right="claims.view")
def checklists(request: HttpRequest, claim_id: int) -> HttpResponse:
    """The part of the desk; nothing where no standard counts."""
    return _part(request, claim_id)


@require_POST
@staff_only(right="claims.view")
def tick(request: HttpRequest, claim_id: int) -> HttpResponse:
    """Tick one line, or take the tick back; the part again."""
    claims.get_for_staff(claim_id, access_of(request))
    operations.tick_line(
        claim_id=claim_id, version_id=number_in(request, "version"),
        position=number_in(request, "position"), kept=request.POST.get("kept") == "yes",
        access=access_of(request), actor=actor_of(request), at=timezone.now(),
    )  # fmt: skip
    return _part(request, claim_id, opened=number_in(request, "version"))


def _part(request: HttpRequest, claim_id: int, opened: int = 0) -> HttpResponse:
    card = claims.get_for_staff(claim_id, access_of(request))
    page = {
        "claim_id": card.id, "opened": opened,
        "lists": queries.checklists_beside(
            Ref("claim", card.id), office_id=card.office_id, on=day_of(timezone.now())
        ),
    }  # fmt: skip
    return render(request, "staff/inspections/beside.html", page)
