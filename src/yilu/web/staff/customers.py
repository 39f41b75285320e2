"""客户全貌: find a customer and see everything that concerns them; what is masked is shown on record."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from yilu.contact import queries as contact
from yilu.insight.queries import person360
from yilu.kernel.refs import Ref
from yilu.people import operations as people_operations
from yilu.people import queries as people
from yilu.policies import queries as policies
from yilu.web.common.access import staff_only
from yilu.web.common.numbers import whole
from yilu.web.staff.data_requests import KINDS
from yilu.web.staff.newcomers import PERSONAL
from yilu.web.staff.page import access_of, show

FIELDS = ("name", "phone", "identity", "email")


@require_GET
@staff_only(right="people.view")
def search(request: HttpRequest) -> HttpResponse:
    """Customers of one's offices by phone, identity number or the beginning of the name."""
    text = request.GET.get("q", "").strip()
    found = people.search_parties(access_of(request), text, today=timezone.localdate())
    return show(
        request, "staff/customers/search.html", {"q": text, "found": found}, here="customers"
    )


@require_GET
@staff_only(right="people.view")
def customer(request: HttpRequest, party_id: int) -> HttpResponse:
    """
    One customer: the people around them, what they hold and are owed, and all that happened.

    ``?before=`` gives an older part of the timeline alone. A merged record leads to the one that stands for it.
    """
    access = access_of(request)
    if (stands := people.get_party(party_id).id) != party_id:
        people.see_party(access, stands)
        return redirect("staff:customer", party_id=stands)  # merged: it answers as the other
    if before := whole(request.GET.get("before")):
        people.see_party(access, party_id)
        rows, following = person360.events_of(party_id, before)
        page = {"timeline": rows, "following": following, "party_id": party_id}
        return render(request, "staff/customers/timeline.html", page)
    seen = person360.person(access, party_id, timezone.now())
    return show(
        request,
        "staff/customers/customer.html",
        {
            "seen": seen,
            "party": seen.party,
            "party_id": party_id,
            "timeline": seen.timeline,
            "following": seen.following,
            "services": contact.services_of(party_id, at=timezone.now()),
            "accounts": people.list_accounts(party_id),
            "identity": people.identity_check_of(party_id, timezone.localdate()),
            "identity_wait": policies.identity_wait_of(party_id, timezone.localdate()),
            "askable": seen.party.identity_kind in people.IN_REGISTER,
            "documents": PERSONAL,
            "me_id": access.staff_id,
            "banks": people.list_banks(),
            "account_consent": people.consent_text("FINANCIAL"),
            "may_renew": access.may("renewals.view", office_id=seen.party.office_id),
            "may_change_phone": access.may("servicing.handle", office_id=seen.party.office_id),
            "may_send": access.may("servicing.call", office_id=seen.party.office_id),
            "may_unmask": access.may("people.unmask", office_id=seen.party.office_id),
            "may_complain": access.may("complaints.handle", office_id=seen.party.office_id),
            "reasons": people.UNMASK_REASONS.items(),
            "may_register": access.may("people.register", office_id=seen.party.office_id),
            "asked": people.list_data_requests(party_id)[:5],
            "data_kinds": KINDS,
            "doubles": people.doubles_of(access, party_id),
            "fields": [(code, people.UNMASK_FIELDS[code]) for code in FIELDS],
        },
        here="customers",
    )


@require_POST
@staff_only(right="people.unmask")
def unmask(request: HttpRequest, party_id: int) -> HttpResponse:
    """Show one private field in full; it is recorded with the reason."""
    access = access_of(request)
    people.see_party(access, party_id)
    field = request.POST.get("field", "")
    shown = people_operations.unmask(
        actor=Ref("staff", access.staff_id),
        party_id=party_id,
        field=field,
        reason=request.POST.get("reason", ""),
        at=timezone.now(),
    )
    return render(
        request,
        "staff/customers/unmasked.html",
        {"label": people.UNMASK_FIELDS.get(field, ""), "shown": shown},
    )


@require_POST
@staff_only(right="people.view")
def no_offers(request: HttpRequest, party_id: int) -> HttpResponse:
    """
    The customer said that they want to hear of no products: their agreement is taken back on record.

    Whoever may see the customer may note it: a no is as easy as can be (个保法 15, 24).
    """
    access = access_of(request)
    people.see_party(access, party_id)
    people_operations.withdraw_consent(
        party_id=party_id,
        purpose="MARKETING",
        actor=Ref("staff", access.staff_id),
        at=timezone.now(),
    )
    messages.success(request, _("已登记：不再向客户推荐产品。"))
    return redirect("staff:customer", party_id=party_id)
