"""Comments that say nearly the same: MinHash over runs of three characters, in bands, checked (Broder, 1997)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

HASHES, ROWS = 24, 3
ALIKE = 0.7
"""Share of equal hashes, an estimate of the common share of runs, from which two are the same."""
_GAP = "\x02"
_CLOSING = " .,;!?~、。"
_STEP = np.uint64(0x9E3779B97F4A7C15)
_DRAWN = np.random.default_rng(20_261_122)
_FACTORS = _DRAWN.integers(1, 1 << 62, HASHES, np.uint64) | np.uint64(1)
_OFFSETS = _DRAWN.integers(0, 1 << 62, HASHES, np.uint64)


def signatures(texts: Sequence[str]) -> NDArray[np.uint32]:
    """A row of hashes for each normalised text; texts alike share many of them."""
    texts = [text.rstrip(_CLOSING) for text in texts]  # a full stop or two make no other opinion
    code = np.frombuffer(
        (_GAP.join(texts) + _GAP * 3).encode("utf-32-le", "replace"), np.uint32
    ).astype(np.uint64)
    with np.errstate(over="ignore"):
        runs = (code[:-2] * _STEP + code[1:-1]) * _STEP + code[2:]
        runs ^= runs >> np.uint64(31)
        lengths = np.fromiter((len(t) + 1 for t in texts), np.int64, len(texts))
        starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)[:-1]])
        # The last two runs of a text reach over its end: one counts as its last character alone,
        # the other not at all.
        last = np.cumsum(lengths) - 1
        ending = np.maximum(last - 1, starts)
        runs[ending] = (code[ending] + np.uint64(1)) * _STEP
        kept = np.empty((len(texts), HASHES), np.uint32)
        for n in range(HASHES):
            mixed = ((runs * _FACTORS[n] + _OFFSETS[n]) >> np.uint64(32)).astype(np.uint32)
            mixed[last] = np.uint32(0xFFFFFFFF)
            kept[:, n] = np.minimum.reduceat(mixed, starts)
    return kept


def first_alike(signed: NDArray[np.uint32]) -> NDArray[np.int64]:
    """For each text the first that says nearly the same: itself where none does."""
    first = np.arange(len(signed))
    with np.errstate(over="ignore"):
        for begin in range(0, HASHES, ROWS):
            band = np.zeros(len(signed), np.uint64)
            for n in range(begin, begin + ROWS):
                band = band * _STEP + signed[:, n]
            order = np.argsort(band, kind="stable")
            leads = np.ones(len(order), np.bool_)
            leads[1:] = band[order[1:]] != band[order[:-1]]
            leader = order[np.maximum.accumulate(np.where(leads, np.arange(len(order)), 0))]
            for part in range(0, len(order), 200_000):
                here = slice(part, part + 200_000)
                members, heads = order[here], leader[here]
                alike = (signed[members] == signed[heads]).mean(axis=1) >= ALIKE
                first[members[alike]] = np.minimum(first[members[alike]], heads[alike])
    for _round in range(4):
        first = first[first]
    return first
