"""首页 and the policies."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from yilu.catastrophe import queries as catastrophe
from yilu.claims import queries as claims
from yilu.contact import queries as contact
from yilu.kernel.days import day_of
from yilu.people import queries as people
from yilu.policies import queries as policies
from yilu.products import queries as products
from yilu.renewals import queries as renewals
from yilu.web.common import access
from yilu.web.common.reporting import claimable_types
from yilu.web.common.templatetags.yilu import full_day, plain_money
from yilu.web.customer import contracts, going_on, pages

CLAIMS_SHOWN = 3
DUES_SHOWN = 3
SOON = timedelta(days=30)
ENDED = {"CLOSED", "WITHDRAWN", "MERGED"}


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What matters now: an offer, the claims being handled, the policies. A stranger is welcomed."""
    me = pages.find_me(request)
    if me is None:
        page: dict[str, Any] = {
            "signed_in": False, "green": contact.green_route_for(None),
            "fast_limit": claims.fast_limit(timezone.now()),
        }  # fmt: skip
        return render(request, "customer/welcome.html", page)
    mine, myself = claims.list_for_party(me.id), people.get_party(me.id)
    page = {
        "me": myself,
        "green": contact.green_route_of_office(myself.office_id),
        "follow_ups": contact.open_for_holder(me.id, at=timezone.now()),
        "emergency": catastrophe.banner_for(me.id),
        "offers": claims.list_offers(me.id, at=timezone.now()),
        "identity_wait": policies.identity_wait_of(me.id, day_of(timezone.now())),
        "hotline": settings.HOTLINE,
        "to_answer": claims.waiting_for_me(me.id),
        "claims": ([c for c in mine if c.state not in ENDED] or mine)[:CLAIMS_SHOWN],
        "policies": policies.list_for_party(me.id),
        "dues": _to_pay(me.id),
        "suspended": [
            each
            for each in renewals.list_suspensions(me.id, day_of(timezone.now()))
            if not each.too_late
        ][:DUES_SHOWN],
        **going_on.frame(request, watch=False),
    }
    return pages.show(request, "home", page, tab="home")


def _to_pay(party_id: int) -> list[renewals.DueView]:
    """Premiums that somebody should know of now: due within a month, or overdue."""
    today = day_of(timezone.now())
    return [
        due
        for due in renewals.list_dues(party_id, today)
        if due.state == "OPEN" and due.way != "HELD" and due.due_on <= today + SOON
    ][:DUES_SHOWN]


@access.customers_only
@require_safe
def policy(request: HttpRequest, policy_id: int) -> HttpResponse:
    """One policy: what it covers, what it does not, and its particulars (信息披露办法 14)."""
    me = pages.me(request)
    found = policies.get_for_party(policy_id, me.id)
    page = {
        "policy": found,
        "benefits": found.benefits,
        "exclusions": found.exclusions,
        "letters": contracts.others(policy_id, me.id)[:6],
        "rescission": contracts.rescission(found, me.id),
        "facts": _facts(found, policies.values_on(policy_id, timezone.localdate())),
        "can_claim": bool(claimable_types(found)),
        **_next_year(found),
        "related": policies.related_for_party(policy_id, me.id),
        "document": contracts.latest(policy_id, me.id),
    }
    return pages.show(request, "policy", page, tab="home")


def _next_year(policy: policies.PolicyCard) -> dict[str, Any]:
    """The years of this cover and what follows; the latter for the holder alone."""
    years = policies.years_of(policy.id)
    is_holder = "HOLDER" in policy.roles
    ended = policy.state in ("EXPIRED", "TERMINATED")
    shown = is_holder and not ended and policies.is_renewable(policy.product_version_id)
    today = timezone.localdate()
    return {
        "years": years if len(years) > 1 else (),
        "next_year": renewals.new_year_of(policy.id, today) if is_holder else None,
        "may_renew": shown,
        "agreed": shown and bool(policies.consents_standing([policy.id])),
        "not_begun": shown and today < policy.effective_on and len(years) > 1,
    }


def _facts(policy: policies.PolicyCard, now: policies.Values) -> list[tuple[str, Any]]:
    until = full_day(policy.ends_on) if policy.ends_on else _("终身")
    waives = products.get_terms(policy.product_version_id).main_waiver is not None
    waived = policies.waived_since(policy.id)
    rows = [
        (_("投保人"), policy.holder_name),
        (_("被保险人"), policy.insured_name),
        (_("受益人"), "" if waives else policy.beneficiaries),
        (_("每年可豁免的保险费") if waives else _("基本保额"), plain_money(policy.sum_insured)),
        (_("红利购买的交清增额"), plain_money(now.added_sum) if now.added_sum else ""),
        (_("保障期间"), f"{full_day(policy.effective_on)} – {until}"),
        (_("等待期起算"), full_day(policy.waits_from) if policy.waiting else ""),
        (_("保险费"), f"{plain_money(policy.premium)} · {_(policy.pay_mode_label)}"),
        (_("其中加费"), plain_money(policy.extra_premium) if policy.extra_premium else ""),
        (_("累计已交保费"), plain_money(policy.premiums_paid)),
        (_("欠交保费"), plain_money(policy.owed_premium) if policy.owed_premium else ""),
        (_("现金价值（今天）"), plain_money(now.cash_value) if now.cash_value else ""),
        (_("其中增额部分"), plain_money(now.added_value) if now.added_value else ""),
        (_("借款本息（今天）"), plain_money(now.loan_owed) if now.loan_owed else ""),
        (_("还可借款"), plain_money(now.lendable) if now.lendable else ""),
        (_("未领生存金"), plain_money(now.survival_account) if now.survival_account else ""),
        (_("溢交款（可领回）"), plain_money(now.suspense) if now.suspense else ""),
        (_("留存的红利及利息（红利不保证）"), plain_money(now.dividends) if now.dividends else ""),
        (_("下次交费"), full_day(policy.paid_to) if policy.paid_to and not waived else ""),
        (
            _("豁免保险费"),
            _("%(day)s 起到期的不用再交") % {"day": full_day(waived)} if waived else "",
        ),
        (_("签收日"), full_day(policy.received_on) if policy.received_on else ""),
        (_("服务人员"), policy.agent_name),
        (_("服务机构"), policy.office_name),
    ]
    return [(label, value) for label, value in rows if value]
