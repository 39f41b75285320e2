"""
What moves the score: correlations of attributes with it, and how much of it each explains by itself.

Spearman's rank correlation with the interval of Bonett and Wright (Psychometrika 65, 2000); relative weights of
Johnson (Multivariate Behavioral Research 35, 2000), which share what correlated attributes explain together, with
percentile intervals from resampling.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]
LEAST = 30
"""So many comments must have an attribute before anything is said of it."""
ROWS_MAX = 200_000
RESAMPLED, ROUNDS = 4_000, 200
Z95 = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Driver:
    """One attribute beside the score."""

    name: str
    n: int
    mean: float
    """From -1 to 1: how content people are with it."""
    rho: float
    low: float
    high: float
    weight: float
    """Per cent of what all attributes explain."""
    weight_low: float
    weight_high: float


@dataclass(frozen=True, slots=True)
class Found:
    """Drivers, the most important first, and the matrix of everything with everything."""

    drivers: tuple[Driver, ...]
    names: tuple[str, ...]
    matrix: tuple[tuple[float, ...], ...]
    explained: float
    n: int


def find(names: Sequence[str], values: F64, score: F64, *, seed: int = 0) -> Found | None:
    """
    Look for what drives a score. ``values``: a column an attribute from -1 to 1, NaN where not said.

    What is not said counts as even, neither good nor bad: an aspect that comes up only in complaints
    drives the score by coming up. None where there are too few rows or nothing varies.
    """
    here = ~np.isnan(score)
    values, score = values[here], score[here]
    if len(score) > ROWS_MAX:
        drawn = np.random.default_rng(seed).choice(len(score), ROWS_MAX, replace=False)
        values, score = values[drawn], score[drawn]
    said = (~np.isnan(values)).sum(axis=0)
    even = np.where(np.isnan(values), 0.0, values)
    varies = np.array([np.unique(c).size > 1 for c in even.T], bool)
    kept = [int(n) for n in np.flatnonzero((said >= LEAST) & varies)] if values.size else []
    if len(score) < LEAST or len(kept) < 2 or np.unique(score).size < 2:
        return None
    columns = values[:, kept]
    means = np.nanmean(columns, axis=0)
    filled = even[:, kept]
    ranks = np.column_stack([ranked(c) for c in (*filled.T, score)])
    matrix = np.asarray(np.corrcoef(ranks, rowvar=False), np.float64)
    weights, explained = relative_weights(matrix[:-1, :-1], matrix[:-1, -1])
    lows, highs = _resampled(ranks, seed)
    drivers = []
    for n, place in enumerate(kept):
        rho, low, high = spearman(filled[:, n], score)
        drivers.append(
            Driver(
                names[place], int(said[place]), float(means[n]), rho, low, high, float(weights[n]),
                float(lows[n]), float(highs[n]),
            )
        )  # fmt: skip
    ordered = sorted(drivers, key=lambda d: -d.weight)
    return Found(
        tuple(ordered), (*(names[place] for place in kept), "score"),
        tuple(tuple(round(float(v), 3) for v in row) for row in matrix), explained, len(score),
    )  # fmt: skip


def ranked(values: F64) -> F64:
    """Ranks from 1, equals sharing the mean of theirs."""
    _own, place, count = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(count)
    return ((last - count + 1 + last) / 2)[place].astype(np.float64)


def spearman(first: F64, second: F64) -> tuple[float, float, float]:
    """Rank correlation with its 95 % interval; all zero where one does not vary."""
    a, b = ranked(first), ranked(second)
    if np.ptp(a) == 0 or np.ptp(b) == 0:
        return 0.0, 0.0, 0.0
    rho = float(np.corrcoef(a, b)[0, 1])
    if len(a) <= 4:
        return rho, -1.0, 1.0
    z = math.atanh(max(-0.999999, min(0.999999, rho)))
    half = Z95 * math.sqrt((1 + rho * rho / 2) / (len(a) - 3))
    return rho, math.tanh(z - half), math.tanh(z + half)


def relative_weights(among: F64, with_score: F64) -> tuple[F64, float]:
    """Each attribute's share in per cent of what all explain, and how much that is (R²)."""
    values, vectors = np.linalg.eigh(among)
    roots = np.sqrt(np.clip(values, 1e-9, None))
    loads = vectors @ np.diag(roots) @ vectors.T
    beta = np.linalg.solve(loads, with_score)
    raw = (loads**2) @ (beta**2)
    explained = float(raw.sum())
    return (100 * raw / explained if explained > 0 else raw), min(explained, 1.0)


def _resampled(ranks: F64, seed: int) -> tuple[F64, F64]:
    drawing = np.random.default_rng(seed)
    rounds = []
    size = min(len(ranks), RESAMPLED)
    for _round in range(ROUNDS):
        some = ranks[drawing.integers(0, len(ranks), size)]
        if (some.std(axis=0) > 0).all():
            matrix = np.asarray(np.corrcoef(some, rowvar=False), np.float64)
            rounds.append(relative_weights(matrix[:-1, :-1], matrix[:-1, -1])[0])
    if not rounds:
        nothing = np.zeros(ranks.shape[1] - 1)
        return nothing, nothing
    low, high = np.percentile(np.array(rounds), [2.5, 97.5], axis=0)
    return low, high
