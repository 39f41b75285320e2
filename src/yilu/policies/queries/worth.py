"""The cash value of one contract on a day, from the tables of its product."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from yilu.kernel.money import CENT, ZERO
from yilu.kernel.years import full_years
from yilu.products import queries as products


@dataclass(frozen=True, slots=True, kw_only=True)
class Worth:
    """
    What a contract's value depends on. ``paid_up_on``: since then nothing falls due (减额交清).
    ``added_sum``: what dividends have bought beside the basic sum (交清增额).
    """

    version_id: int
    sex: str
    age: int | None
    pay_mode: str
    pay_years: int
    effective_on: date
    ends_on: date | None
    sum_insured: Decimal
    premiums_paid: Decimal
    paid_to: date | None
    paid_up_on: date | None = None
    added_sum: Decimal = ZERO

    @property
    def years(self) -> int | None:
        """The term of cover in years; None for life."""
        return None if self.ends_on is None else full_years(self.effective_on, self.ends_on)


def cash_value(worth: Worth, on: date) -> Decimal:
    """
    The value on a day; zero where the product has none.

    A contract without a table of values (sold before they were kept, or in another way than is
    offered) gives the share of the premiums paid that its wording names for the policy year.
    """
    if has_table(worth):
        return products.value_at(
            worth.version_id,
            sex=worth.sex,
            age=worth.age or 0,
            pay_years=worth.pay_years,
            years=worth.years,
            effective_on=worth.effective_on,
            on=on,
            sum_insured=worth.sum_insured,
            premiums_paid_to=worth.paid_to,
            is_paid_up=worth.paid_up_on is not None,
        )
    terms = products.get_terms(worth.version_id)
    if not terms.cash_values or on < worth.effective_on:
        return ZERO
    year = max(full_years(worth.effective_on, on), 0)
    share = terms.cash_values[min(year, len(terms.cash_values) - 1)]
    return (worth.premiums_paid * share).quantize(CENT)


def added_value(worth: Worth, on: date) -> Decimal:
    """The value of what dividends have bought, on a day: nothing more is paid for it (交清增额的现金价值)."""
    if not worth.added_sum or not has_table(worth):
        return ZERO
    return products.value_at(
        worth.version_id, sex=worth.sex, age=worth.age or 0, pay_years=worth.pay_years,
        years=worth.years, effective_on=worth.effective_on, on=on, sum_insured=worth.added_sum,
        premiums_paid_to=None, is_paid_up=True,
    )  # fmt: skip


def has_table(worth: Worth) -> bool:
    """Whether its product keeps a table of values for a contract like this."""
    if worth.age is None:
        return False
    try:
        return bool(
            products.cash_values(
                worth.version_id,
                sex=worth.sex,
                age=worth.age,
                pay_years=worth.pay_years,
                years=worth.years,
            )
        )
    except products.PriceNotOffered:
        return False


def paid_up_sum(worth: Worth, on: date, value: Decimal) -> Decimal:
    """The sum that a value buys for the rest of the term; nil where none can be bought."""
    if not has_table(worth) or value <= ZERO:
        return ZERO
    return products.paid_up_sum(
        worth.version_id,
        sex=worth.sex,
        age=worth.age or 0,
        pay_years=worth.pay_years,
        years=worth.years,
        effective_on=worth.effective_on,
        on=on,
        value=value,
    )
