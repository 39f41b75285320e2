"""When a reading counts into the figures of accuracy, and which days they reach."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from yilu.kernel import masks
from yilu.kernel.days import day_of, start_of_day

SETTLED_DAYS = 14
"""
How long after it was read people may still change a reading before it is counted.

A paper is looked at within a working day: whoever handed it in must hear promptly, and at once, of
all that is missing (保险法第二十二条; a working day is the house's own standard). The longest run of
days off is nine (春节 2026, 2 月 15 日至 23 日); what is left is for second thoughts.
"""
PERSONAL = frozenset({"payer_name", "name", "patient_name", "holder_name", "address", "doctor"})
"""Read values that name somebody: lists for learning show them as masks."""
_UNLIKE_MAX = 2


def settled_before(at: datetime) -> datetime:
    """Readings before this moment are settled: always whole days, so that a day is there or not."""
    return start_of_day(at) - timedelta(days=SETTLED_DAYS)


def appears_on(day: date) -> date:
    """The day on which the readings of a day come into the figures."""
    return day + timedelta(days=SETTLED_DAYS + 1)


@dataclass(frozen=True, slots=True)
class Reach:
    """
    From and to which day the figures are whole; both None while there are none.

    ``next_on``: when the next day of readings comes in; None where none is waiting.
    """

    first: date | None
    last: date | None
    next_on: date | None

    def since(self, days: int) -> date | None:
        """The first of so many days up to the last one, as far as there are figures."""
        if self.first is None or self.last is None:
            return None
        return max(self.first, self.last - timedelta(days=days - 1))


def reach(first_summed: date | None, oldest_unsummed: datetime | None, at: datetime) -> Reach:
    """
    What the figures reach: up to the last settled day, and not beyond what is still to be added.

    A reading that was counted early, because the person was forgotten, does not make its day whole.
    """
    last = day_of(settled_before(at)) - timedelta(days=1)
    next_on = None
    if oldest_unsummed is not None:
        waiting = day_of(oldest_unsummed)
        last = min(last, waiting - timedelta(days=1))
        next_on = max(appears_on(waiting), day_of(at))
    if first_summed is None or first_summed > last:
        return Reach(None, None, next_on)
    return Reach(first_summed, last, next_on)


def beside(name: str, read: str, right: str) -> tuple[str, str]:
    """
    What was read and what is right, as a list may show them.

    Of somebody's name or address only the characters that were mixed up are shown, where they are
    few; of one that was read quite differently, or not at all, the mask.
    """
    if name not in PERSONAL:
        return read, right
    unlike = [a != b for a, b in zip(read, right, strict=False)]
    if len(read) != len(right) or not 0 < sum(unlike) <= min(_UNLIKE_MAX, len(read) - 1):
        return masks.mask_name(read), masks.mask_name(right)
    return _only(read, unlike), _only(right, unlike)


def _only(text: str, shown: list[bool]) -> str:
    return "".join(letter if show else masks.STAR for letter, show in zip(text, shown, strict=True))
