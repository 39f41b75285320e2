"""上门办理: order a visit for a customer who cannot come to us."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from yilu.care import operations as care
from yilu.care import queries
from yilu.kernel.errors import Refusal
from yilu.people import queries as people
from yilu.web.common.access import staff_only
from yilu.web.common.home_visits import about_in, choices_for
from yilu.web.staff.asked import actor_of
from yilu.web.staff.page import access_of, show


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(right=care.ORDERS)
def home_visit(request: HttpRequest, party_id: int) -> HttpResponse:
    """What a visit would be for, where to, and those there were; ``?about=request:5`` chooses ahead."""
    access, now, refusal = access_of(request), timezone.now(), None
    party = people.see_party(access, party_id)
    if request.method == "POST":
        try:
            care.ask_home_visit(
                party_id=party.id, place=request.POST.get("place", ""),
                wish=request.POST.get("wish", ""), **about_in(request.POST), access=access,
                actor=actor_of(request), at=now,
            )  # fmt: skip
            messages.success(request, _("已登记，等待安排人员和时间。"))
            return redirect("staff:customer_visit", party.id)
        except Refusal as problem:
            refusal = problem
    given, visits = request.POST or request.GET, queries.visits_of_person(party.id)
    page = {
        "party": party, "refusal": refusal, "given": given, "chosen": given.get("about", ""),
        "choices": choices_for(party.id),
        "visits": visits, "coming": any(v.coming for v in visits),
        "may_visit": access.may("care.visit"),
    }  # fmt: skip
    status = refusal.status if refusal else 200
    return show(request, "staff/care/home_visit.html", page, here="customers", status=status)
