"""我的客户: an agent's own, and nobody else's."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from yilu.claims import queries as claims
from yilu.insight.queries import person360
from yilu.kernel.refs import Ref
from yilu.people import queries as people
from yilu.web.common import access
from yilu.web.common.numbers import whole
from yilu.web.counter import pages

PAGE = 30


@access.agents_only
@require_safe
def customers(request: HttpRequest) -> HttpResponse:
    """The agent's customers, or those found by phone, identity number or beginning of the name."""
    me = pages.me(request)
    text = request.GET.get("q", "").strip()
    following = None
    if text:
        found = people.search_parties(me, text, today=timezone.localdate())
    else:
        found = people.list_parties_of_agent(
            me, limit=PAGE + 1, after=whole(request.GET.get("after")) or 0
        )
        following = found[PAGE - 1].id if len(found) > PAGE else None
    page = {"customers": found[:PAGE], "following": following, "text": text}
    return pages.show(request, "customers", page)


@access.agents_only
@require_safe
def customer(request: HttpRequest, party_id: int) -> HttpResponse:
    """
    One customer: what they hold, what is under way, what could be said to them.

    :raises PartyNotFound: for anybody else's customer.
    """
    seen = person360.person_for_agent(pages.me(request), party_id, timezone.now())
    page = {
        "customer": seen.party, "seen": seen,
        "waiting": claims.waiting_reports_by(Ref("agent", pages.me(request).agent_id), party_id),
    }  # fmt: skip
    return pages.show(request, "customer", page)
