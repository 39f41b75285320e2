"""What a policy costs and what it is worth, read from the published rate tables."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from functools import lru_cache

from yilu.kernel.errors import Invalid, Sentence
from yilu.kernel.money import ZERO, round_yuan
from yilu.kernel.words import marked as _
from yilu.products.actuarial import tables
from yilu.products.actuarial.tables import PER, Key, Rates
from yilu.products.models import RateTable
from yilu.products.offering import MODES, Basis, Price, Pricing, Scheduled
from yilu.products.queries.offers import find_offering, get_offering
from yilu.products.queries.wordings import get_terms
from yilu.products.rules import valuing
from yilu.products.terms import Terms

CENT = Decimal("0.01")
POINTS_MAX = 1000


class PriceNotOffered(Invalid):
    """The product is not sold like this; the message says what is offered instead."""

    code = "price_not_offered"
    message = _("这个产品不能这样投保")
    hint = _("请按提示的范围调整后再试。")


def price(
    version_id: int,
    *,
    sex: str,
    age: int,
    sum_insured: Decimal,
    pay_years: int,
    pay_mode: str,
    years: int | None = None,
    occupation_class: int = 1,
    with_social_insurance: bool = False,
    extra_mortality: int = 0,
    renewal: bool = False,
) -> Price:
    """
    The premium of one instalment, with everything it is made of.

    ``extra_mortality`` in points of a hundred (加费点数). A ``renewal`` may be older than who buys anew.

    :raises PriceNotOffered: naming what is out of range and what is offered.
    :raises ProductNotFound: where the version is not sold to single persons.
    """
    pricing, terms = get_offering(version_id).pricing, get_terms(version_id)
    key = Key(sex, pay_years, _years(terms, pricing, years))
    factor = _offered(terms, pricing, key, age, sum_insured, pay_mode, renewal)
    occupation = (
        pricing.occupations[occupation_class - 1] if 1 <= occupation_class <= 6 else Decimal(0)
    )
    if not occupation:
        raise PriceNotOffered(
            Sentence(_("{name}不承保 {n} 类职业"), name=terms.name, n=occupation_class),
            hint=_("请在在售产品里选承保这类职业的；拿不准的，致电客服一起看。"),
        )
    points = _points(extra_mortality)
    if pricing.basis == Basis.GRID:
        rate = tables.band_rate(pricing, sex, age)
        assert rate is not None
        social = pricing.social_factor if with_social_insurance else Decimal(1)
        standard = round_yuan(_of_sum(pricing, rate, sum_insured) * social * occupation)
        loaded = round_yuan(standard * (100 + points) / 100)
    else:
        rate = get_rates(version_id, key).premiums[age]
        standard = round_yuan(rate * sum_insured / PER * occupation)
        loaded = standard
        if points:
            more = tables.rate_with(terms, pricing, key, age, points)
            loaded = max(standard, round_yuan(more * sum_insured / PER * occupation))
    premium = round_yuan(loaded * factor)
    return Price(
        premium=premium,
        yearly=loaded,
        rate_per_thousand=(standard * PER / sum_insured).quantize(Decimal("0.0001")),
        extra=premium - round_yuan(standard * factor),
        table=f"{terms.code} {terms.version} {key.name}",
    )


def cash_values(
    version_id: int, *, sex: str, age: int, pay_years: int, years: int | None = None
) -> tuple[Decimal, ...]:
    """
    The cash value for 1,000 yuan of the sum insured at the end of policy year 1, 2, …

    Empty for a product without cash value. :raises PriceNotOffered: as ``price``.
    """
    offering = find_offering(version_id)
    if offering is None:
        return ()
    terms = get_terms(version_id)
    if not tables.has_values(terms, offering.pricing):
        return ()
    key = Key(sex, pay_years, _years(terms, offering.pricing, years))
    return _line(get_rates(version_id, key).values, terms, age)


def value_at(
    version_id: int,
    *,
    sex: str,
    age: int,
    pay_years: int,
    years: int | None = None,
    effective_on: date,
    on: date,
    sum_insured: Decimal,
    premiums_paid_to: date | None,
    is_paid_up: bool = False,
) -> Decimal:
    """
    The cash value of a policy on a day, on the line between two anniversaries.

    ``premiums_paid_to`` is the next premium's due day (None: all paid): a premium owed stops the
    growth. ``is_paid_up``: made paid-up (减额缴清), ``sum_insured`` is what is left of it.
    """
    if is_paid_up:
        yearly = _paid_up_prices(version_id, sex, age, pay_years, years)
        premiums_paid_to = None
    else:
        yearly = cash_values(version_id, sex=sex, age=age, pay_years=pay_years, years=years)
    return valuing.value_on(
        yearly,
        effective_on=effective_on,
        on=on,
        sum_insured=sum_insured,
        premiums_paid_to=premiums_paid_to,
    )


def paid_up_sum(
    version_id: int,
    *,
    sex: str,
    age: int,
    pay_years: int,
    years: int | None = None,
    effective_on: date,
    on: date,
    value: Decimal,
) -> Decimal:
    """
    The sum insured that a value buys on a day with nothing more to pay (减额缴清保额), rounded down.

    ``value`` is the cash value less what is owed. Nil where the product builds up none.
    """
    prices = _paid_up_prices(version_id, sex, age, pay_years, years)
    each = valuing.value_between(prices, effective_on, on, prices[0] if prices else ZERO)
    return (value * PER / each).quantize(CENT, rounding="ROUND_DOWN") if each > 0 else ZERO


def scheduled_benefits(
    version_id: int,
    *,
    effective_on: date,
    ends_on: date | None,
    sum_insured: Decimal,
    birth_date: date,
) -> tuple[Scheduled, ...]:
    """Every survival, maturity and annuity benefit of a policy, by the day it falls due."""
    return tuple(
        valuing.scheduled(
            get_terms(version_id),
            effective_on=effective_on,
            ends_on=ends_on,
            sum_insured=sum_insured,
            birth_date=birth_date,
        )
    )


@lru_cache(maxsize=1024)
def get_rates(version_id: int, key: Key) -> Rates:
    """
    A rate table, read once per process.

    A version published without its tables has them worked out: they follow from the offering alone.

    :raises PriceNotOffered: where the product has no such table.
    """
    pricing, terms = get_offering(version_id).pricing, get_terms(version_id)
    if key not in tables.keys_of(terms, pricing):
        raise PriceNotOffered(_choices(terms, pricing))
    row = RateTable.objects.filter(
        product_version_id=version_id, sex=key.sex, pay_years=key.pay_years, years=key.years
    ).values_list("premiums", "values", "paid_up")
    stored = row.first()
    if stored is None:
        return tables.table_of(terms, pricing, key)
    premiums, values, paid_up = stored
    return Rates(
        {int(age): _yuan(cents) for age, cents in premiums.items()},
        {int(age): tuple(map(_yuan, line)) for age, line in values.items()},
        {int(age): tuple(map(_yuan, line)) for age, line in paid_up.items()},
    )


def list_rate_tables(version_id: int) -> tuple[Key, ...]:
    """The rate tables of a version; none where it is not sold to single persons."""
    offering = find_offering(version_id)
    return tables.keys_of(get_terms(version_id), offering.pricing) if offering else ()


def _yuan(cents: int) -> Decimal:
    return Decimal(cents).scaleb(-2)


def _paid_up_prices(
    version_id: int, sex: str, age: int, pay_years: int, years: int | None
) -> tuple[Decimal, ...]:
    offering = find_offering(version_id)
    terms = get_terms(version_id)
    if offering is None or not tables.has_values(terms, offering.pricing):
        return ()
    key = Key(sex, pay_years, _years(terms, offering.pricing, years))
    return _line(get_rates(version_id, key).paid_up, terms, age)


def _line(lines: dict[int, tuple[Decimal, ...]], terms: Terms, age: int) -> tuple[Decimal, ...]:
    if age not in lines:
        text = _("{name}按 {low} 至 {high} 周岁计算现金价值")
        raise PriceNotOffered(Sentence(text, name=terms.name, low=min(lines), high=max(lines)))
    return lines[age]


def _years(terms: Terms, pricing: Pricing, years: int | None) -> int:
    return tables.years_of(terms, pricing)[0] if years is None else years


def _offered(
    terms: Terms,
    pricing: Pricing,
    key: Key,
    age: int,
    sum_insured: Decimal,
    pay_mode: str,
    renewal: bool,
) -> Decimal:
    """The instalment factor of what may be bought. :raises PriceNotOffered: naming the range."""
    if key not in tables.keys_of(terms, pricing):
        raise PriceNotOffered(_choices(terms, pricing))
    ages = tables.ages_of(terms, pricing, key)
    known = tables.band_rate(pricing, key.sex, age) is not None
    if age not in ages and not (renewal and known):
        text = _("{name}交费 {years} 年时，投保年龄要在 {low} 至 {high} 周岁")
        raise PriceNotOffered(
            Sentence(text, name=terms.name, years=key.pay_years, low=ages[0], high=ages[-1]),
            hint=_("年龄改不了：可以换一个交费年数，或在在售产品里选适合这个年龄的。"),
        )
    issue = terms.issue
    if not issue.sum_from <= sum_insured <= issue.sum_to:
        low, high = f"{issue.sum_from:,}", f"{issue.sum_to:,}"
        text = _("{name}的保额要在 {low} 至 {high} 元")
        raise PriceNotOffered(Sentence(text, name=terms.name, low=low, high=high))
    factor = pricing.factor_of(pay_mode)
    if factor is None or (pay_mode == "SINGLE" and key.pay_years != 1):
        offered = [MODES[m.mode] for m in pricing.modes if m.mode != "SINGLE" or key.pay_years == 1]
        text = _("{name}可选的交费方式：{modes}")
        raise PriceNotOffered(Sentence(text, name=terms.name, modes=_listed(offered)))
    return factor


def _of_sum(pricing: Pricing, rate: Decimal, sum_insured: Decimal) -> Decimal:
    if not pricing.steps:
        return rate * sum_insured / pricing.unit
    reached = [step.factor for step in pricing.steps if step.sum_from <= sum_insured]
    return rate * (reached[-1] if reached else pricing.steps[0].factor)


def _points(points: int) -> int:
    if not 0 <= points <= POINTS_MAX:
        raise PriceNotOffered(Sentence(_("加费点数要在 0 到 {most} 之间"), most=POINTS_MAX))
    return points


def _listed(texts: Iterable[str]) -> Sentence:
    figures = {f"text{n}": text for n, text in enumerate(texts)}
    return Sentence("、".join(f"{{{name}}}" for name in figures), **figures)


def _choices(terms: Terms, pricing: Pricing) -> Sentence:
    return Sentence(
        _("{name}可选交费 {pay} 年、保险期间 {cover}"),
        name=terms.name,
        pay=_listed(str(n) for n in pricing.pay_years),
        cover=_listed(
            Sentence(_("{n} 年"), n=n) if n else _("终身") for n in tables.years_of(terms, pricing)
        ),
    )


__all__ = [
    "PriceNotOffered",
    "cash_values",
    "get_rates",
    "list_rate_tables",
    "paid_up_sum",
    "price",
    "scheduled_benefits",
    "value_at",
]
