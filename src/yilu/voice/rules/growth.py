"""
Is a topic growing, or is that chance? Counts of two spans of time, compared exactly.

Given how many comments a topic has in both spans together, the number in the later one is binomial if
nothing changed (the conditional test of Przyborowski and Wilenski, Biometrika 31, 1940). Many topics are looked
at together, so the share of false alarms is held by Benjamini and Hochberg (1995).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

FALSE_ALARMS = 0.05
LEAST = 8
"""A topic of fewer later comments is not called emerging."""


def p_growth(earlier: int, later: int, all_earlier: int, all_later: int) -> float:
    """How likely at least ``later`` comments are if the topic's share did not grow."""
    n = earlier + later
    if not n or not all_later:
        return 1.0
    share = all_later / (all_earlier + all_later)
    if share >= 1:
        return 1.0
    if n > 5_000:  # the normal limit, with continuity: exact sums would be long and say the same
        middle, spread = n * share, math.sqrt(n * share * (1 - share))
        return 0.5 * math.erfc((later - 0.5 - middle) / spread / math.sqrt(2))
    return min(1.0, sum(_binomial(n, k, share) for k in range(later, n + 1)))


def _binomial(n: int, k: int, p: float) -> float:
    log = math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
    return math.exp(log + k * math.log(p) + (n - k) * math.log1p(-p))


def discoveries(ps: Sequence[float], rate: float = FALSE_ALARMS) -> list[bool]:
    """Which of many p-values to believe so that of those believed at most ``rate`` are false."""
    order = sorted(range(len(ps)), key=lambda n: ps[n])
    last = -1
    for place, n in enumerate(order):
        if ps[n] <= rate * (place + 1) / len(ps):
            last = place
    believed = set(order[: last + 1])
    return [n in believed for n in range(len(ps))]


def factor(earlier: int, later: int, all_earlier: int, all_later: int) -> float | None:
    """How many times its earlier share a topic has now; None where it had none."""
    if not earlier or not all_later or not all_earlier:
        return None
    return (later / all_later) / (earlier / all_earlier)
