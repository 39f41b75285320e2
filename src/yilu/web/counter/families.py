"""代客户准备家庭投保单: an agent gathers the family and prepares plans; the rest is the customer's own."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yilu.kernel.refs import Ref
from yilu.underwriting import operations as underwriting
from yilu.underwriting import queries
from yilu.web.common import access, applying_family
from yilu.web.common.applying import Who
from yilu.web.counter import pages


@access.agents_only
@require_safe
def family(request: HttpRequest, family_id: int) -> HttpResponse:
    """Everybody in it: what the agent may still prepare, and what waits for the customer."""
    view = queries.get_family_for_agent(family_id, pages.me(request))
    return pages.show(request, "family", {"family": view})


@access.agents_only
@require_POST
def start(request: HttpRequest, application_id: int) -> HttpResponse:
    """Prepare more of the family together with this one."""
    view = queries.get_for_agent(application_id, pages.me(request))
    made = applying_family.start(_who(request), view.id)
    return redirect("counter:family", family_id=made)


@access.agents_only
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, family_id: int) -> HttpResponse:
    """One more of the customer's family."""
    view = queries.get_family_for_agent(family_id, pages.me(request))
    shown = applying_family.add(request, _who(request), view)
    if shown.done:
        return redirect("counter:family", family_id=view.id)
    page = {"family": view, "refusal": shown.refusal, **shown.page}
    return pages.show(request, "family_add", page, status=shown.status)


@access.agents_only
@require_POST
def hand_over(request: HttpRequest, family_id: int) -> HttpResponse:
    """Ask the customer to go on upon their own phone."""
    me = pages.me(request)
    view = queries.get_family_for_agent(family_id, me)
    underwriting.ask_customer_to_finish(
        family_id=view.id, actor=Ref("agent", me.agent_id), at=timezone.now()
    )
    messages.success(request, gettext("已发给客户，请客户在自己的手机上继续。"))
    return redirect("counter:family", family_id=view.id)


def _who(request: HttpRequest) -> Who:
    me = pages.me(request)
    return Who(Ref("agent", me.agent_id), "AGENT", agent=me)
