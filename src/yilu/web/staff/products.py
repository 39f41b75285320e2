"""产品: what is sold at which price, worked out from what; questions, notices and papers beside it."""

from __future__ import annotations

from decimal import Decimal
from itertools import groupby
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from yilu.products import queries
from yilu.products.offering import MODES, PAPER_NEEDS, QUESTION_KINDS, Offer
from yilu.products.queries import PriceNotOffered
from yilu.web.common.access import staff_only
from yilu.web.common.numbers import whole
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
    return show(request, "staff/products/list.html", {"rows": rows}, here="products")


@require_GET
@staff_only()
def product(request: HttpRequest, version_id: int) -> HttpResponse:
    """One product: its prices and values as pictures and a table, and everything that belongs to it."""
    _let_in(request)
    terms = queries.get_terms(version_id)
    offering = queries.find_offering(version_id)
    page: dict[str, Any] = {"terms": terms, "version_id": version_id, "offering": offering}
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
            "papers": [(paper, PAPER_NEEDS[paper.needed]) for paper in offering.papers],
        }
    return show(request, "staff/products/product.html", page, here="products")


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
