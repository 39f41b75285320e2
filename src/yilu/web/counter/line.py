"""服务直通车: what concerns an agent's own customers, and nothing else; and a way to speak for them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from yilu.contact import operations, queries
from yilu.kernel.errors import NotFound, Refusal
from yilu.kernel.refs import Ref
from yilu.people import queries as people
from yilu.web.common import access
from yilu.web.common.numbers import whole
from yilu.web.counter import pages


@access.agents_only
@require_http_methods(["GET", "HEAD", "POST"])
def line(request: HttpRequest) -> HttpResponse:
    """Open cases and follow-ups of one's customers; say what was found out, or raise a new one."""
    me, now, refusal = pages.me(request), timezone.now(), None
    if request.method == "POST":
        try:
            _act(request, me)
            return redirect("counter:line")
        except NotFound:
            raise
        except Refusal as refused:
            refusal = refused
    customers = people.list_parties_of_agent(me)
    called = {party.id: party.masked_name for party in customers}
    page: dict[str, Any] = {
        "cases": [(case, called.get(case.party_id or 0, "")) for case in queries.problems_of_agent(me)],
        "visits": [(v, called.get(v.party_id, "")) for v in queries.follow_ups_of_agent(me, at=now)],
        "contacts": [(c, called.get(c.party_id or 0, "")) for c in queries.contacts_of_agent(me)],
        "customers": customers, "refusal": refusal, "given": request.POST,
    }  # fmt: skip
    return pages.show(request, "line", page, status=refusal.status if refusal else 200)


def _act(request: HttpRequest, me: people.AgentAccess) -> None:
    told: dict[str, Any] = {"agent": me, "actor": Ref("agent", me.agent_id), "at": timezone.now()}
    words = request.POST.get("words", "")
    if case := whole(request.POST.get("case")):
        operations.report_step(problem_id=case, note=words, **told)
        messages.success(request, _("已记录，承办同事马上能看到。"))
        return
    operations.raise_problem(party_id=whole(request.POST.get("party")) or 0, what=words, **told)
    messages.success(request, _("已转客服，三个工作日内答复客户，并在这里告诉您。"))
