"""How long a contract may be rescinded for what was not told (解除权的期限, 保险法 16). Pure."""

from __future__ import annotations

from datetime import date, timedelta

from yilu.kernel.years import add_years

RESCISSION_DAYS = 30
"""The right lasts so long from the day the ground was known."""


def last_day(known_on: date) -> date:
    """The last day on which the contract may be rescinded for a ground known since a day."""
    return known_on + timedelta(days=RESCISSION_DAYS)


def forfeited_from(until: date) -> date:
    """The first day whose premium, if taken, gives the right up; ``until`` is the right's last day."""
    return until - timedelta(days=RESCISSION_DAYS - 1)


def barred_from(formed_on: date, years: int) -> date:
    """From this day on the contract cannot be rescinded any more (不可抗辩)."""
    return add_years(formed_on, years)
