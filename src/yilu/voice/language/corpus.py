"""
Many comments read together, in two passes over a source that is never held whole.

The first pass looks for repetitions and draws a sample in which topics are found; the second reads mood,
topic and aspects of every comment and hands each reading on. What is kept of a comment between the passes
are some hundred bytes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from . import drivers, duplicates, topics
from .aspects import Finder
from .grams import counted, normalised
from .sentiment import Model
from .words import cut

SAMPLE = 60_000
"""Comments in which topics are looked for; the rest are put to the topics found."""
CONTENT, DISCONTENT = 0.6, 0.4
DRIVEN = 200_000
"""Comments whose scores and aspects drivers are looked for in."""
READABLE = 4_000
"""Characters of a comment that are read."""
EXAMPLES = 3


class Comment(NamedTuple):
    """One comment as the source gives it."""

    id: int
    text: str
    stars: int | None
    recommend: int | None
    positive: bool | None
    day: int
    attributes: Mapping[str, float] | None


class Read(NamedTuple):
    """What it was read as."""

    id: int
    topic: int | None
    content: int
    aspects: dict[str, int] | None
    same_as: int | None


Source = Callable[[], Iterator[Sequence[Comment]]]


@dataclass(slots=True)
class TopicFound:
    """One topic with its figures."""

    number: int
    words: list[str]
    count: int
    negative: int
    low: int
    scored: int
    mean_stars: float | None
    earlier: int
    later: int


@dataclass(slots=True)
class Corpus:
    """What all comments together came to."""

    comments: int
    repeated: int
    content: int
    discontent: int
    topics: list[TopicFound]
    aspects: dict[str, tuple[int, int, int]]
    drivers: drivers.Found | None
    driven_by: str
    all_earlier: int
    all_later: int


@dataclass(slots=True)
class _First:
    ids: NDArray[np.int64]
    days: NDArray[np.int32]
    first: NDArray[np.int64]
    found: topics.Topics | None


@dataclass(slots=True)
class _Sums:
    """What the second pass adds up."""

    counts: Counter[int] = field(default_factory=Counter)
    negative: Counter[int] = field(default_factory=Counter)
    low: Counter[int] = field(default_factory=Counter)
    scored: Counter[int] = field(default_factory=Counter)
    stars: Counter[int] = field(default_factory=Counter)
    starred: Counter[int] = field(default_factory=Counter)
    later: Counter[int] = field(default_factory=Counter)
    aspects: dict[int, list[int]] = field(default_factory=dict)
    content: int = 0
    discontent: int = 0
    rows: list[tuple[Comment, dict[int, int], float]] = field(default_factory=list)


def read(
    source: Source,
    total: int,
    model: Model,
    aspects: Mapping[str, Sequence[str]],
    keep: Callable[[list[Read]], None],
    progress: Callable[[str, int], None],
    *,
    topic_count: int | None = None,
) -> Corpus:
    """Read every comment of a source; ``keep`` gets the readings batch by batch."""
    begun = _first_pass(source, total, progress, topic_count)
    finder, sums, said = Finder(aspects), _Sums(), topics.Words({})
    line = _line(begun.days)
    every = max(1, total // DRIVEN)
    done = 0
    for comments in source():
        places = np.arange(done, done + len(comments))
        kept = _second(comments, places, begun, model, finder, sums, said, line, every)
        keep(kept)
        done += len(comments)
        progress("READING", done)
    progress("DRIVERS", done)
    return _summed(begun, finder, sums, said, line)


def _first_pass(
    source: Source, total: int, progress: Callable[[str, int], None], topic_count: int | None
) -> _First:
    every = max(1, -(-total // SAMPLE))
    ids: list[int] = []
    days: list[int] = []
    signed: list[NDArray[np.uint32]] = []
    sample: list[list[str]] = []
    for comments in source():
        texts = [normalised(c.text[:READABLE]) for c in comments]
        signed.append(duplicates.signatures(texts))
        sample += [
            topics.telling(cut(text))
            for n, text in enumerate(texts, start=len(ids))
            if n % every == 0
        ]
        ids += [c.id for c in comments]
        days += [c.day for c in comments]
        progress("COMPARING", len(ids))
    first = duplicates.first_alike(np.concatenate(signed)) if signed else np.zeros(0, np.int64)
    del signed
    progress("TOPICS", len(ids))
    found = topics.find(sample, topic_count or topics.how_many(len(ids)))
    return _First(np.array(ids, np.int64), np.array(days, np.int32), first, found)


def _line(days: NDArray[np.int32]) -> int:
    """The day from which comments are the later ones: the last quarter of the time there is."""
    if not len(days):
        return 0
    oldest, newest = int(days.min()), int(days.max())
    return newest - (newest - oldest) // 4 if newest - oldest >= 14 else newest + 1


def _second(
    comments: Sequence[Comment], places: NDArray[np.int64], begun: _First, model: Model,
    finder: Finder, sums: _Sums, said: topics.Words, line: int, every: int,
) -> list[Read]:  # fmt: skip
    texts = [normalised(c.text[:READABLE]) for c in comments]
    worded = [cut(text) for text in texts]
    in_turn = iter(worded)
    rows = counted(texts, model.bits, lambda _text: next(in_turn))
    content = model.probabilities(model.margins(rows))
    told = [topics.telling(words) for words in worded]
    of = begun.found.of(told) if begun.found else np.full(len(texts), -1, np.int16)
    said.add(of.tolist(), told)
    sides = _sides(texts, content, model, finder)
    kept = []
    first = begun.first[places]
    for n, comment in enumerate(comments):
        topic, mood = int(of[n]), float(content[n])
        _add(sums, comment, topic, mood, sides[n], is_later=comment.day >= line)
        if int(places[n]) % every == 0:
            sums.rows.append((comment._replace(text=""), sides[n], mood))
        alike = int(first[n])
        kept.append(
            Read(
                comment.id, topic if topic >= 0 else None, round(100 * mood),
                {finder.codes[a]: v for a, v in sides[n].items()} or None,
                int(begun.ids[alike]) if alike != places[n] else None,
            )
        )  # fmt: skip
    return kept


def _sides(
    texts: Sequence[str], content: NDArray[np.float32], model: Model, finder: Finder
) -> list[dict[int, int]]:
    """
    By comment and aspect: -1, 0 or 1. One aspect takes the mood of the whole, several of their clauses.
    """
    sides: list[dict[int, int]] = []
    clauses: list[tuple[int, str, set[int]]] = []
    for n, text in enumerate(texts):
        here = finder.in_text(text)
        sides.append({aspect: _mood(float(content[n])) for aspect in here})
        if len(here) > 1:
            clauses += [(n, clause, own) for clause, own in finder.clauses(text)]
    if clauses:
        rows = counted([clause for _n, clause, _own in clauses], model.bits, cut)
        moods = model.probabilities(model.margins(rows))
        totals: dict[tuple[int, int], list[float]] = {}
        for (n, _clause, own), mood in zip(clauses, moods.tolist(), strict=True):
            for aspect in own:
                totals.setdefault((n, aspect), []).append(mood)
        for (n, aspect), found in totals.items():
            sides[n][aspect] = _mood(sum(found) / len(found))
    return sides


def _mood(content: float) -> int:
    return 1 if content > CONTENT else -1 if content < DISCONTENT else 0


def _add(
    sums: _Sums, comment: Comment, topic: int, mood: float, sides: dict[int, int], *, is_later: bool
) -> None:
    sums.content += mood > CONTENT
    sums.discontent += mood < DISCONTENT
    for aspect, value in sides.items():
        sums.aspects.setdefault(aspect, [0, 0, 0])[value + 1] += 1
    if topic < 0:
        return
    sums.counts[topic] += 1
    sums.negative[topic] += mood < DISCONTENT
    sums.later[topic] += is_later
    if comment.stars is not None:
        sums.starred[topic] += 1
        sums.stars[topic] += comment.stars
    if comment.stars is not None or comment.recommend is not None:
        sums.scored[topic] += 1
        sums.low[topic] += (comment.stars or 5) <= 2 or (
            comment.recommend is not None and comment.recommend <= 6
        )


def _summed(begun: _First, finder: Finder, sums: _Sums, said: topics.Words, line: int) -> Corpus:
    later = int((begun.days >= line).sum())
    found = [
        TopicFound(
            topic, said.best(topic), count, sums.negative[topic], sums.low[topic],
            sums.scored[topic],
            round(sums.stars[topic] / sums.starred[topic], 2) if sums.starred[topic] else None,
            count - sums.later[topic], sums.later[topic],
        )
        for topic, count in sums.counts.items()
    ]  # fmt: skip
    driven, by = _driven(finder, sums)
    return Corpus(
        len(begun.ids), int((begun.first != np.arange(len(begun.ids))).sum()), sums.content,
        sums.discontent, found,
        {finder.codes[a]: (n[0], n[1], n[2]) for a, n in sorted(sums.aspects.items())},
        driven, by, len(begun.ids) - later, later,
    )  # fmt: skip


def _driven(finder: Finder, sums: _Sums) -> tuple[drivers.Found | None, str]:
    """Drivers of the best score there is: recommendation, stars, a label, else the mood itself."""
    scores: dict[str, list[Any]] = {
        "recommend": [c.recommend for c, _s, _m in sums.rows],
        "stars": [c.stars for c, _s, _m in sums.rows],
        "positive": [None if c.positive is None else int(c.positive) for c, _s, _m in sums.rows],
        "sentiment": [mood for _c, _s, mood in sums.rows],
    }
    by = next(
        (name for name, own in scores.items() if sum(v is not None for v in own) >= drivers.LEAST),
        "sentiment",
    )
    score = np.array([np.nan if v is None else float(v) for v in scores[by]], np.float64)
    given = Counter(name for c, _s, _m in sums.rows for name in c.attributes or ())
    own_names = [name for name, n in given.most_common(40) if n >= drivers.LEAST]
    names = [*own_names, *(finder.codes if not own_names else ())]
    values = np.full((len(sums.rows), len(names)), np.nan)
    for n, (comment, sides, _mood) in enumerate(sums.rows):
        for place, name in enumerate(own_names):
            values[n, place] = (comment.attributes or {}).get(name, np.nan)
        if not own_names:
            for aspect, value in sides.items():
                values[n, aspect] = value
    return drivers.find(names, _unit_scale(values, len(own_names)), score), by


def _unit_scale(values: NDArray[np.float64], own: int) -> NDArray[np.float64]:
    """Given figures brought to -1 … 1 by their own range; those that are there already stay."""
    for place in range(own):
        column = values[:, place]
        said = column[~np.isnan(column)]
        if said.size and (said.min() < -1 or said.max() > 1):
            low, high = said.min(), said.max()
            values[:, place] = 2 * (column - low) / ((high - low) or 1) - 1
    return values
