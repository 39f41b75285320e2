"""Whether other words say the same: every figure, day, law and clause kept, and none added."""

from __future__ import annotations

import re
from collections import Counter

_FIGURES = re.compile(
    r"\d+(?:\.\d+)?%?|[零〇一二三四五六七八九十百千万亿两]+(?=[年月日天个元万倍次级条款项种周岁份分])"
)
_CITED = re.compile(r"《[^》]+》|第[零〇一二三四五六七八九十百]+条|“[^”]+”")
_LINKS = re.compile(r"https?:|www\.|[@#]")
_NOT = ("不", "没", "无", "未", "除外", "免")
LONGEST, SHORTEST = 1.6, 0.5


def says_the_same(approved: str, other: str) -> bool:
    """
    Whether ``other`` may stand for an approved answer.

    Strict rather than clever: the same figures as often as before, the same laws, clauses and names of
    pages, as many negations give or take one, about the same length, no addresses.
    """
    if not SHORTEST * len(approved) <= len(other) <= LONGEST * len(approved):
        return False
    if _LINKS.search(other) and not _LINKS.search(approved):
        return False
    if Counter(_FIGURES.findall(approved)) != Counter(_FIGURES.findall(other)):
        return False
    if set(_CITED.findall(approved)) != set(_CITED.findall(other)):
        return False
    return abs(_negations(approved) - _negations(other)) <= (1 if _negations(approved) > 2 else 0)


def _negations(text: str) -> int:
    return sum(text.count(word) for word in _NOT)
