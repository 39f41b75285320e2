"""产品: what is sold at which price, worked out from what; questions, notices and papers beside it."""

from __future__ import annotations

from decimal import Decimal
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from yilu.kernel.errors import Refusal
from yilu.products import operations, queries
from yilu.products.offering import MODES, QUESTION_KINDS, Offer
from yilu.products.queries import PriceNotOffered
from yilu.standards import queries as standards
from yilu.web.common.access import staff_only
from yilu.web.common.numbers import whole
from yilu.web.common.templatetags.yilu import full_day
from yilu.web.staff.asked import actor_of, names_said
from yilu.web.staff.asked import day_of as day_in
from yilu.web.staff.page import access_of, show

STEP = 5
SEXES = (("MALE", "男"), ("FEMALE", "女"))


def _let_in(request: HttpRequest) -> None:
    """For who keeps the standards or reads the figures. :raises NotAllowed: for other staff."""
    access = access_of(request)
    if not access.may("standards.edit"):
        access.require("insight.view")


@require_GET
@staff_only()
def listing(request: HttpRequest) -> HttpResponse:
    """Every product sold today, with what it costs somebody of thirty."""
    _let_in(request)
    today = timezone.localdate()
    offers = {offer.version_id: offer for offer in queries.list_offers(today)}
    rows = [
        {
            "product": row,
            "offer": offers.get(row.version_id),
            "example": _example(offers.get(row.version_id)),
        }
        for row in queries.list_products(today)
    ]
    page = {"rows": rows, "ended": queries.list_ended(today)}
    return show(request, "staff/products/list.html", page, here="products")


@require_GET
@staff_only()
def product(request: HttpRequest, version_id: int) -> HttpResponse:
    """One product: its prices and values as pictures and a table, and everything that belongs to it."""
    return _page(request, version_id)


def _page(request: HttpRequest, version_id: int, refusal: Refusal | None = None) -> HttpResponse:
    _let_in(request)
    terms = queries.get_terms(version_id)
    offering = queries.find_offering(version_id)
    page: dict[str, Any] = {"terms": terms, "version_id": version_id, "offering": offering}
    page |= _sale(request, version_id, refusal)
    if offering is not None:
        offer = queries.offer_of(version_id)
        pay, age = _chosen(request, offer)
        page |= {
            "offer": offer,
            "pay": pay,
            "age": age,
            "modes": [(_(MODES[each.mode]), each.factor) for each in offering.pricing.modes],
            "pricing": offering.pricing,
            "rates": _rates(version_id, offer, pay),
            "groups": _groups(offering.questions),
            "questionnaire": queries.get_questionnaire(version_id),
            "kinds": QUESTION_KINDS,
            "papers": standards.checklist(standards.APPLICATION, timezone.now()).items,
        }
    status = refusal.status if refusal else 200
    return show(request, "staff/products/product.html", page, here="products", status=status)


def _sale(request: HttpRequest, version_id: int, refusal: Refusal | None) -> dict[str, Any]:
    sale = queries.sale_of(version_id)
    ends = [end for end in (sale.waiting, sale.ended_by) if end]
    today = timezone.localdate()
    return {
        "sale": sale,
        "who": names_said(*(who for end in ends for who in (end.proposed_by, end.decided_by))),
        "may_end": access_of(request).may("standards.edit"),
        "own": sale.waiting is not None and sale.waiting.proposed_by == str(actor_of(request)),
        "over": sale.last_day is not None and sale.last_day < today,
        "first": max(today, sale.first_day).isoformat(),
        "refusal": refusal,
        "form": request.POST if refusal else {},
    }


@require_POST
@staff_only(right="standards.edit")
def end_of_sale(request: HttpRequest, version_id: int) -> HttpResponse:
    """Propose the last day on which a product is sold, confirm what a colleague proposed, or give it up."""
    told: dict[str, Any] = {
        "version_id": version_id, "actor": actor_of(request), "at": timezone.now(),
    }  # fmt: skip
    do = request.POST.get("do", "")
    try:
        if do == "confirm":
            last_day = operations.confirm_end_of_sale(**told)
            said = _("已确定停售，最后销售日是%(day)s。") % {"day": full_day(last_day)}
        elif do == "drop":
            operations.drop_end_of_sale(**told)
            said = _("停售申请已放弃，产品照常销售。")
        else:
            operations.propose_end_of_sale(
                last_day=day_in(request.POST.get("last_day", "")),
                reason=request.POST.get("reason", ""), **told,
            )  # fmt: skip
            said = _("停售申请已提交，请另一位有权限的同事复核；复核以前照常销售。")
    except operations.VersionNotFound:
        raise Http404 from None
    except Refusal as refusal:
        return _page(request, version_id, refusal)
    messages.success(request, said)
    return redirect("staff:product", version_id)


@require_GET
@staff_only()
def chart(request: HttpRequest, version_id: int, what: str) -> JsonResponse:
    """The numbers of a picture: ``rates`` by age or ``values`` by policy year."""
    _let_in(request)
    if queries.find_offering(version_id) is None:
        raise Http404
    offer = queries.offer_of(version_id)
    pay, age = _chosen(request, offer)
    if what == "rates":
        return JsonResponse(_rate_lines(version_id, offer, pay))
    if what == "values" and offer.has_values:
        return JsonResponse(_value_lines(version_id, pay, age))
    raise Http404


def _chosen(request: HttpRequest, offer: Offer) -> tuple[int, int]:
    pay = whole(request.GET.get("pay")) or 0
    pay = pay if pay in offer.pay_years else offer.pay_years[-1]
    ages = _ages(offer, pay)
    age = whole(request.GET.get("age"))
    return pay, age if age in ages else min(max(30, ages[0]), ages[-1])


def _ages(offer: Offer, pay: int) -> list[int]:
    key = next(k for k in queries.list_rate_tables(offer.version_id) if k.pay_years == pay)
    return sorted(queries.get_rates(offer.version_id, key).premiums)


def _premiums(version_id: int, pay: int) -> dict[str, dict[int, Decimal]]:
    keys = [key for key in queries.list_rate_tables(version_id) if key.pay_years == pay]
    return {key.sex: queries.get_rates(version_id, key).premiums for key in keys}


def _rates(version_id: int, offer: Offer, pay: int) -> list[tuple[int, Decimal, Decimal]]:
    by_sex = _premiums(version_id, pay)
    ages = [age for age in by_sex["MALE"] if age % STEP == 0 or age == offer.from_age]
    return [(age, by_sex["MALE"][age], by_sex["FEMALE"][age]) for age in ages]


def _rate_lines(version_id: int, offer: Offer, pay: int) -> dict[str, Any]:
    by_sex = _premiums(version_id, pay)
    ages = sorted(by_sex["MALE"])
    return {
        "kind": "line",
        "names": [str(age) for age in ages],
        "series": [
            {"name": _(label), "tone": tone, "data": [float(by_sex[sex][age]) for age in ages]}
            for (sex, label), tone in zip(SEXES, ("info", "warn"), strict=True)
        ],
    }


def _value_lines(version_id: int, pay: int, age: int) -> dict[str, Any]:
    lines = {
        sex: queries.cash_values(version_id, sex=sex, age=age, pay_years=pay)
        for sex, _label in SEXES
    }
    return {
        "kind": "line",
        "names": [str(year) for year in range(1, len(lines["MALE"]) + 1)],
        "series": [
            {"name": _(label), "tone": tone, "data": [float(value) for value in lines[sex]]}
            for (sex, label), tone in zip(SEXES, ("info", "warn"), strict=True)
        ],
    }


def _groups(questions: Any) -> list[tuple[str, list[dict[str, Any]]]]:
    """The questions under their headings; a detail stands under what opens it."""
    found = []
    for heading, each in groupby(questions, key=lambda q: q.group):
        rows = [
            {"question": q, "kind": QUESTION_KINDS[q.kind], "follows": q.shown_if is not None}
            for q in each
        ]
        found.append((heading, rows))
    return found


def _example(offer: Offer | None) -> Any:
    """What somebody of thirty pays a year for the least sum, over the longest term; None where not sold."""
    if offer is None:
        return None
    try:
        return queries.price(
            offer.version_id, sex="MALE", age=max(30, offer.from_age), sum_insured=offer.sum_from,
            pay_years=offer.pay_years[-1], pay_mode="YEARLY", with_social_insurance=True,
        )  # fmt: skip
    except PriceNotOffered:
        return None
