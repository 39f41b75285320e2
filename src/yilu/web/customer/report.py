"""我要报案: which policy, what happened, the details. Three small pages; only the last one writes."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from yilu.claims import operations as claims
from yilu.kernel.errors import Refusal
from yilu.kernel.refs import Ref
from yilu.people import operations as people_operations
from yilu.people import queries as people
from yilu.policies import queries as policies
from yilu.risk import operations as risk
from yilu.standards import queries as standards
from yilu.web.common import access, arriving
from yilu.web.common.device import device_of, keep
from yilu.web.common.reporting import (
    Details,
    Type,
    by_likelihood,
    claimable_types,
    other_types,
    refused_beforehand,
    report_of,
)
from yilu.web.customer import going_on, pages

T = TypeVar("T")


@access.customers_only
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest) -> HttpResponse:
    """
    Report a loss. ``?policy=`` and ``?type=`` say how far one has come.

    The policy's own page links straight to the second page; going back never loses anything.
    """
    arriving.note(request)
    me = pages.me(request)
    mine = by_likelihood(policies.list_for_party(me.id))
    chosen = next((p for p in mine if str(p.id) == request.GET.get("policy")), None)
    if request.GET.get("policy") and chosen is None:
        raise policies.PolicyNotFound
    if chosen is None and not request.GET.get("choose"):
        likely = [each for each in mine if each.can_claim]
        chosen = likely[0] if len(likely) == 1 else None
    if chosen is None:
        return pages.show(request, "report_policy", {"policies": mine}, tab="home")
    types, others = claimable_types(chosen), other_types(chosen)
    kind = next((t for t in (*types, *others) if t.code == request.GET.get("type")), None)
    if kind is None:
        page = {"policy": chosen, "types": types, "others": others}
        return pages.show(request, "report_type", page, tab="home")
    return _details(request, me, chosen, kind)


def _details(request: HttpRequest, me: Ref, policy: Any, kind: Type) -> HttpResponse:
    accounts = people.list_accounts(me.id)
    refusal: Refusal | None = None
    if request.method == "POST":
        form = Details(kind, accounts, request.POST, policy=policy)
        if form.is_valid():
            try:
                return _report(request, me, policy, kind, form.cleaned_data)
            except Refusal as refused:
                refusal = refused
                going_on.failed(
                    request, refused, journey="claim", kind=kind.code, policy_id=policy.id
                )
    else:
        form = Details(kind, accounts, policy=policy, initial={"request_key": uuid.uuid4().hex})
        refusal = refused_beforehand(kind, policy, me.id)
    page = {
        "policy": policy,
        "type": kind,
        "form": form,
        "refusal": refusal,
        "checklist": standards.checklist(kind.code, timezone.now()),
        "blocked": request.method != "POST" and refusal is not None,
        **going_on.frame(request, watch=refusal is not None),
    }
    status = pages.status_of(refusal, form) if request.method == "POST" else 200
    return pages.show(request, "report_details", page, tab="home", status=status)


def _report(
    request: HttpRequest, me: Ref, policy: Any, kind: Type, given: dict[str, Any]
) -> HttpResponse:
    now = timezone.now()
    wanted = report_of(
        kind, given, policy_number=policy.number, claimant_id=me.id, channel="APP",
        came_by=arriving.came_by(request),
    )  # fmt: skip
    made = with_consent(me, now, lambda: claims.report_or_keep(report=wanted, actor=me, at=now))
    if isinstance(made, claims.Kept):
        messages.info(request, gettext("已保留报案和报案日期，正等被保险人本人同意。"))
        return redirect("customer:waiting_report", waiting_id=made.waiting_id)
    device, token = device_of(request)
    risk.note_device(
        about=Ref("claim", made.claim_id), party_id=policy.insured_id, device=device, at=now
    )
    if made.merged_from:
        messages.info(request, gettext("这次出险之前已经报过案，已为您合并到同一个案子里。"))
    elif made.is_new and made.state == "REVIEW":
        messages.info(
            request, gettext("报案已受理立案，由理赔人员核对保障后书面答复您，现在不用交资料。")
        )
    elif made.is_new:
        messages.success(request, gettext("报案成功。下一步：把资料拍照或上传。"))
    page = "customer:claim" if made.state == "REVIEW" else "customer:documents"
    response = redirect(page, claim_id=made.claim_id)
    keep(response, token)
    return response


def with_consent(me: Ref, now: datetime, claim: Callable[[], T]) -> T:
    """
    Claim; where only one's own consent was missing, keep the one just ticked, by itself, and claim again.

    So a report refused for another reason leaves nothing behind, the consent included.
    """
    try:
        return claim()
    except claims.ConsentMissing as missing:
        if missing.of != me.id:
            raise
        people_operations.give_consent(
            party_id=me.id,
            purpose="HEALTH_DATA",
            text_version=people.consent_text("HEALTH_DATA").version,
            channel="APP",
            actor=me,
            at=now,
        )
    return claim()
