"""续期: which premiums of an agent's customers fall due. The agent reminds and never takes money (令2023-2 32)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from yilu.kernel import masks
from yilu.kernel.days import day_of
from yilu.renewals import queries
from yilu.web.common import access
from yilu.web.counter import pages


@access.agents_only
@require_safe
def renewals(request: HttpRequest) -> HttpResponse:
    """The open premiums of one's own customers and what is suspended, soonest first."""
    me, day = pages.me(request), day_of(timezone.now())
    dues = queries.list_dues_for_agent(me.agent_id, day)
    suspended = queries.list_suspensions_for_agent(me.agent_id, day)
    page = {
        "open": [{"due": due, "name": masks.mask_name(due.holder_name)} for due in dues],
        "suspended": [{"one": one, "name": masks.mask_name(one.holder_name)} for one in suspended],
    }
    return pages.show(request, "renewals", page)
