"""柜面家庭投保: several of a family insured in one go, the holder beside us."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yilu.kernel.errors import Refusal
from yilu.kernel.refs import Ref
from yilu.underwriting import queries
from yilu.web.common import applying_family
from yilu.web.common.access import staff_only
from yilu.web.common.applying import Who
from yilu.web.common.errors import tell_refused
from yilu.web.staff.page import access_of, show

HERE = "applications"


@staff_only(right="underwriting.view")
@require_GET
def family(request: HttpRequest, family_id: int) -> HttpResponse:
    """Everybody in it, what is done once for all, the signature, how each stands."""
    access = access_of(request)
    view = queries.get_family_for_staff(family_id, access)
    page = {
        "family": view, "sent": "sent" in request.GET,
        "may_apply": access.may("underwriting.apply", office_id=view.office_id),
    }  # fmt: skip
    return show(request, "staff/applications/family.html", page, here=HERE)


@staff_only(right="underwriting.apply")
@require_POST
def start(request: HttpRequest, application_id: int) -> HttpResponse:
    """Insure more of the customer's family together with this one."""
    view = queries.get_for_staff(application_id, access_of(request))
    made = applying_family.start(_who(request), view.id)
    return redirect("staff:family", family_id=made)


@staff_only(right="underwriting.apply")
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, family_id: int) -> HttpResponse:
    """One more of the customer's family."""
    view = queries.get_family_for_staff(family_id, access_of(request))
    shown = applying_family.add(request, _who(request), view)
    if shown.done:
        return redirect("staff:family", family_id=view.id)
    page = {"family": view, "step": "add", "refusal": shown.refusal, **shown.page}
    return show(
        request, "staff/applications/family_step.html", page, here=HERE, status=shown.status
    )


@staff_only(right="underwriting.apply")
@require_http_methods(["GET", "HEAD", "POST"])
def step(request: HttpRequest, family_id: int, code: str) -> HttpResponse:
    """Means or clauses of the whole family, the customer beside us."""
    view = queries.get_family_for_staff(family_id, access_of(request))
    if code not in {"means", "notices"}:
        raise queries.UnknownFamily
    if not view.fills_in or not view.members_done:
        return redirect("staff:family", family_id=view.id)
    shown = applying_family.step(request, _who(request), view, code)
    if shown.done:
        return redirect("staff:family", family_id=view.id)
    page: dict[str, Any] = {"family": view, "step": code, "refusal": shown.refusal, **shown.page}
    return show(
        request, "staff/applications/family_step.html", page, here=HERE, status=shown.status
    )


@staff_only(right="underwriting.apply")
@require_POST
def act(request: HttpRequest, family_id: int, code: str) -> HttpResponse:
    """Wishes, a code to the holder's phone, the signature with it, handing in, no longer waiting."""
    view = queries.get_family_for_staff(family_id, access_of(request))
    response = redirect("staff:family", family_id=view.id)
    try:
        said = applying_family.act(request, _who(request), view, code)
    except Refusal as refused:
        tell_refused(request, refused)
        return response
    if said:
        messages.success(request, said)
    if code == "code":
        response["Location"] += "?sent"
    return response


def _who(request: HttpRequest) -> Who:
    access = access_of(request)
    return Who(Ref("staff", access.staff_id), "COUNTER", access=access)
