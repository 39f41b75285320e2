"""保全管家代办: the agent fills in and explains; the customer confirms on their own device."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yilu.kernel.days import day_of
from yilu.kernel.errors import Refusal
from yilu.kernel.refs import Ref
from yilu.people import queries as people
from yilu.policies import queries as policies
from yilu.servicing import operations as servicing
from yilu.servicing import queries
from yilu.web.common import access
from yilu.web.common.asking import begin
from yilu.web.common.numbers import whole
from yilu.web.counter import pages


@access.agents_only
@require_safe
def hall(request: HttpRequest, party_id: int) -> HttpResponse:
    """What an agent may prepare for a customer of theirs: policy by policy, and for the person."""
    me = pages.me(request)
    customer = people.see_party(me, party_id)
    rows = [r for r in policies.list_for_party(party_id) if {"HOLDER", "INSURED"} & set(r.roles)]
    page = {
        "customer": customer,
        "shelves": queries.shelves_of(rows, queries.AGENT, day_of(timezone.now())), "own": queries.kinds_of_customer(queries.AGENT),
        "requests": [r for r in queries.list_for_agent(me) if r.party_id == party_id],
    }  # fmt: skip
    return pages.show(request, "servicing_hall", page)


@access.agents_only
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, party_id: int, kind: str) -> HttpResponse:
    """Fill in a request for a customer; nothing is confirmed here and no money passes by the agent."""
    me, now = pages.me(request), timezone.now()
    customer = people.see_party(me, party_id)
    begun = begin(
        request, kind, party_id=party_id, policy_id=whole(request.GET.get("policy")),
        door=queries.AGENT, by=me, actor=Ref("agent", me.agent_id), at=now,
        kept=lambda id: queries.get_for_agent(id, me, now),
    )  # fmt: skip
    if begun.request_id is not None:
        return redirect("counter:service_request", begun.request_id)
    page = {
        "customer": customer, "asked": begun.asked, "form": begun.form, "refusal": begun.refusal,
    }  # fmt: skip
    return pages.show(request, "servicing_ask", page, status=begun.status)


@access.agents_only
@require_safe
def request_page(request: HttpRequest, request_id: int) -> HttpResponse:
    """What it costs or pays, to explain it; afterwards how far it is."""
    return _show(request, request_id)


@access.agents_only
@require_POST
def prepare(request: HttpRequest, request_id: int) -> HttpResponse:
    """Hand it to the customer, who confirms on their own device."""
    me = pages.me(request)
    try:
        servicing.prepare_request(
            request_id=request_id, by=me, actor=Ref("agent", me.agent_id), at=timezone.now()
        )
    except servicing.RequestNotFound:
        raise
    except Refusal as refused:
        return _show(request, request_id, refused)
    messages.success(request, gettext("已通知客户，请客户用本人手机确认。"))
    return redirect("counter:service_request", request_id)


def _show(request: HttpRequest, request_id: int, refusal: Refusal | None = None) -> HttpResponse:
    me, now = pages.me(request), timezone.now()
    found, quoted = queries.get_for_agent(request_id, me, now), None
    if found.editable:
        try:
            quoted = servicing.quote_request(
                request_id=request_id, by=me, actor=Ref("agent", me.agent_id), at=now
            )
        except Refusal as refused:
            refusal = refusal or refused
    page = {
        "request_": found, "quoted": quoted, "refusal": refusal, "steps": queries.STEPS,
        "customer": people.see_party(me, found.party_id),
    }  # fmt: skip
    return pages.show(request, "servicing_request", page, status=refusal.status if refusal else 200)
