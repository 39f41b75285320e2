"""Which sides of the service a comment speaks of, clause by clause, and how."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import ahocorasick_rs

_CLAUSE = re.compile(r"[，。！？；、,!?;~…\n ]+")


class Finder:
    """Finds the words of every aspect in one pass over a text."""

    def __init__(self, words: Mapping[str, Sequence[str]]) -> None:
        self.codes = tuple(words)
        pairs = [(word.lower(), code) for code, own in words.items() for word in own if word]
        self._of = [self.codes.index(code) for _word, code in pairs]
        self._scan = ahocorasick_rs.AhoCorasick(
            [word for word, _code in pairs] or ["\x02"],
            matchkind=ahocorasick_rs.MatchKind.LeftmostLongest,
        )

    def in_text(self, text: str) -> set[int]:
        """The places of the aspects a normalised text speaks of."""
        return {self._of[n] for n, _begin, _end in self._scan.find_matches_as_indexes(text)}

    def clauses(self, text: str) -> list[tuple[str, set[int]]]:
        """The clauses of a text that speak of an aspect, each with which."""
        found = []
        for clause in _CLAUSE.split(text):
            here = self.in_text(clause) if len(clause) > 1 else set()
            if here:
                found.append((clause, here))
        return found
