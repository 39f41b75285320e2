"""How fast conversations are read for phrases: real sentences, with a phrase planted now and then."""

from __future__ import annotations

import csv
import random
import time

import bench
from yilu.quality.books import phrases

SEED, MEGABYTES, PHRASES = 0, 12, 2_000


def _conversations() -> list[str]:
    """Reviews of the public set as lines, some two kilobytes to a conversation; every 200th line is rude."""
    place = bench.data_folder("reviews", "shopping_ten_categories.csv")
    drawing = random.Random(SEED)
    rude = [word for rule in phrases.shipped().rules.values() for word in rule.say]
    talks: list[str] = []
    lines: list[str] = []
    size = 0
    with place.open(encoding="utf-8-sig", newline="") as file:
        for n, row in enumerate(csv.DictReader(file)):
            line = (row["review"] or "").strip()
            if n % 200 == 0:
                line += drawing.choice(rude)
            lines.append(line)
            size += len(line.encode())
            if size > 2_000:
                talks.append("\n".join(lines))
                lines, size = [], 0
    return talks


def _two_thousand(talks: list[str]) -> phrases.Phrases:
    """The shipped list, filled up with stretches of the very text, so that there is much to find."""
    drawing = random.Random(SEED)
    rules = list(phrases.shipped().rules.values())
    for n in range(PHRASES - sum(len(rule.say) + len(rule.near) for rule in rules)):
        talk = drawing.choice(talks)
        start = drawing.randrange(max(1, len(talk) - 8))
        rules.append(
            phrases.Rule(f"f{n}", (talk[start : start + drawing.randint(4, 7)],), (), None, (), "")
        )
    return phrases.Phrases(rules)


@bench.measure("quality.phrases", unit="MB/s", at_least=50)
def scan() -> bench.Value:
    """Stored conversations read for the phrases that ship, gap rules included, in one process."""
    return _speed(phrases.shipped(), _conversations())


@bench.measure("quality.phrases_2000", unit="MB/s", at_least=50)
def scan_long_list() -> bench.Value:
    """The same with a list of 2,000 phrases, most of which occur."""
    talks = _conversations()
    return _speed(_two_thousand(talks), talks)


def _speed(book: phrases.Phrases, talks: list[str]) -> bench.Value:
    volume = sum(len(talk.encode()) for talk in talks)
    rounds = max(1, MEGABYTES * 1_000_000 // volume)
    best, found = float("inf"), 0
    for _n in range(3):
        begun, found = time.process_time(), 0
        for _round in range(rounds):
            for talk in talks:
                found += len(book.scan(talk))
        best = min(best, time.process_time() - begun)
    if not found:
        raise AssertionError("the planted phrases were not found")
    return bench.Value(
        volume * rounds / best / 1e6,
        note=f"{len(book.rules):,} rules, {volume / 1e6:.1f} MB in {len(talks):,} conversations, {found:,} hits",
    )
