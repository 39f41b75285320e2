"""代客户准备投保: an agent prepares; health, clauses, signature and money are the customer's own."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from yilu.kernel.days import day_of
from yilu.kernel.refs import Ref
from yilu.people import queries as people
from yilu.products import queries as products
from yilu.underwriting import operations as underwriting
from yilu.underwriting import queries
from yilu.web.common import access, applying
from yilu.web.common.applying import Who
from yilu.web.counter import pages

HIDDEN = frozenset({"GROUP_MEDICAL"})


@access.agents_only
@require_safe
def applications(request: HttpRequest) -> HttpResponse:
    """The agent's customers' applications, newest first."""
    return pages.show(
        request, "applications", {"applications": queries.list_for_agent(pages.me(request))}
    )


@access.agents_only
@require_http_methods(["GET", "HEAD", "POST"])
def apply(request: HttpRequest, party_id: int) -> HttpResponse:
    """What one's customer needs and what is on offer; a tap begins, and the customer goes on."""
    me, now = pages.me(request), timezone.now()
    customer = people.see_party(me, party_id)
    if request.method == "POST":
        made = underwriting.start_application(
            holder_id=party_id, product_code=request.POST.get("product", ""), channel="AGENT",
            request_key=request.POST.get("request_key", "")[:64], actor=Ref("agent", me.agent_id),
            at=now, agent=me,
        )  # fmt: skip
        return redirect("counter:application", application_id=made)
    today = day_of(now)
    page = {
        "customer": customer,
        "needs": queries.latest_needs(party_id, today),
        "offers": [
            (offer, applying.example_price(offer, customer, today))
            for offer in products.list_offers(today)
            if not offer.is_rider and offer.kind not in HIDDEN
        ],
        "applications": queries.list_for_agent(me, party_id),
        "request_key": uuid.uuid4().hex,
    }
    return pages.show(request, "apply", page)


@access.agents_only
@require_safe
def application(request: HttpRequest, application_id: int) -> HttpResponse:
    """How it stands: what the agent may still prepare, and what waits for the customer."""
    view = queries.get_for_agent(application_id, pages.me(request))
    return pages.show(request, "application", {"application": view, **_prepared(view)})


@access.agents_only
@require_http_methods(["GET", "HEAD", "POST"])
def step(request: HttpRequest, application_id: int, code: str) -> HttpResponse:
    """One of the steps an agent may prepare; ``hand_over`` asks the customer to go on."""
    me = pages.me(request)
    view = queries.get_for_agent(application_id, me)
    if code == "hand_over" and request.method == "POST":
        underwriting.ask_customer_to_go_on(
            application_id=view.id, actor=Ref("agent", me.agent_id), at=timezone.now()
        )
        messages.success(request, gettext("已发给客户，请客户在自己的手机上继续。"))
        return redirect("counter:application", application_id=view.id)
    if code not in applying.PREPARED or not view.fills_in:
        return redirect("counter:application", application_id=view.id)
    who = Who(Ref("agent", me.agent_id), "AGENT", agent=me)
    shown = applying.step(request, who, view, code)
    if shown.done:
        return redirect("counter:application", application_id=view.id)
    page: dict[str, Any] = {
        "application": view,
        "step": code,
        "refusal": shown.refusal,
        **shown.page,
    }
    return pages.show(request, "apply_step", {**page, "accounts": None}, status=shown.status)


def _prepared(view: queries.ApplicationView) -> dict[str, Any]:
    mine = [s for s in view.steps if s.code in applying.PREPARED]
    return {
        "mine": mine,
        "theirs": [s for s in view.steps if s.code not in applying.PREPARED],
        "ready": all(s.done for s in mine),
    }
