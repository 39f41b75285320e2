"""一年期续保: one next year: what is offered and why, a premium by hand, a refusal with its reason, the holder's word."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as _n
from django.views.decorators.http import require_GET, require_POST

from yilu.kernel.days import day_of
from yilu.kernel.errors import NotAllowed, NotFound, Refusal
from yilu.people.queries import Access
from yilu.policies import queries as policies
from yilu.renewals import operations, queries
from yilu.web.common.access import staff_only
from yilu.web.common.new_year import WHY, told
from yilu.web.staff.asked import actor_of
from yilu.web.staff.page import access_of, show

LISTED_AHEAD = timedelta(days=60)
WAYS = (("PHONE", _n("电话")), ("COUNTER", _n("柜面")))


@require_GET
@staff_only(right="renewals.view")
def new_year(request: HttpRequest, new_year_id: int) -> HttpResponse:
    """One next year with all a colleague needs to speak of it."""
    return _show(request, new_year_id)


@require_POST
@staff_only(right="renewals.handle")
def act(request: HttpRequest, new_year_id: int) -> HttpResponse:
    """Set a premium, or decline with a reason."""
    given: dict[str, Any] = {
        "new_year_id": new_year_id, "access": access_of(request), "actor": actor_of(request),
        "at": timezone.now(),
    }  # fmt: skip
    does = request.POST.get("do")
    try:
        if does == "offer":
            operations.offer_by_hand(premium=request.POST.get("premium", ""), **given)
            messages.success(request, _("已告知客户下一年度的保险费。"))
        elif does == "decline":
            operations.decline_new_year(reason=request.POST.get("reason", ""), **given)
            messages.success(request, _("已告知客户不再续保和理由。"))
    except (NotFound, NotAllowed):
        raise
    except Refusal as refused:
        return _show(request, new_year_id, refused)
    return redirect("staff:new_year", new_year_id=new_year_id)


@require_GET
@staff_only(right="renewals.view")
def consent(request: HttpRequest, policy_id: int) -> HttpResponse:
    """What the holder of a one-year contract said of automatic renewal; the next year's page where there is one."""
    card = queries.get_renewable(policy_id, access_of(request))
    found = queries.new_year_of(card.id, day_of(timezone.now()))
    if found is not None:
        return redirect("staff:new_year", new_year_id=found.id)
    return _show_consent(request, card)


@require_POST
@staff_only(right="renewals.handle")
def note_consent(request: HttpRequest, policy_id: int) -> HttpResponse:
    """Write down what the holder said on the phone or at the counter, at any time of the year."""
    card = queries.get_renewable(policy_id, access_of(request))
    try:
        operations.write_down_consent(
            policy_id=card.id, agrees=request.POST.get("do") == "agree",
            way=request.POST.get("way", ""), text_version=request.POST.get("text", ""),
            access=access_of(request), actor=actor_of(request), at=timezone.now(),
        )  # fmt: skip
    except (NotFound, NotAllowed):
        raise
    except Refusal as refused:
        return _show_consent(request, card, refused)
    messages.success(request, _("已记下客户的话。"))
    return redirect("staff:renewal_consent", policy_id=card.id)


def _show_consent(
    request: HttpRequest, card: policies.PolicyCard, refusal: Refusal | None = None
) -> HttpResponse:
    page = {
        "policy": card,
        "listed_on": card.ends_on - LISTED_AHEAD if card.ends_on else None,
        "years": policies.years_of(card.id),
        "agreed": bool(policies.consents_standing([card.id])),
        "refusal": refusal,
        **_consent(card.id, access_of(request), card.office_id),
    }
    status = refusal.status if refusal else 200
    return show(request, "staff/renewals/consent.html", page, here="renewals", status=status)


def _consent(policy_id: int, access: Access, office_id: int) -> dict[str, Any]:
    """What the card of the holder's word shows."""
    version, text = policies.renewal_text()
    return {
        "consents": policies.renewal_consents(policy_id),
        "text": text,
        "text_version": version,
        "ways": [(code, _(label)) for code, label in WAYS],
        "may_handle": access.may("renewals.handle", office_id),
    }


def _show(request: HttpRequest, new_year_id: int, refusal: Refusal | None = None) -> HttpResponse:
    access, day = access_of(request), day_of(timezone.now())
    found = queries.get_new_year(new_year_id, access, day)
    page = {
        "year": found,
        "why": _(WHY[found.why]) if found.why in WHY else "",
        "changes": told(found.changes),
        "years": policies.years_of(found.policy_id),
        **_consent(found.policy_id, access, found.office_id),
        "refusal": refusal,
        "premium": request.POST.get("premium", ""),
        "reason": request.POST.get("reason", ""),
    }
    status = refusal.status if refusal else 200
    return show(request, "staff/renewals/year.html", page, here="renewals", status=status)
