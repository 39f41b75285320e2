"""受理报案: a customer rings; find them, choose the policy, take the report, send the link."""

from __future__ import annotations

import uuid
from contextlib import suppress
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from yilu.claims import operations as claims
from yilu.contact import operations as contact
from yilu.contact import queries as conversations
from yilu.kernel.errors import Refusal
from yilu.kernel.refs import Ref
from yilu.people import queries as people
from yilu.policies import queries as policies
from yilu.standards import queries as standards
from yilu.web.common.access import staff_only
from yilu.web.common.numbers import whole
from yilu.web.common.reporting import (
    Details,
    by_likelihood,
    claimable_types,
    consent_asked,
    other_types,
    refused_beforehand,
    report_of,
)
from yilu.web.staff.page import access_of, show

CHANNEL = "PHONE"
"""By telephone or at the counter: a colleague takes the report in the customer's words."""


@staff_only(right="claims.register")
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest) -> HttpResponse:
    """
    One page in three parts; ``?q=``, ``?party=``, ``?policy=`` and ``?type=`` say how far it is.

    What the insurer knows is filled in: nobody is asked for it again (投诉办法 13).
    """
    access = access_of(request)
    asked = request.GET
    talk = whole(asked.get("conversation"))
    page: dict[str, Any] = {
        "q": asked.get("q", ""),
        "carried": f"&conversation={talk}" if talk else "",
    }
    if asked.get("q"):
        page["found"] = people.search_parties(access, asked["q"], today=timezone.localdate())
    if (party_id := whole(asked.get("party"))) is None:
        return show(request, "staff/report.html", page, here="report")
    customer = people.see_party(access, party_id)
    held = by_likelihood(policies.list_for_party(customer.id))
    chosen = next((p for p in held if str(p.id) == asked.get("policy")), None)
    types = claimable_types(chosen) if chosen else []
    others = other_types(chosen) if chosen else []
    kind = next((t for t in (*types, *others) if t.code == asked.get("type")), None)
    page |= {
        "customer": customer, "policies": held, "policy": chosen, "types": types, "others": others,
        "type": kind,
    }  # fmt: skip
    if chosen is None or kind is None:
        return show(request, "staff/report.html", page, here="report")
    return _details(request, page, chosen, kind, customer.id)


def _details(
    request: HttpRequest, page: dict[str, Any], policy: Any, kind: Any, party_id: int
) -> HttpResponse:
    access, now = access_of(request), timezone.now()
    accounts = people.list_accounts(party_id)
    refusal: Refusal | None = None
    if request.method == "POST":
        form = Details(kind, accounts, request.POST, policy=policy, by_agent=True)
        if form.is_valid():
            wanted = report_of(
                kind,
                form.cleaned_data,
                policy_number=policy.number,
                claimant_id=party_id,
                channel=CHANNEL,
            )
            try:
                made = claims.report_or_keep(
                    report=wanted, actor=Ref("staff", access.staff_id), at=now, access=access
                )
                if isinstance(made, claims.Kept):
                    messages.info(request, _("已保留报案和报案日期，已请客户本人同意。"))
                    return redirect("staff:waiting_report", waiting_id=made.waiting_id)
                if talk := whole(request.GET.get("conversation")):
                    with suppress(Refusal):  # the claim is there, whoever holds the talk now
                        contact.link(
                            conversation_id=talk, about=made.ref,
                            actor=Ref("staff", access.staff_id), at=now,
                        )  # fmt: skip
                if made.merged_from:
                    messages.info(request, _("这次出险之前已经报过案，已并入原赔案。"))
                elif made.is_new and made.state == "REVIEW":
                    messages.info(
                        request,
                        _(
                            "报案已受理立案，已转理赔人员核对保障，客户会马上收到短信，现在不用交资料。"
                        ),
                    )
                else:
                    messages.success(request, _("报案已受理，客户会马上收到短信。"))
                return redirect("staff:claim", claim_id=made.claim_id)
            except Refusal as refused:
                refusal = refused
    else:
        initial = {"request_key": uuid.uuid4().hex, **_told_before(request)}
        form = Details(kind, accounts, policy=policy, initial=initial, by_agent=True)
        refusal = refused_beforehand(kind, policy, party_id)
    page["blocked"] = request.method != "POST" and refusal is not None
    page |= {
        "form": form, "refusal": refusal, "checklist": standards.checklist(kind.code, now),
        "asked": consent_asked(kind, policy, party_id),
    }  # fmt: skip
    status = 200 if page["blocked"] else refusal.status if refusal else 422 if form.errors else 200
    return show(request, "staff/report.html", page, here="report", status=status)


def _told_before(request: HttpRequest) -> dict[str, str]:
    """What the customer already said in the conversation this comes from (``?conversation=``)."""
    talk = whole(request.GET.get("conversation"))
    if talk is None:
        return {}
    conversations.get_for_staff(talk, access_of(request))
    known = {each.name: each.value for each in conversations.known_in(talk, at=timezone.now())}
    names = ("loss_date", "claimed_amount", "cause")
    return {name: known[name] for name in names if name in known}
