"""
How likely somebody breaks off (中断预判, A97): counted from earlier cases like theirs, nothing else.

Likeness goes by the journey's step and by signs of how this matter went so far, in a declared order; none of
them is about the person. Where few cases are alike, the rate leans on that of the cases alike but for the
last sign, and so on down to the step itself, as if ``LEAN`` of those had been seen: a small group does not
run away with a great figure. What was foretold is held against what happened, band by band (calibration),
and against foretelling everybody the same (Brier score, Brier 1950).
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from yilu.kernel.shares import wilson
from yilu.kernel.words import marked as _

SIGNS: Final[Mapping[str, str]] = {
    "broke_before": _("这件事以前中断过"),
    "back_again": _("又回到了做过的一步"),
    "late_before": _("前面有环节超过标准时间"),
    "missed_before": _("以往的保费曾逾期或扣款失败"),
    "first": _("第一次交续期保费"),
    "no_agent": _("没有服务人员"),
    "no_debit": _("没有约定自动扣款"),
}
"""What likeness goes by, the weightiest first: all of them about the matter, none about the person."""
HELPS: Final[Mapping[str, str]] = {
    "": _("还没到时候"),
    "TOLD": _("已发提醒和办法"),
    "CALL": _("已请专人联系"),
    "LEFT": _("留作对照，未提前打扰"),
    "LOW": _("可能性不高，不打扰"),
    "CAPPED": _("近期已提前帮过，不再打扰"),
    "STOPPED": _("客户不要预判"),
    "OVER": _("还没帮就有了结果"),
}
OUTCOMES: Final[Mapping[str, str]] = {
    "": _("未见分晓"), "BROKE": _("中断了"), "WENT_ON": _("没有中断"), "VOID": _("不再需要"),
}  # fmt: skip

LEAN: Final = 20
LEAST_ALIKE: Final = 30
"""Below so many cases at a step nothing is foretold."""
HELP_FROM: Final = 0.25
CALL_FROM: Final = 0.5
LEFT_ALONE: Final = 10
"""One of so many who would be helped is left alone, so that it shows what help does. What law owes goes to all."""
BANDS: Final = (0.0, 0.1, 0.25, 0.4, 0.55, 0.7, 1.0)
FEW: Final = 30

Key = tuple[str, tuple[bool, ...]]


@dataclass(frozen=True, slots=True)
class Seen:
    """How many cases with these signs there were at a step, and how many of them broke off."""

    step: str
    signs: frozenset[str]
    count: int
    broke: int


@dataclass(frozen=True, slots=True)
class Chance:
    """How likely (of one), and the cases alike that it rests on."""

    value: float
    alike: int
    broke: int


class Rates:
    """What was counted, ready to foretell."""

    def __init__(self, seen: Iterable[Seen]) -> None:
        self._cells: dict[Key, tuple[int, int]] = {}
        for each in seen:
            told = tuple(sign in each.signs for sign in SIGNS)
            for depth in range(len(SIGNS) + 1):
                count, broke = self._cells.get((each.step, told[:depth]), (0, 0))
                self._cells[each.step, told[:depth]] = (count + each.count, broke + each.broke)

    def chance(self, step: str, signs: Iterable[str]) -> Chance | None:
        """
        The chance of somebody at a step with some signs; None where too few were ever there.

        ``alike`` are those with the most signs in common of whom there were enough to name.
        """
        told = tuple(sign in set(signs) for sign in SIGNS)
        whole, broken = self._cells.get((step, ()), (0, 0))
        if whole < LEAST_ALIKE:
            return None
        value, alike, broke = (broken + 1) / (whole + 2), whole, broken
        for depth in range(1, len(SIGNS) + 1):
            count, there = self._cells.get((step, told[:depth]), (0, 0))
            value = (there + LEAN * value) / (count + LEAN)
            if count >= LEAST_ALIKE:
                alike, broke = count, there
        return Chance(value, alike, broke)


def is_left_alone(kind: str, number: int) -> bool:
    """Whether a forecast is one of those to compare with: drawn when it is made, by what it is about alone."""
    return hashlib.sha256(f"{kind}:{number}".encode()).digest()[0] % LEFT_ALONE == 0


def help_for(chance: float, *, over: bool, left: bool, stopped: bool, helped_lately: bool) -> str:
    """What to do about a forecast when its time has come."""
    if over:
        return "OVER"
    if stopped:
        return "STOPPED"
    if chance < HELP_FROM:
        return "LOW"
    if helped_lately:
        return "CAPPED"
    if left:
        return "LEFT"
    return "CALL" if chance >= CALL_FROM else "TOLD"


@dataclass(frozen=True, slots=True)
class Band:
    """Forecasts of about the same chance: how many, what was foretold on average, what share broke off."""

    low: float
    high: float
    count: int
    foretold: float
    happened: float
    least: float
    most: float

    @property
    def holds(self) -> bool:
        """Whether what was foretold lies where chance alone would put what happened (95 %)."""
        return self.least <= self.foretold <= self.most

    @property
    def thin(self) -> bool:
        """Whether there are too few to lean on."""
        return self.count < FEW


@dataclass(frozen=True, slots=True)
class Calibration:
    """
    Forecasts held against what happened.

    ``brier`` is the mean squared difference (0 best); ``flat`` that of foretelling everybody the mean.
    """

    bands: tuple[Band, ...]
    count: int
    brier: float
    flat: float

    @property
    def skill(self) -> float:
        """How much better than telling everybody the same, of a hundred; below 0: worse."""
        return 100 * (1 - self.brier / self.flat) if self.flat else 0.0


def calibrate(told: Sequence[tuple[float, bool]]) -> Calibration | None:
    """Chances beside whether it happened; None without any."""
    if not told:
        return None
    mean = sum(broke for _chance, broke in told) / len(told)
    bands = []
    for low, high in pairwise(BANDS):
        here = [each for each in told if low <= each[0] < high or each[0] == high == 1.0]
        if here:
            broke = sum(b for _c, b in here)
            least, most = wilson(broke, len(here))
            foretold = sum(c for c, _b in here) / len(here)
            bands.append(Band(low, high, len(here), foretold, broke / len(here), least, most))
    return Calibration(
        tuple(bands), len(told), sum((c - b) ** 2 for c, b in told) / len(told), mean * (1 - mean)
    )


@dataclass(frozen=True, slots=True)
class Effect:
    """Of those likely to break off: how many did, helped and left alone; the difference with its interval (95 %)."""

    helped: int
    helped_broke: int
    left: int
    left_broke: int
    difference: float
    low: float
    high: float

    @property
    def thin(self) -> bool:
        """Whether either side is too small to say anything."""
        return min(self.helped, self.left) < FEW

    @property
    def clear(self) -> bool:
        """Whether the difference can be told from chance."""
        return not self.thin and not self.low <= 0 <= self.high


def effect(helped: tuple[int, int], left: tuple[int, int]) -> Effect | None:
    """
    What help did, of ``(count, broke)`` on either side; None where a side is empty.

    The interval of a difference of two shares is Newcombe's (Statistics in Medicine 17, 1998, method 10).
    """
    (n1, b1), (n2, b2) = helped, left
    if not n1 or not n2:
        return None
    p1, p2 = b1 / n1, b2 / n2
    (l1, u1), (l2, u2) = wilson(b1, n1), wilson(b2, n2)
    low = p1 - p2 - math.hypot(p1 - l1, u2 - p2)
    high = p1 - p2 + math.hypot(u1 - p1, p2 - l2)
    return Effect(n1, b1, n2, b2, p1 - p2, low, high)
