"""
Groups of persons whose claims share accounts, phones, devices or bills, in a graph of any size.

Arrays all the way: components by hooking and pointer jumping, the densest part of each by peeling
all of them at once, and the same links dealt at random for what chance alone would make.
Only the worker and the bench import this module.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
EPSILON = 0.1
DEALS = 10
HUB_MIN = 60
"""A trait that more persons share than this is a counter's phone or a shared bill, not a group."""


def components(a: Ints, b: Ints, nodes: int) -> Ints:
    """The least node of each node's component, for edges ``a[i]``–``b[i]``."""
    label = np.arange(nodes)
    while True:
        left, right = label[a], label[b]
        different = left != right
        if not different.any():
            return label
        high, low = np.maximum(left, right)[different], np.minimum(left, right)[different]
        np.minimum.at(label, high, low)
        while True:  # jump until every label is a root
            further = label[label]
            if (further == label).all():
                break
            label = further


def densest(a: Ints, b: Ints, label: Ints, nodes: int) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """
    For each component (by its least node) the density of its densest part, edges a node, and which
    nodes are in it: at least half of the true one (Bahmani's peeling), all components at once.
    """
    alive = np.ones(nodes, dtype=bool)
    best = np.zeros(nodes)
    chosen = np.zeros(nodes, dtype=bool)
    edges = np.arange(len(a))
    while len(edges):
        ea, eb = a[edges], b[edges]
        degree = np.bincount(ea, minlength=nodes) + np.bincount(eb, minlength=nodes)
        size = np.bincount(label[alive], minlength=nodes)
        count = np.bincount(label[ea], minlength=nodes)
        density = count / np.maximum(size, 1)
        better = density > best
        best[better] = density[better]
        renewed = better[label]
        chosen[renewed] = alive[renewed]
        keep = degree > 2 * (1 + EPSILON) * density[label]
        alive &= keep
        edges = edges[alive[ea] & alive[eb]]
    return best, chosen


def neighbourhood(a: Ints, b: Ints, nodes: int, start: int, hops: int = 3) -> Ints:
    """Every node within some hops of one, the nearest first."""
    distance = np.full(nodes, -1)
    distance[start] = 0
    reached = [np.array([start])]
    for hop in range(1, hops + 1):
        near = distance == hop - 1
        new = np.unique(np.concatenate([b[near[a]], a[near[b]]]))
        new = new[distance[new] < 0]
        if not len(new):
            break
        distance[new] = hop
        reached.append(new)
    return np.concatenate(reached)


@dataclass(frozen=True, slots=True)
class Found:
    """
    A group: its claims (positions in the input), and how remarkable it is.

    ``by_chance``: the share of random deals that made a group as large; ``rarer``: the share of all
    groups found that are as large and as dense (families share too).
    """

    claims: list[int]
    persons: int
    shared: int
    density: float
    by_chance: float
    rarer: float


def find(persons: Ints, traits: Ints, claims: Ints, *, persons_min: int = 3) -> list[Found]:
    """
    Groups of at least some persons that share traits, the rarest first. Rows are sightings: this
    person, by this trait, in this claim; numbers from 0.
    """
    if not len(persons):
        return []
    every = np.unique(np.column_stack([persons, traits]), axis=0)
    n, kinds = int(persons.max()) + 1, int(traits.max()) + 1
    pairs = _shared(every, kinds)
    if not len(pairs):
        return []
    label = components(pairs[:, 0], pairs[:, 1] + n, n + kinds)
    dense, _ = densest(pairs[:, 0], pairs[:, 1] + n, label, n + kinds)
    sizes = np.bincount(label[np.unique(pairs[:, 0])], minlength=n)
    shared = np.bincount(label[np.unique(pairs[:, 1]) + n], minlength=n)
    largest = _by_chance(every, n, kinds)
    roots = np.flatnonzero(sizes > 1)
    found = []
    for root in roots[sizes[roots] >= persons_min]:
        as_large = (sizes[roots] >= sizes[root]) & (dense[roots] >= dense[root])
        own = np.unique(claims[label[persons] == root])
        found.append(
            Found(
                [int(c) for c in own], int(sizes[root]), int(shared[root]),
                round(float(dense[root]), 3), round(float((largest >= sizes[root]).mean()), 3),
                round(float(as_large.mean()), 4),
            )
        )  # fmt: skip
    return sorted(found, key=lambda f: (f.rarer, -f.persons, -f.density, f.claims))


def _shared(pairs: Ints, kinds: int) -> Ints:
    crowd = np.bincount(pairs[:, 1], minlength=kinds)[pairs[:, 1]]
    return np.asarray(pairs[(crowd > 1) & (crowd <= HUB_MIN)])


def _by_chance(every: Ints, n: int, kinds: int) -> Ints:
    """The largest group of each deal, in which every link falls on any trait alike."""
    dice = np.random.default_rng(5)
    largest = []
    for _ in range(DEALS):
        dealt = np.column_stack([every[:, 0], dice.integers(0, kinds, len(every))])
        pairs = _shared(np.unique(dealt, axis=0), kinds)
        if not len(pairs):
            largest.append(0)
            continue
        label = components(pairs[:, 0], pairs[:, 1] + n, n + kinds)
        largest.append(int(np.bincount(label[np.unique(pairs[:, 0])]).max()))
    return np.array(largest)


def numbered(values: Sequence[object]) -> tuple[Ints, int]:
    """Values as numbers from 0 in the order of their first appearance."""
    seen: dict[object, int] = {}
    made = np.array([seen.setdefault(v, len(seen)) for v in values], dtype=np.int64)
    return made, len(seen)
