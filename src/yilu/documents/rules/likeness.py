"""
Whether two files show the same invoice.

The look alone is a bad witness: two bills of one form differ in as little as four bits, while the
same bill photographed twice differs in ten. So a look is believed only where the numbers agree too.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence

from yilu.documents.rules.values import halved

LOOK_BITS_MAX = 2
HASHES = 64
ROWS_PER_BAND = 4
SAME_TEXT = 0.80
"""Estimated share of common shingles from which two texts are of the same paper."""
SHARED_NUMBERS_MIN = 4
_MERSENNE = (1 << 31) - 1


def look_bands(phash: int) -> list[int]:
    """Four 16-bit parts: hashes two bits apart have at least two of them in common."""
    value = phash & ((1 << 64) - 1)
    return [(band << 16 | (value >> (16 * band) & 0xFFFF)) for band in range(4)]


def bits_apart(one: int, other: int) -> int:
    """In how many bits two hashes differ."""
    return ((one ^ other) & ((1 << 64) - 1)).bit_count()


def text_hashes(text: str) -> list[int]:
    """MinHash of a text: its numbers and the pieces of its words, independent of their order."""
    pieces = _pieces(text)
    if len(pieces) < 12:
        return []
    seeds = [
        int.from_bytes(hashlib.blake2b(p.encode(), digest_size=4).digest(), "big") for p in pieces
    ]
    return [min((a * s + b) % _MERSENNE for s in seeds) for a, b in _FAMILY]


def text_bands(hashes: Sequence[int]) -> list[int]:
    """Bands of the MinHash: two texts that share one may be alike."""
    bands = []
    for start in range(0, len(hashes), ROWS_PER_BAND):
        row = ",".join(str(h) for h in hashes[start : start + ROWS_PER_BAND])
        digest = hashlib.blake2b(f"{start}:{row}".encode(), digest_size=4).digest()
        bands.append(int.from_bytes(digest, "big") >> 1)
    return bands


def likeness(one: Sequence[int], other: Sequence[int]) -> float:
    """The estimated share of pieces two texts have in common, 0 to 1."""
    if not one or len(one) != len(other):
        return 0.0
    return sum(a == b for a, b in zip(one, other, strict=True)) / len(one)


def _pieces(text: str) -> set[str]:
    cleaned = halved(text)
    numbers = {n.replace(",", "") for n in re.findall(r"\d[\d,]*(?:\.\d+)?", cleaned)}
    pieces = {n for n in numbers if len(n) >= 4}
    # Numbers tell two bills of one form apart, words hardly: each number counts threefold.
    pieces |= {f"{mark}{n}" for n in pieces for mark in "#$"}
    words = re.findall(r"[\u4e00-\u9fff]{2,}", cleaned)
    return pieces | {word[i : i + 3] for word in words for i in range(max(len(word) - 2, 1))}


def _family() -> Iterable[tuple[int, int]]:
    for n in range(HASHES):
        digest = hashlib.blake2b(f"yilu {n}".encode(), digest_size=8).digest()
        yield (
            int.from_bytes(digest[:4], "big") % (_MERSENNE - 1) + 1,
            int.from_bytes(digest[4:], "big") % _MERSENNE,
        )


_FAMILY = tuple(_family())
