"""A visit for the customer: ask for one, and its link with who comes, safety and confirmation."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from yilu.care import operations as care
from yilu.care import queries
from yilu.claims import queries as claims
from yilu.kernel.errors import Refusal
from yilu.web.common import access
from yilu.web.common.home_visits import about_in, choices_for
from yilu.web.customer import pages


@access.customers_only
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, claim_id: int) -> HttpResponse:
    """Ask that somebody comes to the hospital or home; see what is arranged."""
    me, refusal = pages.me(request), None
    claim = claims.get_for_customer(claim_id, me.id)
    if request.method == "POST":
        try:
            care.ask_visit(
                claim_id=claim.id, kind=request.POST.get("kind", ""),
                place=request.POST.get("place", ""), wish=request.POST.get("wish", ""), actor=me,
                at=timezone.now(),
            )  # fmt: skip
            messages.success(request, _("已收到，我们会尽快联系您约定时间。"))
            return redirect("customer:visits", claim_id)
        except Refusal as problem:
            refusal = problem
    page = {
        "claim": claim, "visits": queries.visits_of_customer(claim_id, me.id), "refusal": refusal,
        "kinds": [(code, queries.KINDS[code]) for code in ("HOSPITAL", "HOME")],
        "given": request.POST,
    }  # fmt: skip
    return pages.show(request, "visits", page, tab="claims", status=pages.status_of(refusal))


@access.customers_only
@require_http_methods(["GET", "HEAD", "POST"])
def home_visits(request: HttpRequest) -> HttpResponse:
    """Ask that somebody comes for what is no claim, and see what is arranged; ``?about=request:5`` chooses ahead."""
    me, refusal = pages.me(request), None
    if request.method == "POST":
        try:
            care.ask_home_visit(
                party_id=me.id, place=request.POST.get("place", ""),
                wish=request.POST.get("wish", ""), **about_in(request.POST), actor=me,
                at=timezone.now(),
            )  # fmt: skip
            messages.success(request, _("已收到，我们会尽快联系您约定时间。"))
            return redirect("customer:home_visits")
        except Refusal as problem:
            refusal = problem
    given, visits = request.POST or request.GET, queries.visits_of_person(me.id)
    page = {
        "visits": visits, "coming": any(v.coming for v in visits), "choices": choices_for(me.id), "given": given,
        "chosen": given.get("about", ""), "refusal": refusal,
    }  # fmt: skip
    return pages.show(request, "home_visits", page, tab="me", status=pages.status_of(refusal))


@require_http_methods(["GET", "HEAD", "POST"])
def link(request: HttpRequest, token: str) -> HttpResponse:
    """What the link in our message opens: no claim, no customer's name."""
    refusal = None
    if request.method == "POST":
        try:
            if request.POST.get("act") == "confirm":
                care.confirm_visit(secret=token, at=timezone.now())
                messages.success(request, _("谢谢您的确认。"))
            else:
                care.send_location(
                    secret=token, point=request.POST.get("point", ""), at=timezone.now()
                )
                messages.success(request, _("位置已发送，请在安全的地方等候。"))
            return redirect("customer:visit_link", token)
        except care.VisitNotFound:
            raise
        except Refusal as problem:
            refusal = problem
    page = {
        "visit": queries.visit_by_link(token, timezone.now()), "hotline": settings.HOTLINE,
        "refusal": refusal,
        "signed_in": pages.find_me(request) is not None,
    }  # fmt: skip
    answer = render(request, "customer/visit_link.html", page, status=pages.status_of(refusal))
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["Referrer-Policy"] = "same-origin"
    answer.headers["Permissions-Policy"] = "geolocation=(self), microphone=(), payment=()"
    return answer
