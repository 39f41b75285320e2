"""Our own labels beside the model that comes with Yilu: learned together, judged on what was not learned."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from . import sentiment
from .words import cut

FOLDS = 5


@dataclass(frozen=True, slots=True)
class Tried:
    """A model and how it did on labels it had not seen, beside the one that comes with Yilu."""

    labels: int
    accuracy: float
    shipped_accuracy: float
    p_value: float
    tables: bytes


def tried(texts: Sequence[str], content: Sequence[bool]) -> Tried:
    """
    Learn from labels by adding a model of our own words to the shipped one.

    Judged in five folds; the p-value is McNemar's exact test on comments only one of them gets right.
    """
    told = np.array(content, bool)
    base = sentiment.shipped()
    before = base.read(texts, cut) > 0.5
    fold = np.random.default_rng(7).permutation(len(texts)) % FOLDS
    after = np.zeros(len(texts), bool)
    for n in range(FOLDS):
        rest = np.flatnonzero(fold != n)
        own = _joined(base, [texts[i] for i in rest.tolist()], told[rest])
        here = np.flatnonzero(fold == n)
        after[here] = own.read([texts[i] for i in here.tolist()], cut) > 0.5
    gained = int(((after == told) & (before != told)).sum())
    lost = int(((after != told) & (before == told)).sum())
    final = _joined(base, texts, told)
    return Tried(
        len(texts), float((after == told).mean()), float((before == told).mean()),
        mcnemar(gained, lost), sentiment.packed(final),
    )  # fmt: skip


def mcnemar(gained: int, lost: int) -> float:
    """How likely so uneven a split of the differences is if neither is better (two-sided, exact)."""
    n = gained + lost
    if not n:
        return 1.0
    tail = sum(math.comb(n, k) for k in range(max(gained, lost), n + 1)) / 2**n
    return float(min(1.0, 2 * tail))


def _joined(
    base: sentiment.Model, texts: Sequence[str], told: NDArray[np.bool_]
) -> sentiment.Model:
    """The shipped model's tables and three of our own words, side by side, weighed as one."""
    own = sentiment.train(texts, told, cut, bits=base.bits)
    weighings = (*base.weighings, *own.weighings)
    joined = sentiment.Model(weighings, 1, 0, {"labels": len(texts), **base.card})
    # The slope is the shipped one's: labels of one's own are few and chosen because they are hard.
    return sentiment.Model(weighings, base.slope, base.offset, joined.card)
