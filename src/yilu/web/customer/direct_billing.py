"""医疗直付: agree with a hospital behind its QR code, follow each visit, take the agreement back."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yilu.direct_billing import operations, queries
from yilu.kernel.errors import Refusal
from yilu.people import operations as people
from yilu.people import queries as persons
from yilu.web.common import access
from yilu.web.customer import pages

MUST = {"required": _("请勾选同意；不同意也可以先自费结算，再申请理赔。")}


class Agreement(forms.Form):
    """Three agreements, each by itself (个保法 29)."""

    health = forms.BooleanField(error_messages=MUST)
    fetch = forms.BooleanField(error_messages=MUST)
    direct = forms.BooleanField(error_messages=MUST)


@access.customers_only
@require_http_methods(["GET", "HEAD", "POST"])
def authorise(request: HttpRequest, code: str) -> HttpResponse:
    """What one agrees to with this hospital; the page behind its QR code."""
    me, now = pages.me(request), timezone.now()
    partner = queries.partner_of_code(code)
    version, points = queries.authorisation_text()
    form, refusal = Agreement(request.POST or None), None
    try:
        if request.method == "POST" and form.is_valid():
            for purpose in ("HEALTH_DATA", "MEDICAL_DATA_FETCH"):
                people.give_consent(
                    party_id=me.id, purpose=purpose, channel="APP", actor=me, at=now,
                    text_version=persons.consent_text(purpose).version,
                )  # fmt: skip
            operations.authorise(
                partner_id=partner.id,
                text_version=request.POST.get("version", ""),
                actor=me,
                at=now,
            )
            messages.success(request, gettext("已授权。请告诉窗口的工作人员，您用的是医疗直付。"))
            return redirect("customer:direct_billing")
    except Refusal as refused:
        refusal = refused
    page = {
        "partner": partner, "points": points, "version": version, "form": form, "refusal": refusal,
        "known": queries.has_authorised(me.id, partner.id),
        "texts": [persons.consent_text(p) for p in ("HEALTH_DATA", "MEDICAL_DATA_FETCH")],
    }  # fmt: skip
    status = pages.status_of(refusal, form if request.method == "POST" else None)
    return pages.show(request, "direct_authorise", page, tab="home", status=status)


@access.customers_only
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """One's visits that are settled directly, and with whom one agreed."""
    me = pages.me(request)
    page = {
        "visits": queries.visits_of_customer(me.id), "agreed": queries.list_authorisations(me.id),
    }  # fmt: skip
    return pages.show(request, "direct_billing", page, tab="claims")


@access.customers_only
@require_safe
def visit(request: HttpRequest, visit_id: int) -> HttpResponse:
    """One visit: each step, what is covered, what is left to pay."""
    view = queries.visit_for_customer(pages.me(request).id, visit_id)
    return pages.show(request, "direct_visit", {"visit": view}, tab="claims")


@access.customers_only
@require_POST
def withdraw(request: HttpRequest, authorisation_id: int) -> HttpResponse:
    """Take the agreement with a hospital back."""
    operations.withdraw(
        authorisation_id=authorisation_id, actor=pages.me(request), at=timezone.now()
    )
    messages.success(request, gettext("已撤回。这家机构不能再查询您的保单。"))
    return redirect("customer:direct_billing")
