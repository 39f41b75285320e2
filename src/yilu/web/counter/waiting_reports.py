"""代报后等客户同意: how an agent's own report stands that waits for the customer's word."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from yilu.claims import operations as claims
from yilu.claims import queries
from yilu.kernel.refs import Ref
from yilu.web.common import access
from yilu.web.common.errors import telling
from yilu.web.counter import pages


@access.agents_only
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, waiting_id: int) -> HttpResponse:
    """What it waits for; a post takes it back. :raises WaitingReportNotFound: another agent's."""
    me = Ref("agent", pages.me(request).agent_id)
    if request.method == "POST":
        with telling(request):
            claims.take_report_back(waiting_id=waiting_id, actor=me, at=timezone.now())
            messages.success(request, gettext("已撤回，没有转为报案，已告知客户。"))
        return redirect("counter:waiting_report", waiting_id)
    found = queries.waiting_report_for_reporter(waiting_id, me)
    return pages.show(request, "waiting_report", {"found": found})
