"""Which anniversary a dividend is for, and how much it is (分红)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from yilu.kernel.money import ZERO, round_yuan
from yilu.kernel.years import add_years, full_years

LOOK_BACK = timedelta(days=60)
"""A rate that is declared late is still allotted for anniversaries not longer ago than this."""


def anniversary(effective_on: date, day: date) -> tuple[date, int] | None:
    """The latest anniversary up to a day with the years completed, if a dividend may be due for it."""
    years = full_years(effective_on, day)
    if years < 1:
        return None
    on = add_years(effective_on, years)
    return (on, years) if day - on <= LOOK_BACK else None


def dividend(value: Decimal, per_mille: Decimal) -> Decimal:
    """What so much value is allotted at a rate of yuan a thousand; never negative."""
    return max(round_yuan(value * per_mille / 1000), ZERO)
