"""
A question as the units that are compared: characters and pairs of characters.

Words of a dictionary are the worst unit for such short texts (measured: .78 against .93 for
characters and pairs). Different words for the same thing are made one before (``synonyms``).
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterator
from functools import cache

from yilu.knowledge.rules.synonyms import SYNONYMS

_UNIT = re.compile(r"[a-z]+|\d+(?:\.\d+)?|[\u3400-\u9fff]")
LONGEST = 300
"""Characters of a question that are looked at."""


def plain(text: str) -> str:
    """Full-width forms, case and marks made one; at most ``LONGEST`` characters."""
    return unicodedata.normalize("NFKC", text[:LONGEST]).lower()


@cache
def synonyms() -> tuple[dict[str, str], re.Pattern[str]]:
    """Each word of the list to the first of its line, and what finds them, longest first."""
    lines = [line.split() for line in SYNONYMS.splitlines()]
    known = {word: line[0] for line in lines if line for word in line}
    longest_first = sorted(known, key=len, reverse=True)
    return known, re.compile("|".join(map(re.escape, longest_first)))


def canonical(text: str) -> str:
    """The text made plain, with one word for the same thing."""
    known, finder = synonyms()
    return finder.sub(lambda found: known[found.group()], plain(text))


def units(text: str) -> list[str]:
    """Characters, numbers and foreign words in order, after synonyms were made one."""
    return _UNIT.findall(canonical(text))


def grams(text: str) -> Iterator[str]:
    """Units and pairs of neighbours."""
    found = units(text)
    yield from found
    for first, second in itertools.pairwise(found):
        yield f"{first}_{second}"
