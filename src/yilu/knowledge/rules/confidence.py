"""
How sure we may be of the best hit, learned from the phrasings we ship.

A similarity is no probability (measured on pairs of a bank: .76 as a ranking, useless as a
threshold), so a logistic regression weighs what speaks for a hit. Two limits on it decide: give the
answer, offer three to choose from, or say that we have none and hand over. Each limit is the lowest
that keeps the share of right answers we declared; ``curve`` shows what every other would have done.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from yilu.knowledge.rules.ranking import Evidence

ROUNDS = 3000
STEP = 0.5
SHRINK = 1e-3


@dataclass(frozen=True, slots=True)
class Point:
    """What a limit does: of the questions, ``coverage`` are answered; of those, ``precision`` rightly."""

    limit: float
    precision: float
    coverage: float


@dataclass(frozen=True, slots=True)
class Model:
    """
    Weights, and the two limits with the precision each was declared to keep.

    ``curve``: by rising limit, on questions that the model which judged them had not seen.
    """

    weights: tuple[float, ...]
    bias: float
    sure: float
    offer: float
    least_sure: float = 0.0
    least_offered: float = 0.0
    curve: tuple[Point, ...] = ()

    def chance(self, evidence: Evidence) -> float:
        """That the best hit answers the question, 0..1; asked as it is written, nothing is guessed."""
        if evidence.as_written:
            return 1.0
        return _logistic(_dot(self.weights, evidence.row()) + self.bias)


def learn(rows: Sequence[Evidence], right: Sequence[bool]) -> tuple[tuple[float, ...], float]:
    """Weights and bias of a logistic regression, by gradient descent: small, and the same every time."""
    table = [evidence.row() for evidence in rows]
    weights, bias = [0.0] * len(table[0]), 0.0
    n = len(table)
    for _round in range(ROUNDS):
        slope, slope_bias = [SHRINK * w for w in weights], 0.0
        for row, is_right in zip(table, right, strict=True):
            error = (_logistic(_dot(weights, row) + bias) - is_right) / n
            slope_bias += error
            for place, value in enumerate(row):
                slope[place] += error * value
        weights = [w - STEP * s for w, s in zip(weights, slope, strict=True)]
        bias -= STEP * slope_bias
    return tuple(weights), bias


def limit_for(chances: Sequence[float], right: Sequence[bool], precision: float) -> float:
    """The lowest limit above which at least this share is right; 1 where there is none."""
    pairs = sorted(zip(chances, right, strict=True), reverse=True)
    best, good = 1.0, 0
    for place, (chance, is_right) in enumerate(pairs, 1):
        good += is_right
        last_of_equals = place == len(pairs) or pairs[place][0] < chance
        if last_of_equals and good / place >= precision:
            best = chance
    return best


def curve_of(
    chances: Sequence[float], right: Sequence[bool], limits: Sequence[float]
) -> tuple[Point, ...]:
    """Precision and coverage at each limit; where nothing is answered, nothing is wrong: 1 and 0."""
    points = []
    for limit in limits:
        given = [
            is_right for chance, is_right in zip(chances, right, strict=True) if chance >= limit
        ]
        precision = sum(given) / len(given) if given else 1.0
        points.append(Point(limit, precision, len(given) / len(chances) if chances else 0.0))
    return tuple(points)


def _dot(weights: Sequence[float], row: Sequence[float]) -> float:
    return sum(w * x for w, x in zip(weights, row, strict=True))


def _logistic(x: float) -> float:
    return 1 / (1 + math.exp(-max(-40.0, min(40.0, x))))
