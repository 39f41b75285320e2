"""What money left with us has borne: interest by day on every leg since the last crediting."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from yilu.kernel.money import ZERO, round_yuan
from yilu.policies.rules.loans import YEAR_DAYS


@dataclass(frozen=True, slots=True)
class Leg:
    """What went into an account on a day; ``credits`` marks interest that was credited then."""

    on: date
    amount: Decimal
    credits: bool = False


def balance(legs: Sequence[Leg]) -> Decimal:
    """What lies on the account."""
    return sum((leg.amount for leg in legs), ZERO)


def accrued(legs: Sequence[Leg], rate: Decimal, on: date) -> Decimal:
    """The interest since the last crediting, simple by days; a withdrawal bears none from its day."""
    last = max((leg.on for leg in legs if leg.credits), default=None)
    days_of_money = sum(
        (leg.amount * max((on - max(leg.on, last or leg.on)).days, 0) for leg in legs), Decimal(0)
    )
    return max(round_yuan(days_of_money * rate / YEAR_DAYS), ZERO)
