"""
The plain recursions of life insurance (寿险精算现值), for any kind of number.

``q[t]`` is the chance to die in year t (0, 1, …) of those alive at its start, ``v`` the value now of
one yuan a year later. Each gives the values at the start of every year, the end included.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def insured(q: Sequence[Any], v: Any, at_end: Any = 0) -> list[Any]:
    """One yuan at the end of the year of death, ``at_end`` for who is alive then: A = v·(q + p·A')."""
    found = [at_end]
    for each in reversed(q):
        found.append(v * (each + (1 - each) * found[-1]))
    return found[::-1]


def paid_while_alive(q: Sequence[Any], v: Any, years: int | None = None) -> list[Any]:
    """One yuan at the start of each of ``years`` years while alive: ä = 1 + v·p·ä'."""
    due = len(q) if years is None else years
    found: list[Any] = [0]
    for t in range(len(q) - 1, -1, -1):
        found.append((1 if t < due else 0) + v * (1 - q[t]) * found[-1])
    return found[::-1]


def survivors(q: Sequence[Any], start: Any = 1) -> list[Any]:
    """How many of ``start`` are alive at the start of each year."""
    found = [start]
    for each in q:
        found.append(found[-1] * (1 - each))
    return found
