"""Years counted from a day, as birthdays and policy anniversaries are."""

from __future__ import annotations

from datetime import date


def add_years(day: date, years: int) -> date:
    """The same day ``years`` later; 29 February falls on 28 February in common years."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def full_years(since: date, on: date) -> int:
    """How many anniversaries of ``since`` have come by ``on`` (an age in 周岁); negative before it."""
    years = on.year - since.year
    return years if add_years(since, years) <= on else years - 1
