"""When premiums fall due: the day of the start is kept, or the month's last."""

from __future__ import annotations

from datetime import date

from yilu.policies.rules import MONTHS, due_date, periods_of


def dues_until(
    effective_on: date, ends_on: date | None, pay_mode: str, pay_years: int, paid_to: date, on: date
) -> tuple[date, ...]:
    """The due days from ``paid_to`` up to a day, both included."""
    dues, due = [], paid_to
    while due is not None and due <= on:
        dues.append(due)
        due = later(effective_on, ends_on, pay_mode, pay_years, due, 1)  # type: ignore[assignment]
    return tuple(dues)


def later(
    effective_on: date,
    ends_on: date | None,
    pay_mode: str,
    pay_years: int,
    paid_to: date,
    periods: int,
) -> date | None:
    """The due day so many periods after another one; None: all is paid."""
    done = 1
    while due_date(effective_on, done, pay_mode) < paid_to:
        done += 1
    if done + periods >= periods_of(pay_years, pay_mode):
        return None
    due = due_date(effective_on, done + periods, pay_mode)
    return due if ends_on is None or due < ends_on else None


def due_days(
    effective_on: date, ends_on: date | None, pay_mode: str, pay_years: int
) -> tuple[date, ...]:
    """Every day on which a premium of the contract falls due, the first one included."""
    found = [effective_on]
    if pay_mode in MONTHS:
        found += [
            due_date(effective_on, period, pay_mode)
            for period in range(1, periods_of(pay_years, pay_mode))
        ]
    return tuple(due for due in found if ends_on is None or due < ends_on)


def is_due_day(effective_on: date, pay_mode: str, day: date) -> bool:
    """Whether a premium paid that way can fall due on a day."""
    if pay_mode not in MONTHS:
        return False
    done = 0
    while (due := due_date(effective_on, done, pay_mode)) < day:
        done += 1
    return due == day
