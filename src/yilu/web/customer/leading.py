"""Where a message leads: the customer's page of what it is about."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.urls import Resolver404, resolve, reverse

from yilu.care import queries as care
from yilu.contact import queries as contact
from yilu.kernel.refs import Ref
from yilu.messaging.queries import MessageView

ITS_OWN = {
    "claim": "customer:claim", "waiting_report": "customer:waiting_report", "offer": "customer:offer",
    "application": "customer:application", "family_application": "customer:family",
    "servicing_request": "customer:service_request", "complaint": "customer:complaint",
    "policy": "customer:policy",
}  # fmt: skip
"""What has a page of its own."""
AMONG_OTHERS = {
    "premium_order": "customer:renewals", "premium_due": "customer:renewals",
    "new_year": "customer:renewals", "renewal_case": "customer:renewals", "forecast": "customer:home",
    "handover": "customer:home", "needs": "customer:needs", "data_request": "customer:privacy",
    "feedback": "customer:feedback", "conversation": "common:help", "problem": "common:help",
    "party": "customer:me",
}  # fmt: skip
"""What is looked at on a page with others, or by talking to us."""
BY_TEMPLATE = {
    "servicing.account_needed": "customer:accounts", "servicing.account_added": "customer:accounts",
    "payments.account_needed": "customer:accounts", "claims.waiting_answered": "customer:claims",
    "journeys.premium_ahead": "customer:renewals", "insight.check_up": "customer:suggestions",
    "care.mediation_agreed_with_you": "customer:letters",
}  # fmt: skip
"""Where a message asks for something that is done elsewhere than on the page of its matter."""


BY_ITS_LINK = ("voice.survey", "voice.reply", "contact.video_invitation")
"""What was sent for the sake of a link: it leads there, not to the matter it asks about."""


def places_of(found: Iterable[MessageView], me: Ref, at: datetime) -> dict[int, str]:
    """For each message by its id the address it leads to; empty where there is nothing to look at."""
    told = list(found)
    refs = {m.id: Ref.parse(m.about) for m in told}
    visits = [r.id for m in told if (r := refs[m.id]).kind == "visit" and _of_care(m)]
    of_visits = care.claims_of_visits(visits, me.id) if visits else {}
    asked = any(ref.kind == "follow_up" for ref in refs.values())
    follow_ups = {
        Ref("follow_up", f.id): f.policy_id for f in contact.open_for_holder(me.id, at=at)
    } if asked else {}  # fmt: skip
    places = {}
    for each in told:
        ref = refs[each.id]
        if each.template in BY_ITS_LINK:
            places[each.id] = _own_link(each.text)
        elif ref.kind == "visit" and not _of_care(each):
            places[each.id] = reverse("customer:direct_visit", args=[ref.id])
        elif ref.kind == "visit" and ref.id in of_visits:
            claim_id = of_visits[ref.id]
            places[each.id] = (
                reverse("customer:visits", args=[claim_id])
                if claim_id
                else reverse("customer:home_visits")
            )
        elif ref in follow_ups:
            places[each.id] = reverse("customer:follow_up", args=[follow_ups[ref]])
        else:
            places[each.id] = place_of(ref, each.template) or _own_link(each.text)
    return places


def place_of(about: Ref, template: str = "") -> str:
    """Where something is looked at by its customer; empty where that takes more than its kind to say."""
    if template in BY_TEMPLATE:
        return reverse(BY_TEMPLATE[template])
    if about.kind in ITS_OWN:
        return reverse(ITS_OWN[about.kind], args=[about.id])
    return reverse(AMONG_OTHERS[about.kind]) if about.kind in AMONG_OTHERS else ""


def _of_care(message: MessageView) -> bool:
    """A visit is ours to the customer, or theirs to a hospital: both rooms call it so."""
    return message.template.startswith("care.")


def _own_link(text: str) -> str:
    """The path of the first link in a message that leads to a page of ours."""
    _before, begun, rest = text.partition(f"{settings.PUBLIC_URL}/")
    if not begun:
        return ""
    path = "/" + rest.split()[0].rstrip("。，；.,;）)") if rest.split() else "/"
    try:
        resolve(path)
    except Resolver404:
        return ""
    return path
