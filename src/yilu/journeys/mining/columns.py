"""
The directly-follows graph with median times, variants, funnel and conformance of whole columns of events.

Each figure is a sort or a count over machine words, never a loop over events: five million events
take about a second. Times are whole milliseconds; medians are exact, as the mean of the two middle
ones where there are two.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

Words = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True, slots=True)
class Log:
    """
    Events as columns, in the order in which each case's events happened.

    ``case`` and ``activity`` are numbers from 0, ``at`` milliseconds; ``names`` the activities'.
    """

    case: Words
    activity: Words
    at: Words
    names: tuple[str, ...]

    @property
    def cases(self) -> int:
        """How many cases there are."""
        return int(self.case.max()) + 1 if len(self.case) else 0


@dataclass(frozen=True, slots=True)
class Edge:
    """How often one activity directly followed another, and the median time between, in seconds."""

    source: str
    target: str
    count: int
    median: float


@dataclass(frozen=True, slots=True)
class Variant:
    """A way through the process, and how many cases took it."""

    activities: tuple[str, ...]
    count: int


@dataclass(frozen=True, slots=True)
class Mined:
    """What a log shows."""

    events: int
    cases: int
    edges: tuple[Edge, ...]
    variants: tuple[Variant, ...]


class Ordered:
    """A log sorted by case, with what every question begins with worked out once."""

    def __init__(self, log: Log) -> None:
        self.log = log
        size = len(log.case)
        # Case above position in one word: one sort by machine instructions keeps the order within.
        bits = max(1, int(size).bit_length())
        keys = (log.case.astype(np.int64) << bits) | np.arange(size, dtype=np.int64)
        keys.sort()
        order = keys & ((1 << bits) - 1)
        self.case = keys >> bits
        self.activity = log.activity[order].astype(np.int32)
        self.at = log.at[order]
        self.begins = (
            np.flatnonzero(np.r_[True, self.case[1:] != self.case[:-1]]) if size else order
        )

    def edges(self) -> tuple[Edge, ...]:
        """The directly-follows graph: counts and exact medians, by name of source and target."""
        within = self.case[1:] == self.case[:-1]
        kinds = len(self.log.names)
        codes = (self.activity[:-1].astype(np.int64) * kinds + self.activity[1:])[within]
        if not len(codes):
            return ()
        waits = (self.at[1:] - self.at[:-1])[within]
        low = int(waits.min())
        shift = max(1, int(waits.max() - low).bit_length())
        # Edge above time in one word: sorted, each edge's times lie together and in order.
        keys = (codes << shift) | (waits - low)
        keys.sort()
        edge_of, times = keys >> shift, (keys & ((1 << shift) - 1)) + low
        starts = np.flatnonzero(np.r_[True, edge_of[1:] != edge_of[:-1]])
        counts = np.diff(np.r_[starts, len(keys)])
        lower, upper = times[starts + (counts - 1) // 2], times[starts + counts // 2]
        medians = (lower + upper) / 2000.0
        names = self.log.names
        found = [
            Edge(names[code // kinds], names[code % kinds], int(count), float(median))
            for code, count, median in zip(edge_of[starts].tolist(), counts, medians, strict=True)
        ]
        return tuple(sorted(found, key=lambda edge: (edge.source, edge.target)))

    def variants(self) -> tuple[Variant, ...]:
        """
        The ways through the process, the most frequent first.

        Ways are told apart by two 64-bit digests of their activities and by their length: among ten
        million cases the chance that two ways are taken for one is below one in 10^24.
        """
        size = len(self.activity)
        if not size:
            return ()
        lengths = np.diff(np.r_[self.begins, size])
        place = np.arange(size, dtype=np.int64) - np.repeat(self.begins, lengths)
        first = self._digest(place, 0x9E3779B97F4A7C15)
        second = self._digest(place, 0xC2B2AE3D27D4EB4F)
        order = np.lexsort((second, first))
        a, b, c = first[order], second[order], lengths[order]
        new = np.r_[True, (a[1:] != a[:-1]) | (b[1:] != b[:-1]) | (c[1:] != c[:-1])]
        groups = np.flatnonzero(new)
        counts = np.diff(np.r_[groups, len(order)])
        found = [
            (self._way(int(order[group])), int(count))
            for group, count in zip(groups.tolist(), counts, strict=True)
        ]
        return tuple(
            Variant(way, count) for way, count in sorted(found, key=lambda f: (-f[1], f[0]))
        )

    def _digest(self, place: Words, seed: int) -> Words:
        """A digest of every case: the sum of a well-mixed word for each (place, activity)."""
        with np.errstate(over="ignore"):
            word = (place.astype(np.uint64) << np.uint64(20)) + self.activity.astype(np.uint64)
            word *= np.uint64(seed | 1)
            word ^= word >> np.uint64(29)
            word *= np.uint64(0xBF58476D1CE4E5B9)
            word ^= word >> np.uint64(32)
            word *= np.uint64(0x94D049BB133111EB)
            return np.asarray(np.add.reduceat(word, self.begins))

    def _way(self, case: int) -> tuple[str, ...]:
        start = int(self.begins[case])
        end = int(self.begins[case + 1]) if case + 1 < len(self.begins) else len(self.activity)
        return tuple(self.log.names[code] for code in self.activity[start:end].tolist())

    def funnel(self, stages: Sequence[str]) -> tuple[tuple[str, int], ...]:
        """How many cases came to each stage, having come to every one before it, in that order."""
        numbers = {name: number for number, name in enumerate(self.log.names)}
        total = len(self.begins)
        index = np.cumsum(np.r_[True, self.case[1:] != self.case[:-1]]) - 1 if total else self.case
        reached = np.full(total, -1, dtype=np.int64)  # the event by which a case got so far
        alive = np.ones(total, dtype=bool)
        found = []
        for stage in stages:
            at = np.flatnonzero(self.activity == numbers.get(stage, -1))
            later = at[alive[index[at]] & (at > reached[index[at]])]
            cases, first = np.unique(index[later], return_index=True)
            alive = np.zeros(total, dtype=bool)
            alive[cases] = True
            reached[cases] = later[first]
            found.append((stage, len(cases)))
        return tuple(found)


def mine(log: Log) -> Mined:
    """Graph, median times and variants of a log, cold."""
    ordered = Ordered(log)
    return Mined(len(log.case), len(ordered.begins), ordered.edges(), ordered.variants())


def conformance(
    variants: Collection[Variant], declared: Collection[tuple[str, str]]
) -> tuple[float, Mapping[tuple[str, str], int]]:
    """
    The share of cases that went only declared ways, and how often each undeclared one was taken.
    """
    allowed, fitting, total = set(declared), 0, 0
    off: dict[tuple[str, str], int] = {}
    for variant in variants:
        total += variant.count
        steps = list(zip(variant.activities, variant.activities[1:], strict=False))
        wrong = [step for step in steps if step not in allowed]
        fitting += 0 if wrong else variant.count
        for step in wrong:
            off[step] = off.get(step, 0) + variant.count
    return (fitting / total if total else 1.0), off


def coded(rows: Sequence[tuple[Any, str, int]]) -> Log:
    """A log of (case, activity, milliseconds) rows, as they happened."""
    cases: dict[Any, int] = {}
    names: dict[str, int] = {}
    case = np.fromiter((cases.setdefault(row[0], len(cases)) for row in rows), np.int64, len(rows))
    kind = np.fromiter((names.setdefault(row[1], len(names)) for row in rows), np.int32, len(rows))
    at = np.fromiter((row[2] for row in rows), np.int64, len(rows))
    return Log(case, kind, at, tuple(names))
