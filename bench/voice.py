"""
A year of comments: how long to take in and to read, and how well mood and topics are read.

Accuracy is measured on public reviews that no shipped model and no choice of ours has seen the labels of: models
are trained on one part and judged on the other, as the baselines were. What decided between ways of doing
it were validation parts of the training side (mood), and the other half of the reviews (topics).
``YILU_BENCH_COMMENTS=100000`` reads fewer than a year's.
"""

from __future__ import annotations

import csv
import os
import random
import resource
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import numpy as np

import bench
from bench.insurer import insurer

COMMENTS = int(os.environ.get("YILU_BENCH_COMMENTS", "1600000"))
BROKEN_EVERY = 1_000
SEED = 0


@cache
def _reviews() -> tuple[list[str], np.ndarray, np.ndarray]:
    """Distinct reviews in ten categories: text, content or not, category."""
    place = bench.data_folder("reviews", "shopping_ten_categories.csv")
    return _read(place, "cat")


def _read(place: Path, category: str) -> tuple[list[str], np.ndarray, np.ndarray]:
    texts: dict[str, tuple[bool, str]] = {}
    with place.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            text = (row["review"] or "").strip()
            if text and text not in texts:
                texts[text] = (row["label"] == "1", row.get(category) or "")
    told = list(texts.values())
    return list(texts), np.array([c for c, _k in told]), np.array([k for _c, k in told])


def _halves(content: np.ndarray) -> np.ndarray:
    """A fifth of each mood, drawn by lot: what is judged on."""
    drawing, apart = np.random.default_rng(SEED), np.zeros(len(content), bool)
    for mood in (True, False):
        own = np.flatnonzero(content == mood)
        apart[drawing.permutation(own)[: len(own) // 5]] = True
    return apart


@bench.measure("voice.sentiment", unit="accuracy", at_least=0.938)
def sentiment() -> bench.Value:
    """Trained on four fifths of the reviews, judged on the fifth; then on subjects left out."""
    from yilu.voice.language import sentiment as mood
    from yilu.voice.language.words import cut

    texts, content, kinds = _reviews()
    apart = _halves(content)

    def judged(train: np.ndarray, test_texts: list[str], told: np.ndarray) -> float:
        model = mood.train(
            [texts[i] for i in np.flatnonzero(train)], content[train], cut, calibrated=False
        )
        return float(((model.read(test_texts, cut) > 0.5) == told).mean())

    hotel = kinds == "酒店"
    within = judged(~apart, [texts[i] for i in np.flatnonzero(apart)], content[apart])
    bench.also(
        "voice.sentiment_hotel", judged(~hotel, [texts[i] for i in np.flatnonzero(hotel)], content[hotel]),
        "accuracy", at_least=0.836, note=f"{hotel.sum():,} hotel reviews, trained on the nine others",
    )  # fmt: skip
    away, told, _kinds = _read(bench.data_folder("reviews", "delivery_comments.csv"), "cat")
    bench.also(
        "voice.sentiment_delivery", judged(~apart, away, told), "accuracy", at_least=0.859,
        note=f"{len(away):,} comments on food delivery, trained on shop reviews",
    )  # fmt: skip
    shipped = mood.shipped()
    seen = set(bench.data_folder("reviews", "shopping_positive.txt").read_text("utf-8").split("\n"))
    seen |= set(
        bench.data_folder("reviews", "shopping_negative.txt").read_text("utf-8").split("\n")
    )
    unseen = [i for i, text in enumerate(texts) if text not in seen]
    bench.also(
        "voice.sentiment_shipped",
        float(((shipped.read([texts[i] for i in unseen], cut) > 0.5) == content[unseen]).mean()),
        "accuracy", note=f"what ships, on {len(unseen):,} reviews it was not trained on",
    )  # fmt: skip
    return bench.Value(within, note=f"{apart.sum():,} judged, {(~apart).sum():,} learned from")


@bench.measure("voice.topics", unit="NMI", at_least=0.524)
def topics() -> bench.Value:
    """Ten topics found without labels, held against the ten categories; the half nothing was chosen on."""
    from yilu.voice.language import topics as found
    from yilu.voice.language.grams import normalised
    from yilu.voice.language.words import cut

    texts, _content, kinds = _reviews()
    chosen_on = np.random.default_rng(7).permutation(len(texts)) < len(texts) // 2
    worded = [found.telling(cut(normalised(text))) for text in texts]
    began = time.process_time()
    topics_of = found.find(worded, 10)
    assert topics_of is not None
    of = topics_of.of(worded)
    spent = time.process_time() - began
    bench.also("voice.topics_all", _information(of, kinds), "NMI", note=f"all {len(texts):,}")
    half = ~chosen_on
    return bench.Value(
        _information(of[half], kinds[half]),
        note=f"{half.sum():,} reviews, {spent:.0f} CPU-s; purity {_purity(of[half], kinds[half]):.2f}",
    )


def _information(found: np.ndarray, true: np.ndarray) -> float:
    from sklearn.metrics import normalized_mutual_info_score

    return float(normalized_mutual_info_score(true, found))


def _purity(found: np.ndarray, true: np.ndarray) -> float:
    return sum(
        Counter(true[found == topic].tolist()).most_common(1)[0][1] for topic in np.unique(found)
    ) / len(true)


@bench.measure("voice.year", unit="min", at_most=10)
def year() -> bench.Value:
    """A year's comments from a file to topics, mood, aspects, phrases, repetitions and drivers."""
    from yilu.kernel.refs import Ref
    from yilu.people import queries as people
    from yilu.voice import jobs, operations, queries

    manager = _manager()
    access, actor = people.staff_access(manager), Ref("staff", manager)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "year.csv"
        broken = _write(place)
        began, cpu = time.perf_counter(), time.process_time()
        batch_id = operations.begin_from_place(
            filename=place.name, sha256="0" * 64, size=place.stat().st_size,
            about=operations.About(label="bench"), office_id=access.office_id, access=access,
            actor=actor, at=datetime.now(UTC),
        )  # fmt: skip
        jobs.read_from_place(batch_id, place)
        loaded = time.perf_counter() - began
        kept = queries.batch_summary(batch_id)
    assert kept.problems == broken, (kept, broken)
    bench.also(
        "voice.import", kept.rows / loaded, "rows/s", limit="copy",
        note=f"{kept.rows:,} rows in {loaded:.0f} s, {kept.problems:,} broken ones named",
    )  # fmt: skip
    [analysis] = [a for a in queries.list_analyses(access) if a.batch_id == batch_id]
    began, cpu = time.perf_counter(), time.process_time()
    jobs.read_comments(analysis.id)
    spent, cpu = time.perf_counter() - began, time.process_time() - cpu
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 / 1024
    done = queries.get_analysis(analysis.id, access)
    bench.also("voice.year_memory", most, "GB", at_most=4, note="the most this process ever held")
    return bench.Value(
        spent / 60,
        note=f"{done.result['comments']:,} comments, {cpu / 60:.1f} CPU-min in this process,"
        f" {done.result['repeated']:,} repetitions, {len(done.topics)} topics; reading and writing the rows included",
    )


def _manager() -> int:
    """A manager of the benchmarks' insurer."""
    from tests import make

    access, _actor = make.colleague(insurer(), "SERVICE_MANAGER")
    return access.staff_id


def _write(place: Path) -> int:
    """Comments put together from sentences of the public reviews, every thousandth row broken."""
    drawing, broken = random.Random(SEED), 0
    texts, content, kinds = _reviews()
    by_kind: dict[tuple[str, bool], list[int]] = {}
    for i, (kind, glad) in enumerate(zip(kinds.tolist(), content.tolist(), strict=True)):
        by_kind.setdefault((kind, glad), []).append(i)
    with place.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["评论", "满意度", "日期"])
        for n in range(COMMENTS):
            if n % BROKEN_EVERY == BROKEN_EVERY - 1:
                broken += 1
                file.write(
                    '"没有收尾的引号,5,2026-01-01\n' if n % 2 else "评分不对,九,2026-01-01\n"
                )
                continue
            text, glad = _made(n, texts, content, kinds, by_kind, drawing)
            writer.writerow(
                [text, 5 if glad else drawing.choice((1, 2)), f"2025-{1 + n % 12:02d}-15"]
            )
    return broken


def _made(n: int, texts, content, kinds, by_kind, drawing) -> tuple[str, bool]:  # type: ignore[no-untyped-def]
    first = n % len(texts)
    glad = bool(content[first])
    if n < len(texts):
        return texts[first], glad
    own = texts[first]
    other = texts[drawing.choice(by_kind[(str(kinds[first]), glad)])]
    return own[: len(own) // 2] + other[len(other) // 2 :], glad
