"""
What is never said and what always is: found in running text by one automaton, then by few patterns.

All plain phrases, and the word every gap rule cannot do without, go into one Aho-Corasick automaton over
bytes. Only a text in which such a word occurs is read by the compiled pattern of its rule.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from operator import itemgetter
from pathlib import Path
from typing import Any, Final

from yilu.quality.rules import wording

WRITTEN: Final = frozenset({"CHAT", "WECHAT", "EMAIL", "SMS"})
"""Channels whose turns are what was said; at a telephone a seat may type notes only."""
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Hit:
    """A forbidden phrase in a text, by characters."""

    code: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing nobody says, and what is said instead."""

    code: str
    say: tuple[str, ...]
    near: tuple[str, ...]
    gap: re.Pattern[str] | None
    unless: tuple[re.Pattern[str], ...]
    better: str


@dataclass(frozen=True, slots=True)
class Needed:
    """What a seat's words hold: in the first, in the last, or anywhere."""

    code: str
    label: str
    where: str
    any: tuple[str, ...]


class Phrases:
    """A list of forbidden phrases, ready to scan."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.rules: Mapping[str, Rule] = {rule.code: rule for rule in rules}
        self._words: list[bytes] = []
        self._of: list[tuple[Rule, int]] = []  # with how many characters; 0: only a gap rule's word
        for rule in rules:
            for word in rule.say:
                self._put(rule, word, len(word))
            for word in rule.near:
                self._put(rule, word, 0)
        # Loaded by whoever scans first: most web processes of a small office never do.
        from ahocorasick_rs import BytesAhoCorasick, Implementation, MatchKind

        self._automaton = BytesAhoCorasick(
            self._words, matchkind=MatchKind.Standard, implementation=Implementation.DFA
        )

    def _put(self, rule: Rule, word: str, length: int) -> None:
        self._words.append(word.encode())
        self._of.append((rule, length))

    def scan(self, text: str) -> tuple[Hit, ...]:
        """Every forbidden phrase in a text, in order, each stretch once a rule."""
        raw = text.encode()
        found = self._automaton.find_matches_as_indexes(raw, overlapping=True)
        if not found:
            return ()
        hits: list[Hit] = []
        gaps: dict[str, Rule] = {}
        at, char = 0, 0  # a place in bytes, and the same in characters: read on from hit to hit
        for n, start, _end in sorted(found, key=_by_start):
            rule, length = self._of[n]
            if not length:
                gaps[rule.code] = rule
                continue
            char += len(raw[at:start].decode())
            at = start
            hits.append(Hit(rule.code, char, char + length))
        for rule in gaps.values():
            assert rule.gap is not None
            hits += [Hit(rule.code, m.start(), m.end()) for m in rule.gap.finditer(text)]
        kept = [h for h in hits if not (self.rules[h.code].unless and self._taken_back(h, text))]
        return tuple(sorted(set(kept), key=lambda h: (h.start, h.end, h.code)) if gaps else kept)

    def _taken_back(self, hit: Hit, text: str) -> bool:
        """Whether the words around make it harmless: 您有不清楚的地方 is no rebuff."""
        around = text[max(0, hit.start - 12) : hit.end + 12]
        start = hit.start - max(0, hit.start - 12)
        end = start + hit.end - hit.start
        return any(
            m.start() < end and start < m.end()
            for pattern in self.rules[hit.code].unless
            for m in pattern.finditer(around)
        )


_by_start = itemgetter(1)


@dataclass(frozen=True, slots=True)
class Book:
    """One version of the list: what is never said, what always is, how a complaint sounds."""

    phrases: Phrases
    needed: tuple[Needed, ...]
    words: tuple[str, ...]
    strong: tuple[str, ...]
    least: int


@lru_cache(maxsize=4)
def compiled(text: str) -> Book:
    """A list made ready, once a process. :raises BadPhrases: the text is none."""
    told = wording.read(text)
    return Book(
        Phrases([_rule(row) for row in told["forbidden"]]),
        tuple(
            Needed(row["code"], row["label"], row["where"], row["any"])
            for row in told["required"]
        ),
        told["complaint"]["words"], told["complaint"]["strong"], told["complaint"]["least"],
    )  # fmt: skip


def _rule(row: Mapping[str, Any]) -> Rule:
    return Rule(
        row["code"], row["say"], row["near"], re.compile(row["gap"]) if row["gap"] else None,
        tuple(re.compile(each) for each in row["unless"]), row["better"],
    )  # fmt: skip


@cache
def shipped_text() -> str:
    """The list that comes with Yilu, as it is edited."""
    return (Path(__file__).parents[1] / "catalogue" / "phrases.toml").read_text("utf-8")


def shipped_book() -> Book:
    """The list that comes with Yilu: what counts until another version does."""
    return compiled(shipped_text())


def shipped() -> Phrases:
    """What is never said, as it comes with Yilu."""
    return shipped_book().phrases


def tidy(text: str) -> str:
    """Without blanks: 不 清 楚 is said all the same."""
    return _SPACE.sub("", text)


def missing(said: Sequence[str], book: Book | None = None) -> tuple[str, ...]:
    """What a seat's turns lack, in the list's order; nothing is asked of one who said nothing."""
    if not said:
        return ()
    places = {"first": said[0], "last": "\n".join(said[-2:]), "all": "\n".join(said)}
    needed = (book or shipped_book()).needed
    return tuple(
        need.code for need in needed if not any(word in places[need.where] for word in need.any)
    )


def reads_like_complaint(said: Sequence[str], book: Book | None = None) -> bool:
    """Whether a customer's words are a complaint: one strong word, or several different ones."""
    text, told = "\n".join(said), book or shipped_book()
    if any(word in text for word in told.strong):
        return True
    return sum(word in text for word in told.words) >= told.least
