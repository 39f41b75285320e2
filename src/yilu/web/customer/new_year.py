"""续保: the next year of one's own one-year contract: price, changes, consent, one confirmation, calling it off."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from yilu.kernel.days import day_of
from yilu.kernel.errors import NotFound, Refusal
from yilu.policies import operations as policy_operations
from yilu.policies import queries as policies
from yilu.renewals import operations, queries
from yilu.web.common import access
from yilu.web.common.new_year import told
from yilu.web.common.templatetags.yilu import plain_money
from yilu.web.customer import pages


@access.customers_only
@require_http_methods(["GET", "HEAD", "POST"])
def new_year(request: HttpRequest, policy_id: int) -> HttpResponse:
    """
    What follows this year of cover, and what its holder wants.

    :raises PolicyNotFound: another's policy, or the reader is not its holder.
    """
    me, now = pages.me(request), timezone.now()
    card = policies.get_for_party(policy_id, me.id)
    if "HOLDER" not in card.roles:
        raise policies.PolicyNotFound
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            return _act(request, card)
        except NotFound:
            raise
        except Refusal as refused:
            refusal = refused
    return pages.show(
        request, "new_year", {**_page(card, now), "refusal": refusal}, tab="home",
        status=pages.status_of(refusal),
    )  # fmt: skip


def _act(request: HttpRequest, card: policies.PolicyCard) -> HttpResponse:
    me, now = pages.me(request), timezone.now()
    does = request.POST.get("do")
    if does == "pay":
        found = queries.new_year_of(card.id, day_of(now))
        collection_id = operations.make_order(
            holder_id=me.id, due_ids=[found.due_id] if found and found.due_id else [], actor=me, at=now,
            request_key=request.POST.get("key", "")[:40] or f"{now:%Y%m%d%H%M%S%f}",
        )  # fmt: skip
        return redirect("customer:pay", collection_id=collection_id)
    if does == "agree":
        policy_operations.agree_to_renewal(
            policy_id=card.id, holder_id=me.id, text_version=request.POST.get("text", ""), way="ONLINE",
            actor=me, at=now,
        )  # fmt: skip
        messages.success(request, gettext("已记下您的同意。新年度开始前，随时可以在这里撤回。"))
    elif does == "withdraw":
        policy_operations.withdraw_renewal_consent(
            policy_id=card.id, holder_id=me.id, actor=me, at=now
        )
        messages.success(request, gettext("已撤回。没有您的确认，我们不会续保，也不会扣款。"))
    elif does == "call_off":
        paid = operations.call_off_new_year(policy_id=card.id, holder_id=me.id, actor=me, at=now)
        messages.success(
            request,
            gettext("已撤销续保，%(amount)s 正按原路全额退还。") % {"amount": plain_money(paid)},
        )
    return redirect("customer:new_year", policy_id=card.id)


def _page(card: policies.PolicyCard, now: Any) -> dict[str, Any]:
    day = day_of(now)
    found = queries.new_year_of(card.id, day)
    consents = policies.renewal_consents(card.id)
    version, text = policies.renewal_text()
    return {
        "policy": card,
        "year": found,
        "changes": told(found.changes) if found else [],
        "years": policies.years_of(card.id),
        "consent": next((c for c in consents if c.stands and c.holder_id == card.holder_id), None),
        "text": text,
        "text_version": version,
        "is_renewable": policies.is_renewable(card.product_version_id),
        "not_begun": queries.new_year_begun_by(card.id, day) is not None
        and day < card.effective_on,
        "key": f"{now:%Y%m%d%H%M%S%f}",
    }
