"""坐席话机: a supervisor gives a seat's desk telephone its account, and takes it back; the seat says where calls ring."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from yilu.contact import operations, queries
from yilu.gateways.calls import NotDone, drivers
from yilu.gateways.calls.builtin.client import Refused
from yilu.kernel.errors import Refusal
from yilu.web.common.access import staff_only
from yilu.web.common.errors import telling
from yilu.web.staff.asked import acting, names
from yilu.web.staff.page import access_of, show


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(right="contact.supervise")
def telephone(request: HttpRequest, staff_id: int) -> HttpResponse:
    """The telephone of one seat: what to key into it, whether it is registered; its password is shown once."""
    mine = queries.list_seats(access_of(request))
    seat = next((each for each in mine if each.staff_id == staff_id), None)
    if seat is None:
        raise Http404
    password, refusal = "", None
    if request.method == "POST":
        try:
            if "take" in request.POST:
                operations.take_desk_phone(staff_id=staff_id, **acting(request))
                messages.success(request, _("话机账号已收回，这部话机不能再接电话。"))
                return redirect("staff:contact_seats")
            password = operations.give_desk_phone(
                staff_id=staff_id, algorithm=request.POST.get("algorithm", ""), **acting(request)
            )
        except Refusal as refused:
            refusal = refused
    phone = queries.desk_phone_of(staff_id)
    page = {
        "seat": seat, "phone": phone, "password": password, "refusal": refusal,
        "server": settings.SWITCH_PUBLIC or settings.SWITCH_SIP.rpartition(":")[0],
        "port": settings.SWITCH_SIP.rpartition(":")[2], "registered": _registered(staff_id),
        "who": names(*[phone.given_by] if phone else []),
    }  # fmt: skip
    status = refusal.status if refusal else 200
    response = show(
        request, "staff/contact/telephone.html", page, here="contact_seats", status=status
    )
    response.headers["Cache-Control"] = "no-store"
    return response


@require_POST
@staff_only(right="contact.handle")
def choose(request: HttpRequest) -> HttpResponse:
    """Calls ring in the browser, or at the telephone."""
    with telling(request):
        operations.choose_line(line=request.POST.get("line", ""), **acting(request))
    return redirect("staff:contact_phone")


def _registered(staff_id: int) -> bool | None:
    """Whether the switch can ring it now; None where the switch does not say."""
    if not settings.SWITCH_URL:
        return None
    try:
        return drivers.switch().state(staff_id, "").get("telephone", False)
    except (NotDone, Refused):
        return None
