"""Words of a Chinese text, with the insurer's own terms kept whole."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import rjieba

CATALOGUE = Path(__file__).resolve().parents[1] / "catalogue"
_COMMON = 20_000
"""Frequency given to a term so that it stays whole against its parts."""


def cut(text: str) -> list[str]:
    """The words of a text, in order."""
    return list(_segmenter().cut(text))


@cache
def _segmenter() -> rjieba.Jieba:
    """Our own segmenter, taught the lexicon once a process."""
    made = rjieba.Jieba()
    for term in read_terms((CATALOGUE / "lexicon.txt").read_text(encoding="utf-8")):
        made.add_word(term, _COMMON, "n")
    return made


def read_terms(text: str) -> list[str]:
    """One term a line; blank lines and what follows # do not count."""
    lines = (line.partition("#")[0].strip() for line in text.splitlines())
    return [line for line in lines if line]


@cache
def stop_words() -> frozenset[str]:
    """Words that name no subject: particles, pronouns, praise and blame as such."""
    text = (CATALOGUE / "stop_words.txt").read_text(encoding="utf-8")
    return frozenset(word for line in read_terms(text) for word in line.split())
