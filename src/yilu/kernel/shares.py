"""How far a share may be off."""

from __future__ import annotations

import math
from typing import Final

Z95: Final = 1.959963984540054
"""How many standard errors hold 95 % of a normal distribution."""


def wilson(part: int, whole: int) -> tuple[float, float]:
    """Between what the share of ``part`` in ``whole`` (more than 0) lies with 95 % confidence, of one (Wilson, 1927)."""
    p, z2 = part / whole, Z95 * Z95
    middle = (p + z2 / (2 * whole)) / (1 + z2 / whole)
    half = Z95 * math.sqrt(p * (1 - p) / whole + z2 / (4 * whole * whole)) / (1 + z2 / whole)
    return min(max(0.0, middle - half), p), max(min(1.0, middle + half), p)
