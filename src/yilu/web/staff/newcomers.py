"""客户建档: heirs, third parties and whoever else no contract of ours names; and the account they are paid to."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from yilu.kernel.errors import Refusal
from yilu.kernel.identity import KINDS
from yilu.kernel.refs import Ref
from yilu.people import operations as people_operations
from yilu.people import queries as people
from yilu.web.common.access import staff_only, way_on
from yilu.web.common.errors import telling
from yilu.web.staff.asked import actor_of, day_of
from yilu.web.staff.page import access_of, show

MET = "met"
"""In the session: whom this colleague has identified by name and number, wherever they are customers."""
MET_MAX = 20
PERSONAL = tuple((code, name) for code, name in KINDS.items() if code != "CREDIT_CODE")


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(right="people.register")
def register(request: HttpRequest) -> HttpResponse:
    """Register somebody, or find who has that name and number; then back to where they are needed."""
    refusal = None
    if request.method == "POST":
        try:
            return _go_on_with(request, _registered(request))
        except Refusal as problem:
            refusal = problem
    page = {
        "kinds": PERSONAL, "refusal": refusal, "next": way_on(request, ""),
        "today": timezone.localdate(),
    }  # fmt: skip
    status = refusal.status if refusal else 200
    return show(request, "staff/customers/new.html", page, here="customers", status=status)


def _registered(request: HttpRequest) -> int:
    given = request.POST
    name, number = given.get("name", "").strip(), given.get("identity_number", "").strip()
    known = people.match_person(name, number, today=timezone.localdate()) if number else None
    if known is not None:
        messages.info(request, _("这位客户已有档案，直接使用。"))
        return known
    staff_id = access_of(request).staff_id
    made = people_operations.register_party(
        name=name, identity_kind=given.get("identity_kind", "") if number else None,
        identity_number=number, phone=given.get("phone", ""), sex=given.get("sex") or None,
        birth_date=day_of(given["birth_date"]) if given.get("birth_date") else None,
        office_id=people.get_staff(staff_id).office_id, actor=Ref("staff", staff_id),
        at=timezone.now(),
    )  # fmt: skip
    messages.success(request, _("档案已建立。"))
    return made


def _go_on_with(request: HttpRequest, party_id: int) -> HttpResponse:
    """Back to the page that needs them, with who it is."""
    request.session[MET] = [*(n for n in met(request) if n != party_id), party_id][-MET_MAX:]
    there = way_on(request, "")
    if not there:
        return redirect("staff:customer", party_id)
    return redirect(f"{there}{'&' if '?' in there else '?'}with={party_id}")


def met(request: HttpRequest) -> tuple[int, ...]:
    """Whom this colleague has identified since signing in."""
    return tuple(n for n in request.session.get(MET, ()) if isinstance(n, int))


@require_POST
@staff_only(right="people.register")
def add_account(request: HttpRequest, party_id: int) -> HttpResponse:
    """An account in the person's own name, as they gave it; they are told (see servicing's reactions)."""
    if party_id not in met(request):
        people.see_party(access_of(request), party_id)
    given = request.POST
    with telling(request):
        people_operations.add_account(
            party_id=party_id, bank_code=given.get("bank_code", ""), number=given.get("number", ""),
            holder_name=given.get("holder_name", ""), actor=actor_of(request), at=timezone.now(),
            agreed=given.get("agreed", ""),
        )  # fmt: skip
        messages.success(request, _("账户已登记，已短信告知本人。"))
    return redirect(way_on(request, reverse("staff:customer", args=[party_id])))
