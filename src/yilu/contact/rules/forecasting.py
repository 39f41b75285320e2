"""How many will call, half hour by half hour, and how sure we are (来电预测)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from math import sqrt
from statistics import fmean
from typing import Final

from .erlang import seats_a

SLOTS: Final = 48
WEEKS: Final = 8
"""How far back history counts; nearer weeks count more."""
FADE: Final = 0.85
"""What a week counts beside the one after it."""
Z90: Final = 1.6449
"""Of the normal distribution: nine in ten lie within."""
SHRINKAGE: Final = 0.30
"""Of paid time, what is not spent at the seat: breaks, meals, training, illness."""


@dataclass(frozen=True, slots=True)
class Slot:
    """One half hour of a day: how many we expect, and between which numbers nine times in ten."""

    slot: int
    expected: float
    low: float
    high: float

    @property
    def begins(self) -> str:
        """08:30."""
        return f"{self.slot // 2:02d}:{self.slot % 2 * 30:02d}"


@dataclass(frozen=True, slots=True)
class Need:
    """A half hour with the seats it takes, and the people who must be paid for that."""

    slot: Slot
    seats: int
    seats_high: int
    people: int


def forecast(history: Mapping[tuple[date, int], int], day: date, first: date) -> list[Slot]:
    """
    A day's half hours from the same weekday and half hour of the weeks before.

    ``history``: contacts by (day, half hour); a half hour without any is not in it. ``first``: the day
    from which there are records. Of a half hour seen on few such weekdays, the other days of its kind
    (working days, or weekends) lend their shape. The interval is that of counts that scatter more than
    chance (negative binomial): their extra scatter is measured on the same history.
    """
    same = _days_before(day, first, lambda d: d.weekday() == day.weekday())
    kin = _days_before(day, first, lambda d: (d.weekday() >= 5) == (day.weekday() >= 5))
    scatter = _scatter(history, day, first)
    slots = []
    for slot in range(SLOTS):
        expected = _blend(history, slot, day, same, kin)
        # The forecast's own error shrinks with the weeks it rests on.
        spread = sqrt(expected + scatter * expected**2 + expected / max(len(same), 1))
        low, high = expected - Z90 * spread, expected + Z90 * spread
        slots.append(Slot(slot, expected, max(low, 0.0), high if expected else 0.0))
    return slots


def needs(
    slots: Iterable[Slot], *, talk: float, patience: float, target: float, within: float = 20
) -> list[Need]:
    """How many seats each half hour takes, for what is expected and for the upper end."""
    needed = []
    for slot in slots:
        seats, high = (
            seats_a(
                calls_per_hour=2 * calls, talk=talk, patience=patience, within=within, target=target
            )
            for calls in (slot.expected, slot.high)
        )
        needed.append(Need(slot, seats, high, _paid(seats)))
    return needed


def _paid(seats: int) -> int:
    return -int(-seats // (1 - SHRINKAGE))


def _days_before(day: date, first: date, wanted: Callable[[date], bool]) -> list[date]:
    back = (day - timedelta(days=n) for n in range(1, 7 * WEEKS + 1))
    return [d for d in back if d >= first and wanted(d)]


def _blend(
    history: Mapping[tuple[date, int], int], slot: int, day: date, same: list[date], kin: list[date]
) -> float:
    """The weekday's own mean, with its kind's mean counting as two weeks' worth of days."""
    if not kin:
        return 0.0
    own = [(history.get((d, slot), 0), FADE ** ((day - d).days / 7)) for d in same]
    lent = fmean(history.get((d, slot), 0) for d in kin)
    weight = sum(w for _n, w in own)
    return float((sum(n * w for n, w in own) + 2.0 * lent) / (weight + 2.0))


def _scatter(history: Mapping[tuple[date, int], int], day: date, first: date) -> float:
    """How much more than chance counts scatter about their weekday's mean: φ in mean + φ·mean²."""
    groups: dict[tuple[int, int], list[int]] = defaultdict(list)
    for d in _days_before(day, first, lambda _d: True):
        for slot in range(SLOTS):
            groups[d.weekday(), slot].append(history.get((d, slot), 0))
    extra = squares = 0.0
    for counts in groups.values():
        if len(counts) < 2:
            continue
        mean = fmean(counts)
        variance = sum((n - mean) ** 2 for n in counts) / (len(counts) - 1)
        extra += variance - mean
        squares += mean**2
    return max(extra / squares, 0.0) if squares else 0.0
