"""What a loan comes to on a day: interest by day, capitalised when a term ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, Decimal

from yilu.kernel.money import CENT, ZERO, round_yuan
from yilu.kernel.years import add_months

YEAR_DAYS = 365


@dataclass(frozen=True, slots=True, kw_only=True)
class Loan:
    """An open loan as far as sums depend on it; ``carried`` is interest up to ``since`` not yet paid."""

    kind: str
    principal: Decimal
    rate: Decimal
    since: date
    due_on: date
    months: int = 6
    carried: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Capitalised:
    """Interest that became principal when a term ended."""

    on: date
    interest: Decimal


@dataclass(frozen=True, slots=True)
class Standing:
    """A loan on a day: what it grew to, the interest since, and the terms that ended on the way."""

    principal: Decimal
    interest: Decimal
    since: date
    due_on: date
    capitalised: tuple[Capitalised, ...] = ()

    @property
    def owed(self) -> Decimal:
        """What would settle it."""
        return self.principal + self.interest


def interest_between(principal: Decimal, rate: Decimal, since: date, on: date) -> Decimal:
    """Simple interest by days, actual/365, to the cent; none for a day before it began."""
    days = max((on - since).days, 0)
    return round_yuan(principal * rate * days / YEAR_DAYS)


def standing(loan: Loan, on: date) -> Standing:
    """
    The loan on a day, right even where no job has capitalised what was due.

    On the due day itself the term ends: its interest is principal from then on.
    """
    principal, since, due, carried = loan.principal, loan.since, loan.due_on, loan.carried
    ended: list[Capitalised] = []
    while due <= on and principal:
        interest = carried + interest_between(principal, loan.rate, since, due)
        ended.append(Capitalised(due, interest))
        principal, carried = principal + interest, ZERO
        since, due = due, add_months(due, loan.months)
    interest = carried + interest_between(principal, loan.rate, since, on)
    return Standing(principal, interest, since, due, tuple(ended))


def owed(loans: Sequence[Loan], on: date) -> Decimal:
    """What all open loans come to on a day."""
    return sum((standing(loan, on).owed for loan in loans), ZERO)


def lendable(value: Decimal, share: Decimal, already_owed: Decimal) -> Decimal:
    """What may still be lent: the share of the value, less what is owed, never rounded up."""
    most = (value * share).quantize(CENT, rounding=ROUND_DOWN)
    return max(most - already_owed, ZERO)


@dataclass(frozen=True, slots=True)
class Split:
    """How a repayment is used: interest first, then principal."""

    interest: Decimal
    principal: Decimal


def split(standing: Standing, amount: Decimal) -> Split:
    """A repayment of no more than what is owed, interest first."""
    interest = min(amount, standing.interest)
    return Split(interest, amount - interest)
