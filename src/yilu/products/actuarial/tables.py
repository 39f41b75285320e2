"""
The rate tables of a product (费率表、现金价值表): the sums at the border, in Decimal.

Inside, the recursions run on floats: their error stays below a billionth of a yuan for 1,000 yuan of
the sum insured (docs/decisions/0016), and a table is rounded to the cent once, here.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cache, lru_cache

from yilu.products.actuarial import mortality
from yilu.products.actuarial.promise import Promise, promise_of
from yilu.products.actuarial.values import (
    Odds,
    Paying,
    paid_up,
    premium_of,
    reserves,
    value_share,
    worth_of_severe,
)
from yilu.products.offering import SEXES, Basis, Pricing
from yilu.products.terms import Terms

CENT = Decimal("0.01")
PER = 1000
"""Rates and values are for so many yuan of the sum insured."""


@dataclass(frozen=True, slots=True)
class Key:
    """Which table of a product: sex, years to pay, years of cover (0: for life)."""

    sex: str
    pay_years: int
    years: int

    @property
    def name(self) -> str:
        """How people call it: M-20-0."""
        return f"{self.sex[0]}-{self.pay_years}-{self.years}"


@dataclass(frozen=True, slots=True)
class Rates:
    """
    One rate table, by age: the yearly premium, cash values and paid-up prices by policy year.

    For ``PER`` yuan of the sum insured; in a GRID product for one unit. ``values[age][n]`` is the
    cash value at the end of year n+1, ``paid_up[age][n]`` what ``PER`` yuan cost then with nothing
    more to pay.
    """

    premiums: dict[int, Decimal]
    values: dict[int, tuple[Decimal, ...]]
    paid_up: dict[int, tuple[Decimal, ...]]


def keys_of(terms: Terms, pricing: Pricing) -> tuple[Key, ...]:
    """Every table a product has."""
    return tuple(
        Key(sex, pay, years)
        for sex in SEXES
        for years in years_of(terms, pricing)
        for pay in pricing.pay_years
        if not years or (pay == years if terms.main_waiver else pay <= years)
    )


def years_of(terms: Terms, pricing: Pricing) -> tuple[int, ...]:
    """The terms of cover offered; 0 is for life."""
    return pricing.years or (terms.issue.years,)


def ages_of(terms: Terms, pricing: Pricing, key: Key) -> range:
    """The ages at which a table is offered."""
    to_age = min(terms.issue.to_age, pricing.pay_to_age - key.pay_years)
    for limit in pricing.limits:
        if limit.pay_years == key.pay_years:
            to_age = min(to_age, limit.to_age)
    return range(terms.issue.from_age, to_age + 1)


def has_values(terms: Terms, pricing: Pricing) -> bool:
    """Whether the product builds up a cash value."""
    return pricing.basis == Basis.LIFE and terms.long_term


@lru_cache(maxsize=512)
def table_of(terms: Terms, pricing: Pricing, key: Key) -> Rates:
    """Work out one table; nothing but the wording and the pricing goes in."""
    if pricing.basis == Basis.GRID:
        bands = {a: band_rate(pricing, key.sex, a) for a in ages_of(terms, pricing, key)}
        return Rates({age: rate for age, rate in bands.items() if rate is not None}, {}, {})
    premiums, values, cleared = {}, {}, {}
    for age in ages_of(terms, pricing, key):
        line = line_of(terms, pricing, key, age)
        premiums[age], values[age], cleared[age] = line
    return Rates(premiums, values, cleared)


Line = tuple[Decimal, tuple[Decimal, ...], tuple[Decimal, ...]]


def line_of(terms: Terms, pricing: Pricing, key: Key, age: int) -> Line:
    """One age of a table: its rate, its cash values and its paid-up prices."""
    promise, odds, paying = basis_of(terms, pricing, key, age)
    premium = premium_of(promise, odds, paying)
    held = reserves(promise, odds, paying, premium)
    if not terms.long_term:
        return rate_from(premium, pricing), (), ()
    first = float(pricing.value_first)
    until = min(len(held), pricing.values_to_age - age)
    values = [value_share(first, t, key.pay_years) * max(held[t], 0.0) for t in range(1, until)] + [
        0.0
    ] * (len(held) - max(until, 1))
    return (
        rate_from(premium, pricing),
        tuple(_cents(value * PER) for value in values),
        tuple(_cents(price * PER) for price in paid_up(promise, odds)[1:]),
    )


def basis_of(
    terms: Terms, pricing: Pricing, key: Key, age: int, points: int = 0
) -> tuple[Promise, Odds, Paying]:
    """What the recursions work on; ``points`` of a hundred more deaths and illnesses (加费点数)."""
    promise = promise_of(terms, age, key.years, pricing.values_to_age)
    sums = promise.severe or ((1.0,) if promise.waives and pricing.illness else ())
    odds = _odds(pricing, key.sex, age, promise.years, points, sums)
    shares = tuple(float(share) for share in pricing.shares_for(key.pay_years))
    return promise, odds, Paying(key.pay_years, shares)


def rate_from(premium: float, pricing: Pricing) -> Decimal:
    """The yearly rate for ``PER`` yuan: the premium with what no table covers, to the cent."""
    rate = premium * PER / (1 - float(pricing.holder_waiver)) + float(pricing.extra_per_thousand)
    return _cents(rate)


def rate_with(terms: Terms, pricing: Pricing, key: Key, age: int, points: int) -> Decimal:
    """The yearly rate of somebody with ``points`` of a hundred more risk."""
    return rate_from(premium_of(*basis_of(terms, pricing, key, age, points)), pricing)


def band_rate(pricing: Pricing, sex: str, age: int) -> Decimal | None:
    """The rate of a grid at an age; None where no band has it."""
    for band in pricing.bands:
        if band.from_age <= age <= band.to_age:
            return band.male if sex == "MALE" else band.female
    return None


@cache
def _per_year(
    pricing_tables: tuple[str, ...], sex: str, ill: bool
) -> tuple[tuple[float, ...], ...]:
    q = mortality.deaths(pricing_tables[SEXES.index(sex)])
    if not ill:
        return (q, (), (), ())
    severe, light, caused = mortality.illnesses(sex)
    other = [
        min(d * (1 - k), 1 - s - w) for d, k, s, w in zip(q, caused, severe, light, strict=True)
    ]
    other[-1] = 1 - severe[-1] - light[-1]
    # Who had a severe illness dies more often: twice the table and three in a hundred (demo).
    after = tuple(min(2 * d + 0.03, 1.0) for d in q)
    return tuple(other), severe, light, after


@lru_cache(maxsize=4096)
def _odds(
    pricing: Pricing, sex: str, age: int, years: int, points: int, sums: tuple[float, ...]
) -> Odds:
    more = 1 + points / 100
    cut = [each[age : age + years] for each in _per_year(pricing.mortality, sex, bool(sums))]
    v = 1 / (1 + float(pricing.interest))
    if not sums:
        return Odds(q=[min(q * more, 1.0) for q in cut[0]], v=v)
    severe = [min(s * more, 0.5) for s in cut[1]]
    light = [min(s * more, 0.3) for s in cut[2]]
    q = [min(d * more, 1 - s - w) for d, s, w in zip(cut[0], severe, light, strict=True)]
    again = [min(s * float(pricing.repeat), 1 - d) for s, d in zip(severe, cut[3], strict=True)]
    worth = worth_of_severe(sums, v, again, cut[3])
    return Odds(q=q, v=v, severe=severe, light=light, severe_worth=worth)


def _cents(value: float) -> Decimal:
    return Decimal(repr(value)).quantize(CENT, rounding=ROUND_HALF_UP)
