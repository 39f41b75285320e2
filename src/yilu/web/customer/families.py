"""给全家投保: one application for several of the family, on the holder's own phone."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yilu.kernel.errors import Refusal
from yilu.underwriting import queries
from yilu.web.common import access, applying_family
from yilu.web.common.applying import Who
from yilu.web.customer import pages


@access.customers_only
@require_safe
def family(request: HttpRequest, family_id: int) -> HttpResponse:
    """Everybody in it, what is to be done next, what is to be paid; after submission how each stands."""
    view = queries.get_family_for_party(family_id, pages.me(request).id)
    return pages.show(request, "family", {"family": view}, tab="home")


@access.customers_only
@require_POST
def start(request: HttpRequest, application_id: int) -> HttpResponse:
    """Insure more of the family together with this one."""
    me = pages.me(request)
    view = queries.get_for_party(application_id, me.id)
    made = applying_family.start(Who(me, "APP"), view.id)
    return redirect("customer:family", family_id=made)


@access.customers_only
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, family_id: int) -> HttpResponse:
    """One more of the family."""
    me = pages.me(request)
    view = queries.get_family_for_party(family_id, me.id)
    shown = applying_family.add(request, Who(me, "APP"), view)
    if shown.done:
        return redirect("customer:family", family_id=view.id)
    page = {"family": view, "refusal": shown.refusal, **shown.page}
    return pages.show(request, "family_add", page, tab="home", status=shown.status)


@access.customers_only
@require_http_methods(["GET", "HEAD", "POST"])
def step(request: HttpRequest, family_id: int, code: str) -> HttpResponse:
    """What is done once for all: whether it suits, the clauses, the signature."""
    me = pages.me(request)
    view = queries.get_family_for_party(family_id, me.id)
    if code not in applying_family.ONCE:
        raise queries.UnknownFamily
    if not view.fills_in or not view.members_done:
        return redirect("customer:family", family_id=view.id)
    if code == "sign":
        return _page(request, view, code, {})
    shown = applying_family.step(request, Who(me, "APP"), view, code)
    if shown.done:
        following = queries.get_family_for_party(family_id, me.id).next_step
        return redirect("customer:family_step", family_id=view.id, code=following)
    return _page(request, view, code, {**shown.page, "refusal": shown.refusal}, shown.status)


@access.customers_only
@require_POST
def act(request: HttpRequest, family_id: int, code: str) -> HttpResponse:
    """Wishes, code, signature, handing in, no longer waiting."""
    me = pages.me(request)
    view = queries.get_family_for_party(family_id, me.id)
    try:
        said = applying_family.act(request, Who(me, "APP"), view, code)
    except Refusal as refused:
        if code not in {"code", "sign", "submit"} or not view.fills_in:
            raise
        page = {"refusal": refused, "sent": code == "sign"}
        return _page(request, view, "sign", page, refused.status)
    if said:
        messages.success(request, said)
    if code == "code":
        return _page(request, view, "sign", {"sent": True})
    if code == "wishes":
        return redirect("customer:family_step", family_id=view.id, code="sign")
    return redirect("customer:family", family_id=view.id)


def _page(
    request: HttpRequest,
    view: queries.FamilyView,
    code: str,
    page: dict[str, Any],
    status: int = 200,
) -> HttpResponse:
    given = {"family": view, "code": code, "consented": True, **page}
    return pages.show(request, f"family_{code}", given, tab="home", status=status)
