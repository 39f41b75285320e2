"""
Whether something helped: a figure before and after, with an interval and a probability of chance.

Every figure is a ratio of two sums over days (paid in time / paid, points / answers, hours / cases).
Cases of one day resemble each other, so days, not cases, are the sample: the ratio's variance is
linearised over days (Cochran, Sampling Techniques, 1977, 6.4 and 9A.1), the difference is Welch's
(1947) with Satterthwaite's degrees of freedom, rounded down. With every day's denominator alike it
is the ordinary Welch test of daily means. Others who did not take part can be compared the same way;
the difference of both differences is what remains when everybody's weather is taken out.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

FEW_DAYS = 10
"""Below so many days with cases on either side a comparison is shown with a warning."""


@dataclass(frozen=True, slots=True)
class Side:
    """A figure over some days."""

    value: float
    days: int
    denominator: float
    variance: float


@dataclass(frozen=True, slots=True)
class Effect:
    """Before, after, and between what the difference lies with 95 % confidence."""

    before: Side
    after: Side
    difference: float
    low: float
    high: float
    p: float
    thin: bool
    df: int

    @property
    def is_clear(self) -> bool:
        """Whether chance alone explains it poorly (5 %) and there are days enough."""
        return self.p < 0.05 and not self.thin


def side(days: Sequence[tuple[float, float]], *, scale: float = 1.0) -> Side | None:
    """
    A ratio of sums over days, each a numerator and a denominator; None of fewer than two days.

    ``scale`` is 100 for per cent and NPS.
    """
    counted = [(top, bottom) for top, bottom in days if bottom > 0]
    n = len(counted)
    if n < 2:
        return None
    bottoms = math.fsum(bottom for _top, bottom in counted)
    ratio = math.fsum(top for top, _bottom in counted) / bottoms
    spread = math.fsum((top - ratio * bottom) ** 2 for top, bottom in counted)
    variance = n / (n - 1) * spread / bottoms**2
    return Side(scale * ratio, n, bottoms, scale * scale * variance)


def compare(before: Side | None, after: Side | None) -> Effect | None:
    """The difference after less before; None where a side has too few days."""
    if before is None or after is None:
        return None
    freedom = _freedom((before.variance, before.days - 1), (after.variance, after.days - 1))
    return _effect(before, after, after.value - before.value, freedom)


def beyond(own: Effect | None, others: Effect | None) -> Effect | None:
    """What remains of an effect when what others saw in the same time is taken out."""
    if own is None or others is None:
        return None
    sides = (own.before, own.after, others.before, others.after)
    freedom = _freedom(*((each.variance, each.days - 1) for each in sides))
    variance = math.fsum(each.variance for each in sides)
    made = _effect(
        own.before, own.after, own.difference - others.difference, freedom, variance=variance
    )
    return made if not others.thin else _thinned(made)


def chance(t: float, freedom: int) -> float:
    """How often chance alone gives a t at least so far from 0 (both sides), by Student's finite series."""
    angle = math.atan(abs(t) / math.sqrt(freedom))
    sine, cosine = math.sin(angle), math.cos(angle)
    if freedom == 1:
        return max(0.0, 1 - 2 * angle / math.pi)
    term = cosine if freedom % 2 else 1.0
    terms = [term]
    for k in range(2 + freedom % 2, freedom - 1, 2):
        term *= cosine * cosine * (k - 1) / k
        terms.append(term)
    total = sine * math.fsum(terms)
    inside = 2 / math.pi * (angle + total) if freedom % 2 else total
    return min(1.0, max(0.0, 1 - inside))


def quantile(freedom: int, alpha: float = 0.05) -> float:
    """The t that chance exceeds, on both sides together, with a probability of ``alpha``."""
    low, high = 0.0, 1e4
    for _step in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if chance(middle, freedom) > alpha else (low, middle)
    return high


def _effect(
    before: Side, after: Side, difference: float, freedom: int, *, variance: float | None = None
) -> Effect:
    error = math.sqrt(before.variance + after.variance if variance is None else variance)
    if error == 0:
        p = 1.0 if difference == 0 else 0.0
    else:
        p = chance(difference / error, freedom)
    half = quantile(freedom) * error
    thin = min(before.days, after.days) < FEW_DAYS
    return Effect(before, after, difference, difference - half, difference + half, p, thin, freedom)


def _thinned(made: Effect) -> Effect:
    return Effect(
        made.before, made.after, made.difference, made.low, made.high, made.p, True, made.df
    )


def _freedom(*parts: tuple[float, int]) -> int:
    whole = math.fsum(variance for variance, _df in parts)
    if whole == 0:
        return max(1, min(df for _variance, df in parts))
    under = math.fsum((variance / whole) ** 2 / df for variance, df in parts)
    return max(1, min(2000, math.floor(1 / under + 1e-9)))
