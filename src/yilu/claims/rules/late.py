"""
Interest for what was paid later than the law allows (逾期利息, 保险法 23): pure.

Two delays are ours: the answer came after its last day, and the money after its own. Days on which we
waited for an account of the payee's are not: whoever must be paid and cannot be (民法典 589).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from yilu.kernel.money import round_yuan

HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Delay:
    """
    The days that decide: last days allowed, what happened when, and how long we had to wait.

    ``first_answered_on``: an earlier answer that was changed on the same papers, and so was none.
    """

    pay_by: date
    paid_on: date
    decide_by: date | None = None
    decided_on: date | None = None
    waited: int = 0
    first_answered_on: date | None = None

    @property
    def late_answer(self) -> int:
        """Days by which the answer was late."""
        if self.decide_by is None or self.decided_on is None:
            return 0
        return max((self.decided_on - self.decide_by).days, 0)

    @property
    def late_money(self) -> int:
        """Days by which the money was late, whoever caused them."""
        return max((self.paid_on - self.pay_by).days, 0)

    @property
    def not_ours(self) -> int:
        """Days of the money's delay on which we waited for the payee's account."""
        return min(self.waited, self.late_money)

    @property
    def days(self) -> int:
        """Days that interest is owed for."""
        return self.late_answer + self.late_money - self.not_ours

    @property
    def begins_on(self) -> date:
        """The last day on which all was still in time: interest counts from the day after."""
        if self.late_answer and self.decide_by is not None:
            return self.decide_by
        return self.pay_by


@dataclass(frozen=True, slots=True)
class Rate:
    """The yearly rate in percent, what is added to it in percent of itself, and the days of a year."""

    rate: Decimal
    plus: Decimal
    year_days: Decimal

    @property
    def whole(self) -> Decimal:
        """The rate with what is added, in percent, to four places."""
        return (self.rate * (HUNDRED + self.plus) / HUNDRED).quantize(Decimal("0.0001"))


def interest(principal: Decimal, days: int, rate: Decimal, year_days: int) -> Decimal:
    """What so many days come to, to the fen; ``rate`` a year in percent, without compounding."""
    return round_yuan(principal * rate * days / (HUNDRED * year_days))
