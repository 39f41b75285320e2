"""The price of an application as it stands, and whether it is the one the person saw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, Protocol

from yilu.kernel.years import full_years
from yilu.people import queries as people
from yilu.products import queries as products
from yilu.products.offering import INSTALMENTS, Offer, Price
from yilu.underwriting.models import Application
from yilu.underwriting.queries.loaded import price_with
from yilu.underwriting.queries.riders import riders_offered
from yilu.underwriting.rules.interest import Person

from .refusals import (
    BadInsured,
    NothingToWaive,
    OneWaiver,
    PlanMissing,
    RiderNotOffered,
    StaleQuote,
)


class Born(Protocol):
    """Anybody with a birth date and a sex."""

    @property
    def id(self) -> int: ...
    @property
    def birth_date(self) -> date | None: ...
    @property
    def sex(self) -> str | None: ...


def offer_of(version_id: int | None, on: date) -> Offer:
    """
    Today's offer of the product an application is for.

    :raises ProductNotFound: it is not sold any more.
    """
    if version_id is None:
        raise PlanMissing
    return products.get_offer(products.get_terms(version_id).code, on)


def price_of(offer: Offer, insured: Person, plan: Any, extra_mortality: int = 0) -> Price:
    """
    What the plan costs for this person. ``plan``: a Plan, or an application it was chosen in.

    :raises PriceNotOffered: outside the product's range. :raises BadInsured: no birth date or sex.
    """
    if insured.age is None or insured.sex is None:
        raise BadInsured("请补充被保险人的出生日期和性别")
    return products.price(
        offer.version_id, sex=insured.sex, age=insured.age, sum_insured=plan.sum_insured,
        pay_years=plan.pay_years, pay_mode=plan.pay_mode, years=plan.years,
        occupation_class=plan.occupation_class, with_social_insurance=plan.with_social_insurance,
        extra_mortality=extra_mortality,
    )  # fmt: skip


def require_seen(premium: Decimal, seen: Decimal | None) -> None:
    """Whether the price is the one on the screen. :raises StaleQuote: it is another."""
    if premium != seen:
        raise StaleQuote


def with_loading(application: Application, extra_mortality: int) -> Price:
    """What the application costs with so many points of extra mortality."""
    price = price_with(application, extra_mortality)
    if price is None:
        raise PlanMissing
    return price


def rider_price(application: Any, rider: dict[str, Any], extra_mortality: int = 0) -> Price:
    """What a rider costs, paid together with the main contract: an instalment like the main's."""
    if rider.get("life"):
        return products.price(
            rider["version_id"], sex=rider["rated_sex"], age=rider["rated_age"],
            sum_insured=Decimal(rider["sum_insured"]), pay_years=rider["pay_years"],
            years=rider["years"], pay_mode=application.pay_mode, extra_mortality=extra_mortality,
        )  # fmt: skip
    rated = Person(application.insured_id or 0, application.rated_age, application.rated_sex)
    if rated.age is None or not rated.sex:
        raise PlanMissing
    return products.price(
        rider["version_id"], sex=rated.sex, age=rated.age, sum_insured=Decimal(rider["sum_insured"]),
        pay_years=1, pay_mode=application.pay_mode,
        occupation_class=application.occupation_class or 1,
        with_social_insurance=application.with_social_insurance, extra_mortality=extra_mortality,
    )  # fmt: skip


def require_rider(application: Application, rider: dict[str, Any], on: date) -> None:
    """Whether a rider is still sold at the price it was chosen at. :raises StaleQuote: it is not."""
    if products.find_version_id(rider["code"], on) != rider["version_id"]:
        raise StaleQuote
    if (
        rider.get("life")
        and person(people.get_party(rider["party_id"]), on).age != rider["rated_age"]
    ):
        raise StaleQuote
    require_seen(rider_price(application, rider).premium, Decimal(rider["premium"]))


def person(view: Born, on: date) -> Person:
    """As much of a party as the rules look at."""
    age = None if view.birth_date is None else full_years(view.birth_date, on)
    return Person(view.id, age, view.sex)


def require_plan(application: Application) -> None:
    """Whether a plan was chosen. :raises PlanMissing: it was not."""
    if application.premium is None or application.quoted_on is None:
        raise PlanMissing


def price_riders(
    offer: Offer, insured: Person, plan: Any, on: date, holder: Person | None = None
) -> list[dict[str, Any]]:
    """
    The riders of a plan with their prices, as an application keeps them; what waives premiums comes
    last and is priced for whose life it hangs on (the ``holder`` or the insured): its sum is a year's
    worth of all the others. Two waivers do not go together: each would waive the other.

    :raises RiderNotOffered: one that does not go with the product, or twice the same. :raises OneWaiver: two.
    :raises PriceNotOffered: an age, sum or way to pay that the rider is not sold at.
    """
    if not plan.riders:
        return []
    another = holder is not None and holder.id != insured.id
    offered = {e.code: e for e in riders_offered(offer.version_id, on, for_another=another)}
    codes = [each.code for each in plan.riders]
    if len(set(codes)) != len(codes) or not set(codes) <= set(offered):
        raise RiderNotOffered
    if sum(1 for code in codes if offered[code].waives_for) > 1:
        raise OneWaiver
    rows: list[dict[str, Any]] = []
    for each in sorted(plan.riders, key=lambda each: bool(offered[each.code].waives_for)):
        if offered[each.code].waives_for:
            life = holder if offered[each.code].waives_for == "HOLDER" else insured
            assert life is not None
            main = price_of(offer, insured, plan).premium
            rows.append(_waiver(offered[each.code], life, plan, main, rows))
            continue
        wanted = replace(plan, sum_insured=each.sum_insured, pay_years=1, years=None, riders=())
        price = price_of(offered[each.code], insured, wanted)
        rows.append(
            {
                "code": each.code, "version_id": offered[each.code].version_id,
                "sum_insured": str(each.sum_insured), "premium": str(price.premium),
                "extra_premium": "0.00", "extra_mortality": 0, "exclusions": [], "policy_id": None,
            }
        )  # fmt: skip
    return rows


def _waiver(
    offer: Offer, life: Person, plan: Any, main: Decimal, others: list[dict[str, Any]]
) -> dict[str, Any]:
    """
    The waiver of a plan: for one year less than the main contract is paid, whose first premium is paid.

    :raises NothingToWaive: the main contract is paid at once.
    """
    if plan.pay_mode == "SINGLE" or plan.pay_years < 2:
        raise NothingToWaive
    years = plan.pay_years - 1
    wanted = replace(
        plan, sum_insured=waived_a_year(plan.pay_mode, main, others), pay_years=years, years=years,
        occupation_class=1, with_social_insurance=False, riders=(),
    )  # fmt: skip
    price = price_of(offer, life, wanted)
    return {
        "code": offer.code, "version_id": offer.version_id, "sum_insured": str(wanted.sum_insured),
        "premium": str(price.premium), "extra_premium": "0.00", "extra_mortality": 0, "exclusions": [],
        "policy_id": None, "life": offer.waives_for, "party_id": life.id, "rated_age": life.age,
        "rated_sex": life.sex, "pay_years": years, "years": years,
    }  # fmt: skip


def waived_a_year(pay_mode: str, main: Decimal, others: Sequence[dict[str, Any]]) -> Decimal:
    """A year's worth of the premiums that a waiver frees: its sum insured."""
    beside = sum((Decimal(r["premium"]) for r in others if not r.get("life")), start=main)
    return beside * INSTALMENTS[pay_mode]


def quote_riders(
    offer: Offer, insured: Born, plan: Any, on: date, holder: Born | None = None
) -> list[dict[str, Any]]:
    """What the riders of a plan would cost, as an application would keep them; refusals as choosing."""
    return price_riders(
        offer, person(insured, on), plan, on, person(holder, on) if holder else None
    )


def quote(offer: Offer, insured: Born, plan: Any, on: date) -> Price:
    """
    What a plan would cost somebody today: for a page that shows the price before anything is chosen.

    :raises PriceNotOffered: outside the product's range, saying which.
    """
    return price_of(offer, person(insured, on), plan)
