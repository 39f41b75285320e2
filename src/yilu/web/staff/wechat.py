"""绑定微信: a colleague shows a customer the QR code face to face, sees whether it is bound, or undoes it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from yilu.kernel.errors import Refusal
from yilu.kernel.refs import Ref
from yilu.messaging import operations, queries
from yilu.people import queries as people
from yilu.web.common.access import staff_only
from yilu.web.common.qr import picture_of
from yilu.web.staff.asked import actor_of
from yilu.web.staff.page import access_of, show


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(right="people.view")
def wechat(request: HttpRequest, party_id: int) -> HttpResponse:
    """``act=show`` makes a code that is good for half an hour, on record; ``act=undo`` ends the binding."""
    access, link, refusal = access_of(request), "", None
    told: dict[str, Any] = {"party_id": party_id, "access": access, "actor": actor_of(request)}
    party = people.see_party(access, party_id)
    if request.POST.get("act") == "undo":
        operations.unbind_wechat(**told, at=timezone.now())
        messages.success(request, _("已解除，不再往微信发。"))
        return redirect("staff:customer_wechat", party_id)
    if request.method == "POST":
        try:
            link = operations.binding_link(operations.offer_binding(**told, at=timezone.now()))
        except Refusal as problem:
            refusal = problem
    page = {
        "party": party, "bound": queries.is_bound(Ref("party", party_id)), "refusal": refusal,
        "can_bind": operations.can_bind(), "demo_link": link if settings.DEMO else "",
        "picture": picture_of(link) if link else "",
        "minutes": int(operations.BINDS_FOR.total_seconds() // 60),
    }  # fmt: skip
    status = refusal.status if refusal else 200
    return show(request, "staff/customers/wechat.html", page, here="customers", status=status)
