"""身份核实: who a customer or payee is, by the register or by the original that two colleagues saw."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yilu.people import operations as people_operations
from yilu.people import queries as people
from yilu.web.common.access import staff_only
from yilu.web.common.errors import telling
from yilu.web.staff.asked import acting, day_of
from yilu.web.staff.page import access_of


@require_POST
@staff_only(right="people.register")
def check(request: HttpRequest, party_id: int) -> HttpResponse:
    """Have the register asked, record the original that was seen, or bear out a colleague's record."""
    people.see_party(access_of(request), party_id)
    given, who = request.POST, acting(request)
    with telling(request):
        match given.get("do"):
            case "seen":
                people_operations.record_original_seen(
                    party_id=party_id, document=given.get("document", ""),
                    number=given.get("number", ""),
                    valid_to=day_of(given["valid_to"]) if given.get("valid_to") else None, **who,
                )  # fmt: skip
                messages.success(request, _("已登记。登记机关答复相符，或另一位同事复核后生效。"))
            case "confirm":
                people_operations.confirm_original_seen(party_id=party_id, **who)
                messages.success(request, _("身份已核实。等着这一步的款项会自动支付。"))
            case _:
                people_operations.ask_register(party_id=party_id, **who)
                messages.success(request, _("已请登记机关核对，一般几秒钟有答复。"))
    return redirect("staff:customer", party_id)
