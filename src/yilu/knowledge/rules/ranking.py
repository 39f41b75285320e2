"""
Which known question a new one resembles most: BM25 over characters and pairs of them.

A question is found by everything it is asked by (its phrasings together) and, at half the weight, by
the words of its answer; among the best few the one phrasing that is nearest counts besides. Questions
come and go one by one, so that an edit costs what was edited. No library: the arithmetic is a page,
and the web process keeps its memory.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from yilu.knowledge.rules import subjects
from yilu.knowledge.rules import text as texts

K1, B = 1.5, 0.75
ANSWER, NEAREST = 0.5, 0.5
"""What the answer's words and the nearest phrasing count beside the phrasings together."""
LOOKED_AT = 8


@dataclass(frozen=True, slots=True)
class Hit:
    """A known question that resembles the one asked, with the phrasing that does so most."""

    key: int
    score: float
    phrasing: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for the best hit, each between 0 and about 1: what the confidence is learned from."""

    coverage: float
    """How much of what was asked the nearest phrasing holds."""
    back: float
    """How much of that phrasing was asked."""
    together: float
    """How much of what was asked all phrasings and the answer hold."""
    gap: float
    """How far the next question is behind."""
    strange: float
    """How much of what was asked is in nothing of ours at all."""
    length: float
    """How much was said: few characters prove little."""
    lead: float
    """How much nearer its phrasing is than any of the others'."""
    field: float
    """How far the third is behind: one of many that resemble is a guess."""
    subjects: float
    """How many of the things named its phrasings or its answer name as well."""
    wanted: float
    """Whether the phrasing wants to know the same (how long, where, why …); one half: nobody can say."""

    @property
    def as_written(self) -> bool:
        """Whether it was asked in the words of one phrasing, and of no other question's."""
        return min(self.coverage, self.back) > 0.999 and self.lead > 0

    def row(self) -> tuple[float, ...]:
        """As numbers for a model."""
        return (
            self.coverage, self.back, self.together, self.gap, self.strange, self.length,
            self.coverage * self.back, self.together * self.gap,
            self.lead, self.field, self.subjects, self.wanted,
        )  # fmt: skip


NO_EVIDENCE = Evidence(0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0)


class _Field:
    """BM25 of one text a question."""

    def __init__(self) -> None:
        self.counts: dict[int, Counter[str]] = {}
        self._lengths: dict[int, int] = {}
        self._postings: dict[str, dict[int, int]] = {}
        self._total = 0

    def put(self, key: int, words: Iterable[str]) -> None:
        counts = Counter(words)
        if not counts:
            return
        self.counts[key] = counts
        self._lengths[key] = counts.total()
        self._total += self._lengths[key]
        for gram, count in counts.items():
            self._postings.setdefault(gram, {})[key] = count

    def drop(self, key: int) -> None:
        for gram in self.counts.pop(key, ()):
            posting = self._postings[gram]
            del posting[key]
            if not posting:
                del self._postings[gram]
        self._total -= self._lengths.pop(key, 0)

    def weight(self, gram: str) -> float:
        """How much a gram tells: the rarer, the more."""
        found = len(self._postings.get(gram, ()))
        return math.log(1 + (len(self.counts) - found + 0.5) / (found + 0.5))

    def knows(self, gram: str) -> bool:
        return gram in self._postings

    def add_scores(self, asked: Counter[str], share: float, scores: dict[int, float]) -> None:
        if not self.counts:
            return
        mean = self._total / len(self.counts)
        lengths = self._lengths
        for gram, times in asked.items():
            posting = self._postings.get(gram)
            if posting is None:
                continue
            weight = share * times * self.weight(gram) * (K1 + 1)
            for key, count in posting.items():
                norm = K1 * (1 - B + B * lengths[key] / mean)
                scores[key] = scores.get(key, 0.0) + weight * count / (count + norm)


class Index:
    """Known questions by what they are asked and answered with."""

    def __init__(self) -> None:
        self._phrasings: dict[int, tuple[str, ...]] = {}
        self._said: dict[int, str] = {}
        self._asked = _Field()
        self._answers = _Field()

    def __len__(self) -> int:
        return len(self._phrasings)

    def put(self, key: int, phrasings: Iterable[str], answer: str = "") -> None:
        """Know a question by these phrasings and this answer, and by nothing of before."""
        self.drop(key)
        self._phrasings[key] = tuple(dict.fromkeys(phrasings))
        self._asked.put(key, (gram for p in self._phrasings[key] for gram in texts.grams(p)))
        self._said[key] = answer
        self._answers.put(key, texts.grams(answer))

    def drop(self, key: int) -> None:
        """Forget a question."""
        if self._phrasings.pop(key, None) is not None:
            del self._said[key]
            self._asked.drop(key)
            self._answers.drop(key)

    def search(self, text: str, top: int = 3) -> tuple[Hit, ...]:
        """The questions that resemble ``text`` most, best first."""
        asked = Counter(texts.grams(text))
        scores: dict[int, float] = {}
        self._asked.add_scores(asked, 1.0, scores)
        self._answers.add_scores(asked, ANSWER, scores)
        best = sorted(scores, key=lambda key: (-scores[key], key))[: max(LOOKED_AT, top)]
        most = self._mass(asked)
        hits = []
        for key in best:
            phrasing, near = self._nearest(key, asked)
            hits.append(Hit(key, scores[key] + NEAREST * most * near, phrasing))
        # Sums over sets differ in the last digit by their order: equals stay equal.
        return tuple(sorted(hits, key=lambda hit: (-round(hit.score, 9), hit.key))[:top])

    def evidence(self, text: str, hits: tuple[Hit, ...]) -> Evidence:
        """What speaks for the first of these hits."""
        asked = frozenset(texts.grams(text))
        if not hits or not asked:
            return NO_EVIDENCE
        first, *others = hits
        near = frozenset(texts.grams(first.phrasing))
        every = self._asked.counts.get(first.key, Counter[str]())
        answer = self._answers.counts.get(first.key, Counter[str]())
        mass = self._mass(asked)
        shared = self._mass(asked & near)
        return Evidence(
            coverage=shared / mass,
            back=shared / self._mass(near) if near else 0.0,
            together=self._mass(g for g in asked if g in every or g in answer) / mass,
            gap=_behind(hits, 1),
            strange=self._mass(g for g in asked if not self._knows(g)) / mass,
            length=min(len(texts.units(text)), 16) / 16,
            lead=self._near(asked, near)
            - max(
                (self._near(asked, frozenset(texts.grams(h.phrasing))) for h in others), default=0.0
            ),
            field=_behind(hits, 2),
            subjects=self._subjects_held(text, first.key),
            wanted=_same_wanted(text, first.phrasing),
        )

    def _nearest(self, key: int, asked: Iterable[str]) -> tuple[str, float]:
        wanted, found, best = frozenset(asked), "", -1.0
        for phrasing in self._phrasings[key]:
            near = self._near(wanted, frozenset(texts.grams(phrasing)))
            if near > best:
                found, best = phrasing, near
        return found, max(best, 0.0)

    def _near(self, asked: frozenset[str], phrasing: frozenset[str]) -> float:
        """How alike two texts are, 0..1: what they share of both, rare grams counting more."""
        both = self._mass(asked) + self._mass(phrasing)
        return 2 * self._mass(asked & phrasing) / both if both else 0.0

    def _subjects_held(self, text: str, key: int) -> float:
        """The share of the things named that this question names as well; one half where none is."""
        named = subjects.subjects(text)
        if not named:
            return 0.5
        held = subjects.subjects("\n".join((*self._phrasings[key], self._said[key])))
        return len(named & held) / len(named)

    def _mass(self, grams: Iterable[str]) -> float:
        return sum(self._asked.weight(gram) for gram in grams)

    def _knows(self, gram: str) -> bool:
        return self._asked.knows(gram) or self._answers.knows(gram)


def _behind(hits: tuple[Hit, ...], place: int) -> float:
    """How far the hit at ``place`` is behind the first, 0..1; 1 where there is none."""
    first = hits[0].score
    return 1 - hits[place].score / first if len(hits) > place and first else float(bool(first))


def _same_wanted(asked: str, phrasing: str) -> float:
    one, other = subjects.wanted(asked), subjects.wanted(phrasing)
    if not one or not other:
        return 0.5
    return float(bool(one & other))
