"""留存指令: nothing recorded of a contract is deleted while one stands; placed by one person, lifted by another."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yilu.kernel.errors import Refusal
from yilu.people import queries as people
from yilu.policies import queries as policies
from yilu.retention import operations, queries
from yilu.web.common.access import staff_only
from yilu.web.common.errors import telling
from yilu.web.common.numbers import whole
from yilu.web.staff.asked import acting, actor_of, names_said, number_in
from yilu.web.staff.links import links_to
from yilu.web.staff.page import access_of, show

HERE = "holds"


@require_GET
@staff_only(right="retention.view")
def listing(request: HttpRequest) -> HttpResponse:
    """Holds of one's offices that stand, or those that were lifted: ``?lifted=1``, ``?before=``."""
    access, lifted = access_of(request), request.GET.get("lifted") == "1"
    found = queries.list_holds(access, lifted=lifted, before=whole(request.GET.get("before")) or 0)
    page = {
        "rows": found.rows, "next": found.next, "lifted": lifted, "me": str(actor_of(request)),
        "links": links_to([row.about for row in found.rows], access),
        "who": names_said(*{said for row in found.rows for said in (row.placed_by, row.lifted_by)}),
        "may_hold": access.may("retention.hold"),
    }  # fmt: skip
    return show(request, "staff/holds/list.html", page, here=HERE)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(right="retention.hold")
def place(request: HttpRequest) -> HttpResponse:
    """Find the customer, choose the contract, say why: ``?q=`` and ``?party=`` say how far it is."""
    access, refusal = access_of(request), None
    page: dict[str, Any] = {"q": request.GET.get("q", ""), "causes": queries.CAUSES}
    if page["q"]:
        page["found"] = people.search_parties(access, page["q"], today=timezone.localdate())
    if (party_id := whole(request.GET.get("party"))) is not None:
        page["party"] = people.see_party(access, party_id)
        page["policies"] = policies.list_for_party(party_id)
    if request.method == "POST":
        try:
            policy = policies.get_for_staff(access, number_in(request, "policy"))
            operations.place_hold(
                policy_id=policy.id, party_id=policy.holder_id, office_id=policy.office_id,
                cause=request.POST.get("cause", ""), words=request.POST.get("words", ""),
                case_number=request.POST.get("case_number", ""), **acting(request),
            )  # fmt: skip
            messages.success(request, _("已下达。解除以前，与这张保单有关的录音录像都不会删除。"))
            return redirect("staff:holds")
        except Refusal as refused:
            refusal = refused
    page |= {"refusal": refusal, "given": request.POST}
    status = refusal.status if refusal else 200
    return show(request, "staff/holds/place.html", page, here=HERE, status=status)


@require_POST
@staff_only(right="retention.hold")
def lift(request: HttpRequest, hold_id: int) -> HttpResponse:
    """What it was for is over."""
    with telling(request):
        operations.lift_hold(
            hold_id=hold_id, words=request.POST.get("words", ""), **acting(request)
        )
        messages.success(request, _("已解除。此后按法律规定的期限继续保存，到期才删除。"))
    return redirect("staff:holds")


urls = [
    path("holds", listing, name="holds"),
    path("holds/place", place, name="hold_place"),
    path("holds/<int:hold_id>/lift", lift, name="hold_lift"),
]
