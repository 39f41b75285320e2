"""Claims in a list, by state; and looking something up from anywhere (赔案)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_GET

from yilu.claims import queries as claims
from yilu.claims.queries import choices
from yilu.people import queries as people
from yilu.web.common.access import staff_only
from yilu.web.staff.page import access_of, show


@require_GET
@staff_only(right="claims.view")
def listing(request: HttpRequest) -> HttpResponse:
    """Claims of one's offices, newest first, by state; a page by key, never counted."""
    state = request.GET.get("state", "")
    page = claims.list_for_staff(
        access_of(request),
        states=(state,) if state in dict(choices.STATES) else (),
        after=request.GET.get("after") or None,
    )
    return show(
        request,
        "staff/claims/list.html",
        {"rows": page.claims, "next": page.next, "state": state, "states": choices.STATES},
        here="claims",
    )


@require_GET
@staff_only()
def search(request: HttpRequest) -> HttpResponse:
    """A claim number, a policy number, a phone, an identity number or a name."""
    access = access_of(request)
    text = request.GET.get("q", "").strip()
    found: list[claims.ClaimCard] = []
    parties: list[people.PartyView] = []
    if text and access.may("claims.view"):
        found = list(claims.search(access, text))
        if len(found) == 1 and found[0].number == text.upper():
            return redirect("staff:claim", claim_id=found[0].id)
    if text and access.may("people.view"):
        parties = people.search_parties(access, text, today=timezone.localdate())
    return show(
        request,
        "staff/claims/search.html",
        {"search_text": text, "found": found, "parties": parties},
        here="claims",
    )
