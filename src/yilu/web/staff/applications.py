"""柜面投保: a colleague helps a customer at the counter through the same steps; every application."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yilu.contact import queries as contact
from yilu.kernel.days import day_of
from yilu.kernel.errors import Refusal
from yilu.kernel.refs import Ref
from yilu.people import queries as people
from yilu.products import queries as products
from yilu.underwriting import operations as underwriting
from yilu.underwriting import queries
from yilu.web.common import applying, applying_family
from yilu.web.common.access import staff_only
from yilu.web.common.applying import Who
from yilu.web.common.errors import tell_refused
from yilu.web.common.numbers import whole
from yilu.web.staff.page import access_of, show

HERE = "applications"
PAGE = 50
HIDDEN = frozenset({"GROUP_MEDICAL"})


@staff_only(right="underwriting.view")
@require_GET
def applications(request: HttpRequest) -> HttpResponse:
    """Every application of one's offices, newest first, by state."""
    state = request.GET.get("state", "")
    rows = queries.list_for_staff(
        access_of(request), state=state if state in queries.STATE_LABELS else "",
        before=whole(request.GET.get("before")),
    )  # fmt: skip
    page = {
        "applications": rows, "state": state, "states": queries.STATE_LABELS.items(),
        "following": rows[-1].id if len(rows) == PAGE else None,
    }  # fmt: skip
    return show(request, "staff/applications/list.html", page, here=HERE)


@staff_only(right="underwriting.apply")
@require_http_methods(["GET", "HEAD", "POST"])
def apply(request: HttpRequest, party_id: int) -> HttpResponse:
    """Begin for a customer who stands at the counter: what they need, what is on offer."""
    access, now = access_of(request), timezone.now()
    customer = people.see_party(access, party_id)
    if request.method == "POST":
        made = underwriting.start_application(
            holder_id=customer.id, product_code=request.POST.get("product", ""), channel="COUNTER",
            request_key=request.POST.get("request_key", "")[:64],
            actor=Ref("staff", access.staff_id), at=now, access=access,
        )  # fmt: skip
        return redirect("staff:application", application_id=made)
    today = day_of(now)
    page = {
        "customer": customer, "needs": queries.latest_needs(customer.id, today),
        "offers": [
            (offer, applying.example_price(offer, customer, today))
            for offer in products.list_offers(today)
            if not offer.is_rider and offer.kind not in HIDDEN
        ],
        "request_key": uuid.uuid4().hex,
    }  # fmt: skip
    return show(request, "staff/applications/start.html", page, here=HERE)


@staff_only(right="underwriting.view")
@require_GET
def application(request: HttpRequest, application_id: int) -> HttpResponse:
    """One application: its steps, what is missing, the recording, the verdict, the times."""
    return _show(request, queries.get_for_staff(application_id, access_of(request)))


def _show(
    request: HttpRequest, view: queries.ApplicationView, refusal: Refusal | None = None
) -> HttpResponse:
    access = access_of(request)
    page = {
        "application": view, "may_apply": access.may("underwriting.apply", office_id=view.office_id),
        "sent": whole(request.GET.get("sent")), "refusal": refusal,
        "follow_up": contact.follow_up_of_policy(view.policy_id) if view.policy_id else None,
    }  # fmt: skip
    return show(
        request,
        "staff/applications/application.html",
        page,
        here=HERE,
        status=refusal.status if refusal else 200,
    )


@staff_only(right="underwriting.apply")
@require_http_methods(["GET", "HEAD", "POST"])
def step(request: HttpRequest, application_id: int, code: str) -> HttpResponse:
    """One step, the customer beside us: the same questions, the same words."""
    access = access_of(request)
    view = queries.get_for_staff(application_id, access)
    if code not in applying.STEPS:
        raise queries.UnknownApplication
    if not view.fills_in or (view.family_id and code in applying_family.ONCE):
        return redirect("staff:application", application_id=view.id)
    shown = applying.step(request, _who(request), view, code)
    if shown.done:
        return redirect("staff:application", application_id=view.id)
    page: dict[str, Any] = {
        "application": view,
        "step": code,
        "refusal": shown.refusal,
        **shown.page,
    }
    return show(request, "staff/applications/step.html", page, here=HERE, status=shown.status)


@staff_only(right="underwriting.apply")
@require_POST
def act(request: HttpRequest, application_id: int, code: str) -> HttpResponse:
    """Send a code to the customer's phone, sign with it, register a recorded step, take a paper in."""
    access = access_of(request)
    view = queries.get_for_staff(application_id, access)
    response = redirect("staff:application", application_id=view.id)
    try:
        if code == "record":
            recorded = request.FILES.get("recorded")
            underwriting.record_step(
                application_id=view.id, step=request.POST.get("step", ""),
                sha256=request.POST.get("sha256", ""), **_who(request).told,
                content=recorded.read(applying.BYTES_MAX + 1) if recorded else b"",
            )  # fmt: skip
            thanks = _("已登记这一环节。")
        else:
            thanks = applying.act(request, _who(request), view, code)
    except Refusal as refused:
        if code == "paper":  # with it a day of receipt was typed, which stands in its form again
            return _show(request, view, refused)
        tell_refused(request, refused)
        return response
    if thanks:
        messages.success(request, thanks)
    if code == "code":
        response["Location"] += f"?sent={whole(request.POST.get('signer')) or ''}"
    return response


def _who(request: HttpRequest) -> Who:
    access = access_of(request)
    return Who(Ref("staff", access.staff_id), "COUNTER", access=access)
