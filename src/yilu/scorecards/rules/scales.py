"""From a measured value to points: a straight line from where nothing is earned to where all is."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

HUNDRED = Decimal(100)
_CENT = Decimal("0.01")


def score(value: Decimal, *, zero: Decimal, full: Decimal, cap: Decimal = HUNDRED) -> Decimal:
    """
    0 at ``zero``, 100 at ``full``, straight between and beyond, never below 0 nor above ``cap``.

    ``full`` may lie below ``zero``: less is better then.

    :raises ValueError: where zero and full are one; a line needs two points.
    """
    if zero == full:
        raise ValueError("zero and full are the same value")
    reached = HUNDRED * (value - zero) / (full - zero)
    return to_cent(min(max(reached, Decimal(0)), cap))


def points(weight: Decimal, scored: Decimal) -> Decimal:
    """What a score of 0 to 100 brings at a weight."""
    return to_cent(weight * scored / HUNDRED)


def to_cent(value: Decimal) -> Decimal:
    """Two places, halves up."""
    return value.quantize(_CENT, ROUND_HALF_UP)
