"""
What a contract says and what of it has been used, as frozen values: no database, no clock.

Rules above (理算) work on these; ``queries`` makes them from the tables.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from yilu.kernel.money import CENT, ZERO
from yilu.kernel.years import add_years, full_years

MONTHS = {"MONTHLY": 1, "QUARTERLY": 3, "HALF_YEARLY": 6, "YEARLY": 12}
"""The months between two instalments; a single premium has none."""


def due_date(effective_on: date, period: int, pay_mode: str) -> date:
    """When the premium after ``period`` periods falls due; the day is kept, or the month's last."""
    if pay_mode not in MONTHS or pay_mode == "YEARLY":
        return add_years(effective_on, period)
    months = effective_on.year * 12 + effective_on.month - 1 + period * MONTHS[pay_mode]
    first = date(months // 12, months % 12 + 1, 1)
    following = date((months + 1) // 12, (months + 1) % 12 + 1, 1)
    return first.replace(day=min(effective_on.day, (following - timedelta(days=1)).day))


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """
    The contract as far as sums depend on it (合同要素); amounts in yuan with two places.

    Cover runs from ``effective_on`` to before ``ends_on`` (None: for life). ``continuous_since``
    is where unbroken renewals began. ``gaps``: closed times without cover, ``[from, to)``. A rider's
    ``waives`` is one instalment of its main contract and the riders beside it. ``premiums_paid``
    counts waived ones as paid. ``added_sum`` is what dividends have bought (交清增额), worth
    ``added_value`` on the day and contained in ``cash_value``.
    """

    sum_insured: Decimal
    effective_on: date
    formed_on: date
    continuous_since: date
    insured_birth_date: date | None
    ends_on: date | None = None
    with_social_insurance: bool = False
    pay_mode: str = "YEARLY"
    premium: Decimal = ZERO
    paid_to: date | None = None
    owed_premium: Decimal = ZERO
    premiums_paid: Decimal = ZERO
    cash_value: Decimal = ZERO
    loan_owed: Decimal = ZERO
    suspended_on: date | None = None
    reinstated_on: date | None = None
    ended_on: date | None = None
    ending: str = ""
    waived_from: date | None = None
    gaps: tuple[tuple[date, date], ...] = ()
    waives: Decimal = ZERO
    added_sum: Decimal = ZERO
    added_value: Decimal = ZERO

    def year_of(self, day: date) -> int:
        """The policy year (保单年度) a day lies in: 1 is the first, also for a day before the start."""
        return max(full_years(self.effective_on, day), 0) + 1

    def age_on(self, day: date) -> int | None:
        """The insured's age in full years; None where the birth date is unknown."""
        return None if self.insured_birth_date is None else full_years(self.insured_birth_date, day)

    def first_due_after(self, day: date) -> date | None:
        """The first due day after a day, as the contract is paid; None where it was paid at once."""
        if self.pay_mode not in MONTHS:
            return None
        period = 0
        while (due := due_date(self.effective_on, period, self.pay_mode)) <= day:
            period += 1
        return due

    @property
    def waits_from(self) -> date:
        """From when waiting periods run: unbroken cover, or the latest reinstatement."""
        return max(self.continuous_since, self.reinstated_on or self.continuous_since)


@dataclass(frozen=True, slots=True)
class IllnessPaid:
    """An earlier payment for a listed illness (既往重疾给付)."""

    condition: str
    group: str
    level: str
    on: date


@dataclass(frozen=True, slots=True)
class BenefitUsed:
    """
    What earlier claims used up of one benefit; years are policy years, keys of visits as recorded.

    All of it under this contract alone, except ``paid_in_other_years`` and ``days_in_other_years``: under
    the contracts that it renews or that renew it, for caps that hold for life.
    """

    paid: Decimal = ZERO
    days: int = 0
    paid_by_year: Mapping[int, Decimal] = field(default_factory=dict)
    deductible_by_year: Mapping[int, Decimal] = field(default_factory=dict)
    days_by_year: Mapping[int, int] = field(default_factory=dict)
    paid_by_visit: Mapping[str, Decimal] = field(default_factory=dict)
    deductible_by_visit: Mapping[str, Decimal] = field(default_factory=dict)
    days_by_visit: Mapping[str, int] = field(default_factory=dict)
    illnesses: tuple[IllnessPaid, ...] = ()
    paid_in_other_years: Decimal = ZERO
    days_in_other_years: int = 0

    @property
    def paid_ever(self) -> Decimal:
        """Under every contract of an unbroken row of renewals."""
        return self.paid + self.paid_in_other_years

    @property
    def days_ever(self) -> int:
        """Under every contract of an unbroken row of renewals."""
        return self.days + self.days_in_other_years


UNUSED = BenefitUsed()


@dataclass(frozen=True, slots=True)
class Used:
    """
    What earlier claims used up of a policy (累计使用).

    ``seen`` is the latest ledger row it was added up from: hand it to ``record_benefit_use``, which
    refuses where another claim wrote in between.
    """

    seen: int = 0
    by_benefit: Mapping[str, BenefitUsed] = field(default_factory=dict)

    def of(self, benefit_code: str) -> BenefitUsed:
        """Of one benefit; nothing where nothing was used."""
        return self.by_benefit.get(benefit_code, UNUSED)


NOTHING_USED = Used()


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """One thing a claim uses up: becomes one row of the ledger (``record_benefit_use``)."""

    benefit_code: str
    year: int
    used_on: date
    visit: str = ""
    billed: Decimal = ZERO
    deductible_used: Decimal = ZERO
    paid: Decimal = ZERO
    days: int = 0
    times: int = 1
    condition: str = ""
    group: str = ""
    level: str = ""


@dataclass(frozen=True, slots=True)
class Cover:
    """
    The cover on one day (保障状态): IN_FORCE, or GRACE with the premium still owed.

    An event in the days of grace is paid less the owed premium (保险法 36).
    """

    state: str
    year: int
    owed_premium: Decimal


def proportion(amount: Decimal, paid: Decimal, due: Decimal) -> Decimal:
    """
    The part of an amount that the premium paid has bought: amount × paid ÷ due, to the fen, half up.

    Worked out with whole fractions, so that no digit is lost on the way. What was paid fully, or too
    much, buys all of it and no more.

    :raises ValueError: a premium due that is not above zero, or a negative one paid.
    """
    if due <= ZERO or paid < ZERO:
        raise ValueError("no proportion of such premiums")
    if paid >= due:
        return amount
    cents = Fraction(amount) * Fraction(paid) / Fraction(due) * 100
    sign = -1 if cents < 0 else 1
    return sign * int(abs(cents) + Fraction(1, 2)) * CENT
