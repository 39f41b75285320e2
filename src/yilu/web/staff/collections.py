"""收款核实: a collection whose end is in doubt, what the bank said of it, and the way back for stray money."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from yilu.payments import operations as payments
from yilu.payments import queries
from yilu.web.common.access import staff_only
from yilu.web.staff.asked import actor_of
from yilu.web.staff.links import link_to
from yilu.web.staff.page import access_of, show


@require_GET
@staff_only(right="payments.reconcile")
def collection(request: HttpRequest, collection_id: int) -> HttpResponse:
    """One collection with everything that was said about it."""
    found, notices = queries.see_collection_as_staff(collection_id, access_of(request))
    page = {
        "collection": found,
        "notices": notices,
        "link": link_to(found.about, access_of(request)),
        "may_return": found.stray and not found.refunded,
    }
    return show(request, "staff/collection.html", page, here="payments")


@require_POST
@staff_only(right="payments.reconcile")
def give_back(request: HttpRequest, collection_id: int) -> HttpResponse:
    """Send stray money back the way it came."""
    payments.return_stray(
        collection_id=collection_id, access=access_of(request), actor=actor_of(request),
        at=timezone.now(),
    )  # fmt: skip
    messages.success(request, _("已登记原路退回。"))
    return redirect("staff:collection", collection_id=collection_id)
