"""代客户报案: an agent reports for a customer, who is told at once and can say no."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from yilu.claims import operations as claims
from yilu.kernel.errors import Refusal
from yilu.kernel.refs import Ref
from yilu.people import queries as people
from yilu.policies import queries as policies
from yilu.standards import queries as standards
from yilu.web.common import access
from yilu.web.common.reporting import (
    Details,
    by_likelihood,
    claimable_types,
    consent_asked,
    other_types,
    refused_beforehand,
    report_of,
)
from yilu.web.counter import pages


@access.agents_only
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, party_id: int) -> HttpResponse:
    """
    Report on behalf of one's own customer; ``?policy=`` and ``?type=`` say how far one has come.

    The consent to health data is the customer's own: without it the report is kept with its day, and
    files itself once the customer has answered on their own phone.
    """
    me = pages.me(request)
    customer = people.see_party(me, party_id)
    mine = by_likelihood(
        each for each in policies.list_for_party(party_id) if each.agent_id in me.agent_ids
    )
    chosen = next((p for p in mine if str(p.id) == request.GET.get("policy")), None)
    if request.GET.get("policy") and chosen is None:
        raise policies.PolicyNotFound
    types = claimable_types(chosen) if chosen else []
    others = other_types(chosen) if chosen else []
    kind = next((t for t in (*types, *others) if t.code == request.GET.get("type")), None)
    page: dict[str, Any] = {
        "customer": customer, "policies": mine, "policy": chosen, "types": types, "type": kind,
        "others": others,
    }  # fmt: skip
    if chosen is None or kind is None:
        return pages.show(request, "report", page)
    refusal, status = None, 200
    if request.method == "POST":
        form = Details(kind, [], request.POST, policy=chosen, by_agent=True)
        status = 200 if form.is_valid() else 422
        if form.is_valid():
            wanted = report_of(
                kind,
                form.cleaned_data,
                policy_number=chosen.number,
                claimant_id=party_id,
                channel="AGENT",
            )
            try:
                made = claims.report_or_keep(
                    report=wanted, actor=Ref("agent", me.agent_id), at=timezone.now()
                )
                if isinstance(made, claims.Kept):
                    messages.info(request, gettext("已保留报案，正等客户本人同意。"))
                    return redirect("counter:waiting_report", waiting_id=made.waiting_id)
                if made.is_new and made.state == "REVIEW":
                    messages.info(
                        request,
                        gettext(
                            "已代为报案并立案，由理赔人员核对保障后书面答复客户，现在不用备资料。"
                        ),
                    )
                else:
                    messages.success(request, gettext("已代为报案，已通知客户本人。"))
                return redirect("counter:claim", claim_id=made.claim_id)
            except Refusal as refused:
                refusal, status = refused, refused.status
    else:
        initial = {"request_key": uuid.uuid4().hex}
        form = Details(kind, [], policy=chosen, initial=initial, by_agent=True)
        refusal = refused_beforehand(kind, chosen, party_id)
        page["blocked"] = refusal is not None
    page |= {
        "form": form, "refusal": refusal, "checklist": standards.checklist(kind.code, timezone.now()),
        "asked": consent_asked(kind, chosen, party_id),
    }  # fmt: skip
    return pages.show(request, "report", page, status=status)
