"""When something is done about a premium: reminders, debits, the end of grace, the way back."""

from __future__ import annotations

from datetime import date, timedelta

from yilu.kernel.years import add_years

NOT_TOLD, FIRST, WEEK, DUE_DAY, GRACE_ENDING = 0, 1, 2, 3, 4
"""The stages of a reminder: before it, the first, a week before, on the day, a week before grace ends."""

LIST_AHEAD_DAYS = 60
"""How long before its day a premium is listed: the earliest reminder somebody may wish for."""
REMIND_DEFAULT_DAYS = 30
DEBIT_AFTER_DAYS = (0, 3, 7, 15, 25)
"""A debit is tried on the due day and so many days after it, while grace lasts."""
NEW_YEAR_DEBIT_DAYS = (-7, -3, 0, 3, 7, 15, 25)
"""The next year is debited before cover ends, and within the days of grace where the wording has any."""
WINDOW_WARNINGS = (90, 30)
"""So many days before the way back closes the holder is told again."""
TELL_OF_EXIT_DAYS = 30
"""Within so many days of an agent's exit the holders are told (令2023-2 第36条)."""


def grace_ends(due_on: date, grace_days: int) -> date:
    """The last day on which an unpaid premium leaves the policy in force (保险法 36)."""
    return due_on + timedelta(days=grace_days)


def first_day(due_on: date, days_before: int) -> date:
    """When the first reminder goes out, by the holder's wish."""
    return due_on - timedelta(days=days_before)


def stage_days(due_on: date, grace_ends_on: date, days_before: int) -> dict[int, date]:
    """The day of every stage, never earlier than the stage before it."""
    first = first_day(due_on, days_before)
    week = max(first, due_on - timedelta(days=7))
    ending = max(due_on + timedelta(days=1), grace_ends_on - timedelta(days=7))
    return {FIRST: first, WEEK: week, DUE_DAY: due_on, GRACE_ENDING: ending}


def stage_on(day: date, due_on: date, grace_ends_on: date, days_before: int) -> int:
    """The latest stage whose day has come: after days without a run, only that one is told."""
    days = stage_days(due_on, grace_ends_on, days_before)
    return max((stage for stage, on in days.items() if on <= day), default=NOT_TOLD)


def next_reminder(stage: int, due_on: date, grace_ends_on: date, days_before: int) -> date | None:
    """When the stage after this one comes; None after the last."""
    days = stage_days(due_on, grace_ends_on, days_before)
    return days.get(stage + 1)


def debit_days(due_on: date, grace_ends_on: date) -> tuple[date, ...]:
    """The days on which a debit is tried, all within grace."""
    days = (due_on + timedelta(days=n) for n in DEBIT_AFTER_DAYS)
    return tuple(day for day in days if day <= grace_ends_on)


def next_debit(after: date, due_on: date, grace_ends_on: date) -> date | None:
    """The next day of a debit after one day; None: no more."""
    return next((d for d in debit_days(due_on, grace_ends_on) if d > after), None)


def next_new_year_debit(from_on: date, due_on: date, grace_ends_on: date) -> date | None:
    """The first day, this one included, on which the premium of the next year is debited; None: no more."""
    planned = (due_on + timedelta(days=n) for n in NEW_YEAR_DEBIT_DAYS)
    return next((day for day in planned if from_on <= day <= grace_ends_on), None)


def warning_days(window_ends_on: date) -> tuple[date, ...]:
    """When the holder is told again that the way back closes, earliest first."""
    return tuple(window_ends_on - timedelta(days=n) for n in WINDOW_WARNINGS)


def is_anniversary(effective_on: date, day: date) -> bool:
    """Whether a policy year is completed on a day."""
    years = day.year - effective_on.year
    return years > 0 and add_years(effective_on, years) == day


def anniversary_month_days(day: date) -> list[str]:
    """The starts (month and day, MMDD) whose anniversary is on a day; 29 February has none every year."""
    found = [f"{day:%m%d}"]
    if f"{day:%m%d}" == "0228" and (day + timedelta(days=1)).month == 3:
        found.append("0229")
    return found
