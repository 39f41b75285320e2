"""How a customer's claim stands, without what is private in it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from yilu.claims import queries
from yilu.kernel.refs import Ref
from yilu.web.common import access
from yilu.web.counter import pages


@access.agents_only
@require_safe
def claim(request: HttpRequest, claim_id: int) -> HttpResponse:
    """Steps, papers still missing and the promised time. :raises ClaimNotFound: not their customer's."""
    me = pages.me(request)
    progress = queries.get_progress(claim_id, Ref("agent", me.agent_id), timezone.now())
    return pages.show(request, "claim", {"claim": progress})
