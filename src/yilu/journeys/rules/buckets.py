"""Times in logarithmic buckets: medians within three per cent without keeping every time."""

from __future__ import annotations

import math
from collections.abc import Mapping

PER_OCTAVE = 16


def bucket_of(seconds: float) -> int:
    """The bucket of a time; 0 holds everything below a twentieth of a second."""
    return int(PER_OCTAVE * math.log2(1 + max(0.0, seconds)))


def middle_of(bucket: int) -> float:
    """The time in the middle of a bucket, in seconds."""
    return float(2 ** ((bucket + 0.5) / PER_OCTAVE) - 1) if bucket else 0.0


def median_of(counts: Mapping[int, int]) -> float | None:
    """The median time, from how many fell into each bucket; None of none."""
    total = sum(counts.values())
    if not total:
        return None
    half, passed = (total + 1) // 2, 0
    for bucket in sorted(counts):
        passed += counts[bucket]
        if passed >= half:
            return middle_of(bucket)
    raise AssertionError
