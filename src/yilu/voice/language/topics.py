"""
What comments are about, found without being told: words near each other in many comments lie near each other.

Words get places in space from the comments themselves (positive pointwise mutual information, reduced by a
singular value decomposition); a comment lies at the weighted mean of its words, and k-means finds where they
crowd. On the public reviews that groups noticeably better than reducing comments directly, for the same
time. A topic is named by the words that set it apart (class-based TF-IDF).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .words import stop_words

DIMENSIONS = 100
VOCABULARY = 30_000
NEIGHBOURS = 256
"""Words of one comment that count as neighbours; a longer one counts by its beginning."""
MOST_TOPICS = 30
WORDS_KEPT = 10


@dataclass(frozen=True, slots=True)
class Topics:
    """Where topics lie; tells of any comment to which it belongs."""

    vocabulary: dict[str, int]
    rarity: NDArray[np.float32]
    places: NDArray[np.float32]
    middle: NDArray[np.float32]
    centres: NDArray[np.float32]

    def of(self, worded: Sequence[Sequence[str]]) -> NDArray[np.int16]:
        """The number of each comment's topic, -1 where it says nothing known."""
        laid, known = self.laid(worded)
        found = np.asarray(np.argmax(laid @ self.centres.T, axis=1), np.int16)
        found[~known] = -1
        return found

    def laid(
        self, worded: Sequence[Sequence[str]]
    ) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
        """Each comment's place, and whether it has one."""
        rows = _present(worded, self.vocabulary)
        rows.data = self.rarity[rows.indices]
        laid = rows @ self.places
        known = np.diff(rows.indptr) > 0
        return _unit(_unit(laid) - self.middle), known


def telling(words: Iterable[str]) -> list[str]:
    """The words of a comment that have to do with a subject."""
    stop = stop_words()
    return [w for w in words if w not in stop and (len(w) > 1 or "\u4e00" <= w <= "\u9fff")]


def how_many(comments: int) -> int:
    """How many topics to look for."""
    return min(MOST_TOPICS, max(5, round(math.cbrt(comments))))


def find(worded: Sequence[Sequence[str]], count: int, *, seed: int = 0) -> Topics | None:
    """
    Find topics in comments given as telling words; None where there are too few words to go by.

    The same comments in the same order give the same topics.
    """
    from sklearn.cluster import KMeans
    from sklearn.utils.extmath import randomized_svd

    least = 10 if len(worded) >= 20_000 else 3 if len(worded) >= 2_000 else 2
    among = Counter(word for words in worded for word in set(words))
    common = len(worded) * 0.5
    kept = [w for w, n in among.most_common(VOCABULARY) if least <= n <= common]
    if len(kept) < 2 * count:
        return None
    vocabulary = {word: n for n, word in enumerate(kept)}
    rows = _present(worded, vocabulary)
    near = _information(rows, 3 if least == 10 else 2)
    size = min(DIMENSIONS, len(kept) - 1, max(count, len(kept) // 4))
    found, spread, _across = randomized_svd(near, size, random_state=seed)
    places = _unit((found * np.sqrt(spread)).astype(np.float32))
    rarity = np.log(len(worded) / np.array([among[w] for w in kept])).astype(np.float32)
    rows.data = rarity[rows.indices]
    laid = _unit(rows @ places)
    middle = laid.mean(axis=0)
    said = np.diff(rows.indptr) > 0
    crowd = KMeans(count, random_state=seed, n_init=4).fit(_unit(laid - middle)[said])
    return Topics(vocabulary, rarity, places, middle, _unit(crowd.cluster_centers_))


def _present(worded: Sequence[Sequence[str]], vocabulary: dict[str, int]) -> Any:
    """Which words of the vocabulary each comment has."""
    from scipy.sparse import csr_matrix

    flat: list[int] = []
    ends = [0]
    for words in worded:
        here = {vocabulary[w] for w in words if w in vocabulary}
        flat.extend(sorted(here)[:NEIGHBOURS])
        ends.append(len(flat))
    return csr_matrix(
        (np.ones(len(flat), np.float32), np.array(flat, np.int32), np.array(ends, np.int64)),
        shape=(len(worded), len(vocabulary)),
    )


def _information(rows: Any, least: int) -> Any:
    """How much oftener than by chance two words stand in one comment, where oftener."""
    from scipy.sparse import csr_matrix

    together = (rows.T @ rows).tocoo()
    among = np.asarray(rows.sum(axis=0)).ravel()
    chance = among[together.row] * among[together.col] / rows.shape[0]
    log = np.log(together.data / chance)
    kept = (log > 0) & (together.row != together.col) & (together.data >= least)
    return csr_matrix((log[kept], (together.row[kept], together.col[kept])), shape=together.shape)


def _unit(rows: Any) -> NDArray[np.float32]:
    rows = np.asarray(rows, np.float32)
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.where(length > 0, length, 1), np.float32)


@dataclass(slots=True)
class Words:
    """How often each topic says each word; names come from it."""

    counts: dict[int, Counter[str]]

    def add(self, topics: Iterable[int], worded: Iterable[Sequence[str]]) -> None:
        """Count the words of some comments."""
        for topic, words in zip(topics, worded, strict=True):
            if topic >= 0:
                self.counts.setdefault(int(topic), Counter()).update(set(words))

    def best(self, topic: int) -> list[str]:
        """The words that set a topic apart, none of which only repeats another."""
        own = self.counts.get(topic, Counter())
        everywhere: Counter[str] = Counter()
        for others in self.counts.values():
            everywhere.update(others)
        usual = sum(everywhere.values()) / max(len(self.counts), 1)
        ranked = sorted(own, key=lambda w: (-own[w] * math.log(1 + usual / everywhere[w]), w))
        chosen: list[str] = []
        for word in ranked:
            if len(word) < 2 or not any("\u4e00" <= c <= "\u9fff" for c in word):
                continue
            if not any(word in other or other in word for other in chosen):
                chosen.append(word)
            if len(chosen) == WORDS_KEPT:
                break
        return chosen
