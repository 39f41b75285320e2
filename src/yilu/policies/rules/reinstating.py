"""What it takes to let a suspended policy go on: the premiums owed, with interest by day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from yilu.kernel.money import ZERO
from yilu.policies.rules.loans import interest_between


@dataclass(frozen=True, slots=True)
class OwedPremium:
    """One premium that was not paid when it fell due, and what it bears until it is."""

    due_on: date
    premium: Decimal
    interest: Decimal


@dataclass(frozen=True, slots=True)
class Arrears:
    """All of them."""

    lines: tuple[OwedPremium, ...]

    @property
    def premiums(self) -> Decimal:
        """Without interest."""
        return sum((line.premium for line in self.lines), ZERO)

    @property
    def interest(self) -> Decimal:
        """Of all of them."""
        return sum((line.interest for line in self.lines), ZERO)

    @property
    def total(self) -> Decimal:
        """What must come in."""
        return self.premiums + self.interest


def arrears(dues: Sequence[date], premium: Decimal, rate: Decimal, on: date) -> Arrears:
    """The premiums of these due days, each with interest from its day (actual/365)."""
    return Arrears(
        tuple(
            OwedPremium(due, premium, interest_between(premium, rate, due, on))
            for due in dues
            if due <= on
        )
    )
