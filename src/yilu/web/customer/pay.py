"""支付: one amount, what for, how; and what became of it, with the way on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _
from django.views.decorators.http import require_http_methods, require_safe

from yilu.kernel.errors import Refusal
from yilu.kernel.refs import Ref
from yilu.payments import operations, queries
from yilu.people import queries as people
from yilu.web.common import access
from yilu.web.common.numbers import whole
from yilu.web.customer import pages

POLL_SECONDS = 2
SUBJECTS: Mapping[str, tuple[str, str, bool]] = {
    "premium_order": (_("续期保险费"), "customer:renewals", False),
    "application": (_("首期保险费"), "customer:application", True),
    "family_application": (_("全家的首期保险费"), "customer:family", True),
    "servicing_request": (_("保全业务应交款"), "customer:service_request", True),
}
"""By what it is for: the words, the page to go back to, and whether that page wants the number."""

WAY_ON: Mapping[str, str] = {
    "INSUFFICIENT_FUNDS": _("账户余额不够。存入足够的钱后再付一次，或换一种支付方式。"),
    "ACCOUNT_CLOSED": _("这个账户已销户或被冻结。请换本人的另一张卡，或用微信、支付宝。"),
    "NAME_MISMATCH": _(
        "付款人不是您本人。为保护您的权益，保险费只能从本人账户交纳，请换本人的账户。"
    ),
    "LIMIT": _("超过了这种方式的支付限额。请换银行卡支付，或在银行提高限额后再试。"),
    "NO_MANDATE": _("银行代扣没有签约或已失效。可以先用其他方式支付，再到保全大厅重新签约。"),
    "DECLINED": _("支付被取消了，没有扣款。需要时可以再付一次。"),
    "EXPIRED": _("已过支付期限，没有扣款。请回到上一页重新发起。"),
    "OTHER": _("银行没有说明原因，没有扣款。请稍后再试，或换一种支付方式。"),
}
"""What a customer can do after each reason."""

REHEARSALS = (
    ("", _("支付成功")),
    ("INSUFFICIENT_FUNDS", _("余额不足")),
    ("LIMIT", _("超过支付限额")),
    ("DECLINED", _("取消支付")),
)
"""What a visitor of the demo may have the practice wallet do."""


@dataclass(frozen=True)
class Way:
    """A way to pay on the page: ``value`` is method and account."""

    value: str
    label: str
    note: str
    chosen: bool


@access.customers_only
@require_http_methods(["GET", "HEAD", "POST"])
def pay(request: HttpRequest, collection_id: int) -> HttpResponse:
    """Look at what is to be paid, choose how, press the button; pressing twice pays once."""
    me, now = pages.me(request), timezone.now()
    collection = queries.see_collection(collection_id, me.id)
    refusal: Refusal | None = None
    if request.method == "POST":
        method, _dot, account = request.POST.get("way", "").partition(".")
        try:
            operations.pay(
                collection_id=collection.id, payer_id=me.id, method=method,
                account_id=whole(account), at=now,
                rehearse=request.POST.get("rehearse", "") if settings.DEMO else "",
            )  # fmt: skip
            return redirect("customer:pay", collection_id=collection.id)
        except Refusal as refused:
            refusal = refused
            collection = queries.see_collection(collection_id, me.id)
    page = {**_page(collection, me), "refusal": refusal, "ways": _ways(me, collection)}
    return pages.show(request, "pay", page, tab="me", status=pages.status_of(refusal))


@access.customers_only
@require_safe
def live(request: HttpRequest, collection_id: int) -> HttpResponse:
    """What became of it, asked while the bank works; once there is an end, the whole page comes anew."""
    me = pages.me(request)
    collection = queries.see_collection(collection_id, me.id)
    response = HttpResponse(status=204)
    if not collection.is_under_way:
        response = HttpResponse(status=200)
        response.headers["HX-Refresh"] = "true"
    return response


def _page(collection: queries.CollectionView, me: Ref) -> dict[str, Any]:
    words, name, numbered = SUBJECTS.get(collection.about.kind, (_("应交款项"), "", False))
    return {
        "collection": collection,
        "what_for": gettext(words),
        "back": _back(name, collection.about.id if numbered else None),
        "under_way": collection.is_under_way,
        "may_pay": collection.may_pay(timezone.now()),
        "way_on": gettext(WAY_ON.get(collection.reason, WAY_ON["OTHER"])),
        "poll_seconds": POLL_SECONDS,
        "rehearsals": [(code, gettext(label)) for code, label in REHEARSALS]
        if settings.DEMO
        else [],
    }


def _back(name: str, number: int | None) -> str:
    if name:
        try:
            return reverse(name, args=[] if number is None else [number])
        except NoReverseMatch:
            pass
    return reverse("customer:home")


def _ways(me: Ref, collection: queries.CollectionView) -> list[Way]:
    chosen = (collection.method, collection.account_id)
    wallets = [
        Way("WECHAT.", gettext("微信支付"), gettext("使用您实名的微信"), chosen[0] == "WECHAT"),
        Way("ALIPAY.", gettext("支付宝"), gettext("使用您实名的支付宝"), chosen[0] == "ALIPAY"),
    ]
    cards = [
        Way(
            f"CARD.{each.id}", f"{gettext(each.bank_name)} {each.masked_number}",
            gettext("本人银行卡"), chosen[0] != "WECHAT" and chosen[1] == each.id,
        )
        for each in people.list_accounts(me.id)
    ]  # fmt: skip
    return wallets + cards
