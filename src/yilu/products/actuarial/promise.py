"""What a wording owes in each policy year, for one yuan of the sum insured (保险责任的逐年金额)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from yilu.products.actuarial.mortality import LAST_AGE
from yilu.products.terms import AgeBand, Death, Illness, Survival, Terms


@dataclass(frozen=True, slots=True)
class OnDeath:
    """
    The sum paid on death in a year: the greatest of three.

    ``fixed`` yuan, ``premiums`` times what was paid in so far, ``value`` times the reserve.
    """

    fixed: float = 0.0
    premiums: float = 0.0
    value: float = 0.0


@dataclass(frozen=True, slots=True)
class Promise:
    """
    Everything owed, year by year: ``death[t]`` for dying in year t, ``alive[t]`` at the end of t years.

    ``severe`` are the sums of the first, second, … severe illness, ``light`` that of a lighter one
    which also waives the premiums. ``for_life``: it ends with death only. ``waives``: what brings a waiver
    of one yuan a year for the rest of the term: ILLNESS, DEATH; the first year's is paid already.
    """

    years: int
    death: tuple[OnDeath, ...]
    alive: tuple[float, ...]
    for_life: bool = False
    severe: tuple[float, ...] = ()
    light: float = 0.0
    waives: tuple[str, ...] = ()


def promise_of(terms: Terms, age: int, years: int, values_to_age: int = 200) -> Promise:
    """
    What the wording owes somebody insured at ``age`` for ``years`` years (0: for life).

    From ``values_to_age`` on there is no cash value to be paid on death.
    """
    term = years or LAST_AGE + 1 - age
    severe, light = _illness(terms)
    return Promise(
        years=term,
        death=tuple(_death(terms, age + t, age + t + 1 < values_to_age) for t in range(term)),
        alive=tuple(_alive(terms, age, t) for t in range(term + 1)),
        for_life=not years,
        severe=severe,
        light=light,
        waives=_waives(terms),
    )


def _waives(terms: Terms) -> tuple[str, ...]:
    waiver = terms.main_waiver
    if waiver is None:
        return ()
    return ("ILLNESS", "DEATH") if "DEATH" in waiver.triggers else ("ILLNESS",)


def _death(terms: Terms, age: int, has_value: bool) -> OnDeath:
    fixed = premiums = value = Decimal(0)
    for benefit in terms.benefits:
        if not isinstance(benefit, Death) or "ILLNESS" not in benefit.causes:
            continue
        for option in _band(benefit, age).greatest_of:
            if option.base == "SUM_INSURED":
                fixed = max(fixed, option.share)
            elif option.base == "PREMIUMS_PAID":
                premiums = max(premiums, option.share)
            elif has_value:
                value = max(value, option.share)
    return OnDeath(float(fixed), float(premiums), float(value))


def _band(benefit: Death, age: int) -> AgeBand:
    return next((b for b in benefit.bands if b.from_age <= age < b.to_age), benefit.bands[-1])


def _alive(terms: Terms, age: int, t: int) -> float:
    owed = Decimal(0)
    for benefit in terms.benefits:
        if isinstance(benefit, Survival) and t and falls_due(benefit, age, t):
            owed += benefit.option.share
    return float(owed)


def falls_due(benefit: Survival, age: int, t: int) -> bool:
    """Whether a survival benefit is paid after ``t`` full years to somebody insured at ``age``."""
    first = benefit.from_year or max(benefit.from_age - age, 1)
    return t == first if benefit.once else t >= first


def _illness(terms: Terms) -> tuple[tuple[float, ...], float]:
    for benefit in terms.benefits:
        if isinstance(benefit, Illness):
            levels = {level.level: level for level in benefit.levels}
            severe = tuple(float(share) for share in levels["SEVERE"].shares)
            lighter = [
                float(levels[each].shares[0]) for each in ("MODERATE", "MILD") if each in levels
            ]
            # Mild illnesses are three times as frequent as moderate ones in the demo table.
            light = sum(w * s for w, s in zip((0.25, 0.75), lighter, strict=False))
            return severe, light if len(lighter) == 2 else sum(lighter)
    return (), 0.0
