"""What is in the package (``catalogue/``): answers by topic, questions we have none to, the model."""

from __future__ import annotations

import json
import tomllib
from functools import cache
from pathlib import Path

from yilu.knowledge.rules.confidence import Model, Point
from yilu.knowledge.rules.entries import Entry
from yilu.knowledge.rules.topics import TOPICS

FOLDER = Path(__file__).resolve().parent / "catalogue"


@cache
def entries() -> tuple[Entry, ...]:
    """Every entry of the release, by topic."""
    return tuple(entry for topic in TOPICS for entry in _read(topic))


@cache
def strangers() -> tuple[str, ...]:
    """Questions we have no answer to and must not pretend to: to learn and to be measured with."""
    lines = (FOLDER / "strangers.txt").read_text(encoding="utf-8").splitlines()
    return tuple(line for line in lines if line and not line.startswith("#"))


@cache
def practice() -> tuple[tuple[str, str], ...]:
    """Questions as people ask them with the code of the entry that answers, "" where none does."""
    lines = (FOLDER / "practice.tsv").read_text(encoding="utf-8").splitlines()
    pairs = (line.split("\t") for line in lines if line and not line.startswith("#"))
    return tuple((text, "" if code == "-" else code) for text, code in pairs)


@cache
def model() -> Model:
    """How sure we may be; ``tools/train_answers.py`` makes it."""
    told = json.loads((FOLDER / "confidence.json").read_text(encoding="utf-8"))
    return Model(
        tuple(told["weights"]), told["bias"], told["sure"], told["offer"], told["least_sure"],
        told["least_offered"], tuple(Point(*point) for point in told["curve"]),
    )  # fmt: skip


def _read(topic: str) -> list[Entry]:
    path = FOLDER / f"{topic.lower()}.toml"
    if not path.exists():
        return []
    told = tomllib.loads(path.read_text(encoding="utf-8"))
    return [
        Entry(
            code=f"{topic.lower()}.{code}", topic=topic, asked=row["q"],
            phrasings=tuple(row["also"]), answer=row["a"].strip(), source=row["by"],
            quote=row.get("quote", ""),
        )
        for code, row in told.items()
    ]  # fmt: skip
