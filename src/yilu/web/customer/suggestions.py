"""给您的建议: what is due on one's contracts, what fits, what to look after; each part can be turned off."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from yilu.insight.queries.suggestions import HEALTH, Prompt, suggestions
from yilu.people import queries as people
from yilu.web.common import access
from yilu.web.customer import pages

OFFERS = "MARKETING"


@dataclass(frozen=True)
class Tip:
    """One suggestion, and where to go on with it."""

    text: str
    url: str


@access.customers_only
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Everything we would suggest to this customer, and why; they decide what they want to be told of."""
    me = pages.me(request)
    found, language = suggestions(me.id, timezone.now()), get_language() or ""
    page = {
        "theirs": [Tip(each.said, _place(each)) for each in found.theirs],
        "offers_on": found.gaps is not None,
        "gaps": [Tip(each.said, reverse("customer:needs")) for each in found.gaps or ()],
        "fitting": found.fitting, "health_on": found.found is not None, "found": found.found or (),
        "offers_text": people.consent_text(OFFERS, language),
        "health_text": people.consent_text(HEALTH, language),
        "offers": OFFERS, "health": HEALTH,
    }  # fmt: skip
    return pages.show(request, "suggestions", page, tab="me")


def _place(tip: Prompt) -> str:
    if tip.code in ("GRACE", "SUSPENDED"):
        return reverse("customer:renewals")
    if tip.code == "RENEWABLE":
        return reverse("customer:new_year", args=[tip.policy_id])
    return reverse("customer:policy", args=[tip.policy_id])
