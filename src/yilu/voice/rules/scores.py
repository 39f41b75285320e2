"""
What ratings come to: NPS, satisfaction, and how far each may be off.

NPS is the share of 9 and 10 less the share of 0 to 6 on the question "0 to 10, would you recommend us"
(Reichheld, 2003): on any other scale the figure would mean something else and is refused. Its interval is the
adjusted Wald interval AW(3, T) of Rocks (Interval Estimation for the Net Promoter Score, The American
Statistician 70, 2016): three imagined answers are added, ¾ against, 1½ between, ¾ for. Shares have
Wilson's interval (1927).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from yilu.kernel.errors import Invalid
from yilu.kernel.shares import Z95, wilson
from yilu.kernel.words import marked as _

CONTENT_FROM = 4
"""From so many stars of five somebody is content."""
FEW = 30
"""Below so many answers a figure is shown with a warning."""
FEW_TO_COMPARE = 100
"""Below so many answers on either side a comparison is shown with a warning."""


class WrongScale(Invalid):
    """NPS is defined on eleven points."""

    code = "wrong_scale"
    message = _("净推荐值（NPS）只能用 0 至 10 分的推荐意愿计算")
    hint = _("五分制或十分制的满意度请作为“满意度”导入；要得到 NPS，请用 0 至 10 分重新提问。")


class OutOfScale(Invalid):
    """A figure that its scale does not have."""

    code = "out_of_scale"
    message = _("请选择 1 至 5 星，推荐意愿为 0 至 10 分")


def check_nps_scale(lowest: int, highest: int) -> None:
    """:raises WrongScale: unless the question ran from 0 to 10."""
    if (lowest, highest) != (0, 10):
        raise WrongScale


def check(stars: int | None, recommend: int | None) -> None:
    """:raises OutOfScale: for a figure outside its scale."""
    if stars is not None and not 1 <= stars <= 5:
        raise OutOfScale
    if recommend is not None and not 0 <= recommend <= 10:
        raise OutOfScale


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure, and between what it lies with 95 % confidence."""

    value: float
    low: float
    high: float
    n: int

    @property
    def is_thin(self) -> bool:
        """Whether there are too few answers to lean on."""
        return self.n < FEW


@dataclass(frozen=True, slots=True)
class Tally:
    """How many answered 9–10, 7–8 and 0–6."""

    promoters: int
    passives: int
    detractors: int

    @property
    def n(self) -> int:
        """How many answered."""
        return self.promoters + self.passives + self.detractors

    def of(self) -> tuple[float, float]:
        """Mean and variance of one answer counted as 1, 0 or -1, as they are."""
        return _moments(self.promoters, self.passives, self.detractors)

    def adjusted(self) -> tuple[float, float, float]:
        """Mean, variance and size with the three imagined answers."""
        mean, variance = _moments(
            self.promoters + 0.75, self.passives + 1.5, self.detractors + 0.75
        )
        return mean, variance, self.n + 3


def group(recommend: int) -> str:
    """PROMOTER, PASSIVE or DETRACTOR."""
    return "PROMOTER" if recommend >= 9 else "PASSIVE" if recommend >= 7 else "DETRACTOR"


def nps(tally: Tally) -> Interval | None:
    """The net promoter score, -100 to 100, with its interval; None without an answer."""
    if not tally.n:
        return None
    mean, variance, size = tally.adjusted()
    half = Z95 * math.sqrt(variance / size)
    value = tally.of()[0]
    # With few answers the middle of the interval is not the figure itself; it always contains it.
    low, high = min(mean - half, value), max(mean + half, value)
    return Interval(100 * value, 100 * max(low, -1.0), 100 * min(high, 1.0), tally.n)


def share(part: int, whole: int) -> Interval | None:
    """A share in per cent with Wilson's interval; None of nothing."""
    if not whole:
        return None
    low, high = wilson(part, whole)
    return Interval(100 * part / whole, 100 * low, 100 * high, whole)


@dataclass(frozen=True, slots=True)
class Compared:
    """NPS before and after something, and whether the difference can be told from chance."""

    before: Interval
    after: Interval
    difference: float
    low: float
    high: float
    p: float
    thin: bool

    @property
    def is_clear(self) -> bool:
        """Whether chance alone explains it poorly (5 %) and there are answers enough."""
        return self.p < 0.05 and not self.thin


def compare(before: Tally, after: Tally) -> Compared | None:
    """
    Two independent samples of answers: difference of NPS, its interval and a two-sided p-value.

    Adjusted Wald with the imagined answers on both sides, which keeps its size where plain Wald
    does not. None where a side has no answer.
    """
    first, second = nps(before), nps(after)
    if first is None or second is None:
        return None
    m1, v1, n1 = before.adjusted()
    m2, v2, n2 = after.adjusted()
    error = math.sqrt(v1 / n1 + v2 / n2)
    half = Z95 * error
    p = math.erfc(abs(m2 - m1) / error / math.sqrt(2))
    return Compared(
        first, second, second.value - first.value, 100 * (m2 - m1 - half), 100 * (m2 - m1 + half), p,
        min(before.n, after.n) < FEW_TO_COMPARE,
    )  # fmt: skip


def _moments(plus: float, zero: float, minus: float) -> tuple[float, float]:
    n = plus + zero + minus
    mean = (plus - minus) / n
    return mean, (plus + minus) / n - mean * mean
