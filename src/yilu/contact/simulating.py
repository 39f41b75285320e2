"""
The queue of the hotline played through (仿真): what no formula says, and a check on those that do.

Many queues at once, call by call: each step is one array operation over all of them, so that numpy's
compiled loops do the work. First come, first served; whoever is less patient than the wait leaves and
takes nobody's time. Seeded: the same figures give the same answer. numpy is loaded in the worker and
the bench only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

QUEUES = 500
"""Played side by side."""


@dataclass(frozen=True, slots=True)
class Played:
    """What came of it: shares of all calls counted, and seconds."""

    calls: int
    waits: float
    in_time: float
    average_wait: float
    gives_up: float


def play(
    *, seats: int, calls_per_hour: float, talk: float, patience: float | None = None,
    within: float = 20, calls: int = 2_000_000, seed: int = 2026,
) -> Played:  # fmt: skip
    """
    Play ``calls`` calls through ``seats`` seats; ``patience`` None: nobody gives up.

    Each of the queues begins empty; its first calls, several talks long, are not counted.
    """
    import numpy as np

    chance = np.random.default_rng(seed)
    load = calls_per_hour * talk / 3600
    warm = int(12 * max(load, 4)) + 200
    counted = -(-calls // QUEUES)
    free = np.zeros((QUEUES, seats))
    now = np.zeros(QUEUES)
    totals = np.zeros(4)
    for first in range(0, warm + counted, 256):
        steps = min(256, warm + counted - first)
        gaps = chance.exponential(3600 / calls_per_hour, (steps, QUEUES))
        talks = chance.exponential(talk, (steps, QUEUES))
        minds = chance.exponential(patience, (steps, QUEUES)) if patience else None
        for k in range(steps):
            waits, left = _step(
                free, now, gaps[k], talks[k], minds[k] if minds is not None else None
            )
            if first + k >= warm:
                soon = (waits <= within) & ~left
                spent = np.minimum(waits, minds[k]) if minds is not None else waits
                totals += (np.count_nonzero(waits > 0), soon.sum(), spent.sum(), left.sum())
    shares = totals / (counted * QUEUES)
    return Played(
        counted * QUEUES, float(shares[0]), float(shares[1]), float(shares[2]), float(shares[3])
    )


def _step(
    free: npt.NDArray[np.float64], now: npt.NDArray[np.float64], gap: npt.NDArray[np.float64],
    talk: npt.NDArray[np.float64], mind: npt.NDArray[np.float64] | None,
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:  # fmt: skip
    """One call arrives in each queue: how long it would wait, and whether it left before."""
    import numpy as np

    now += gap
    rows = np.arange(len(now))
    first = free.argmin(axis=1)
    soonest = free[rows, first]
    waits = np.maximum(soonest - now, 0.0)
    left = waits > mind if mind is not None else np.zeros(len(now), dtype=bool)
    free[rows, first] = np.where(left, soonest, now + waits + talk)
    return waits, left
