"""Values of one policy between its anniversaries, and what falls due while alive (保单年度内的价值)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

from yilu.kernel.money import ZERO, round_yuan
from yilu.kernel.years import add_years, full_years
from yilu.products.actuarial.mortality import LAST_AGE
from yilu.products.actuarial.promise import falls_due
from yilu.products.actuarial.tables import PER
from yilu.products.offering import Scheduled
from yilu.products.terms import Survival, Terms


def value_between(
    yearly: Sequence[Decimal], effective_on: date, on: date, at_start: Decimal = ZERO
) -> Decimal:
    """
    A value on a day, on the straight line between two anniversaries, unrounded.

    ``yearly[n]`` stands at the end of policy year n+1, ``at_start`` at the very start. Before the
    start it is nil, after the last year the last value. Where values end with years to come (a pension
    begins) the last one stands until that day.
    """
    if not yearly or on < effective_on:
        return ZERO
    year = full_years(effective_on, on)
    if year >= len(yearly):
        return yearly[-1]
    before = yearly[year - 1] if year else at_start
    if not yearly[year] and year + 1 < len(yearly) and before:
        return before
    since, until = add_years(effective_on, year), add_years(effective_on, year + 1)
    part = Decimal((on - since).days) / Decimal((until - since).days)
    return before + (yearly[year] - before) * part


def value_on(
    yearly: Sequence[Decimal],
    *,
    effective_on: date,
    on: date,
    sum_insured: Decimal,
    premiums_paid_to: date | None,
    at_start: Decimal = ZERO,
) -> Decimal:
    """
    The cash value of a policy on a day, rounded to the cent.

    A premium owed stops it: what was not paid for does not grow. ``premiums_paid_to`` None: all
    premiums are paid.
    """
    day = on if premiums_paid_to is None else min(on, premiums_paid_to)
    return round_yuan(value_between(yearly, effective_on, day, at_start) * sum_insured / PER)


def scheduled(
    terms: Terms,
    *,
    effective_on: date,
    ends_on: date | None,
    sum_insured: Decimal,
    birth_date: date,
) -> Iterator[Scheduled]:
    """Every survival, maturity and annuity benefit of a policy, by its day; to the last age at most."""
    age = full_years(birth_date, effective_on)
    years = full_years(effective_on, ends_on) if ends_on else LAST_AGE + 1 - age
    for t in range(1, years + 1):
        for benefit in terms.benefits:
            if isinstance(benefit, Survival) and falls_due(benefit, age, t):
                yield Scheduled(
                    code=benefit.code,
                    name=benefit.name,
                    due_on=add_years(effective_on, t),
                    amount=round_yuan(benefit.option.share * sum_insured),
                )
