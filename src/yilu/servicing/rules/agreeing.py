"""When those who must agree are reminded, and what their answers come to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from enum import StrEnum

REMINDED_EVERY = timedelta(days=7)
"""Between two reminders, to be confirmed by the insurer."""
WAITS_FOR = timedelta(days=30)
"""Without an answer for so long a person calls, to be confirmed by the insurer."""


class Due(StrEnum):
    """What is due about a request that waits."""

    NOTHING = "NOTHING"
    REMINDER = "REMINDER"
    PERSON = "PERSON"


def due_on(on: date, *, asked: date, reminded: Sequence[date]) -> Due:
    """What is due on a day, of people who were asked on one day and reminded since."""
    if on - asked >= WAITS_FOR:
        return Due.PERSON
    if on - max([asked, *reminded]) >= REMINDED_EVERY:
        return Due.REMINDER
    return Due.NOTHING


def summed_up(answers: Sequence[str]) -> str:
    """AGREED where everybody has; DECLINED where anybody has not; else WAITING; "" where nobody is asked."""
    if not answers:
        return ""
    if "DECLINED" in answers:
        return "DECLINED"
    return "WAITING" if "WAITING" in answers else "AGREED"
