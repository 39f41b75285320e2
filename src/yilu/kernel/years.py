"""Years and months counted from a day, as birthdays and policy anniversaries are."""

from __future__ import annotations

from datetime import date, timedelta


def add_years(day: date, years: int) -> date:
    """The same day ``years`` later; 29 February falls on 28 February in common years."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def add_months(day: date, months: int) -> date:
    """The same day so many months later, or that month's last."""
    count = day.year * 12 + day.month - 1 + months
    year, month = divmod(count, 12)
    first = date(year, month + 1, 1)
    after = date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1)
    return first.replace(day=min(day.day, (after - timedelta(days=1)).day))


def full_years(since: date, on: date) -> int:
    """How many anniversaries of ``since`` have come by ``on`` (an age in 周岁); negative before it."""
    years = on.year - since.year
    return years if add_years(since, years) <= on else years - 1
