"""Answers as they are shipped: a file a topic, and one of each clause of a product."""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from yilu.knowledge.rules.topics import TOPICS

FOLDER = Path(__file__).resolve().parents[1] / "catalogue"
REVIEW_MONTHS = 12


@dataclass(frozen=True, slots=True)
class Entry:
    """A question, other ways to ask it, the answer, and what it rests on."""

    code: str
    topic: str
    asked: str
    phrasings: tuple[str, ...]
    answer: str
    source: str
    quote: str = ""
    product: str = ""

    @property
    def digest(self) -> str:
        """Changes when anything of it does."""
        parts = (self.asked, *self.phrasings, self.answer, self.source, self.quote)
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()


@cache
def shipped() -> tuple[Entry, ...]:
    """Every entry of the release, by topic."""
    return tuple(entry for topic in TOPICS for entry in _read(topic))


def of_clause(
    *, product: str, name: str, number: str, title: str, text: str, version: str
) -> Entry:
    """The answer that a clause of a product gives, in the clause's own words."""
    short = name.split("（", maxsplit=1)[0].removesuffix("保险")
    return Entry(
        code=f"product.{product}.{number}",
        topic="PRODUCT",
        product=product,
        asked=f"{name}的{title}是怎么规定的？",
        phrasings=(f"{name}{title}", f"{short}的{title}是什么", f"{short}{title}怎么算"),
        answer=text,
        source=f"《{name}》条款 {number}",
        quote=f"{title}：{text}（{version} 版）",
    )


@cache
def strangers() -> tuple[str, ...]:
    """Questions we have no answer to and must not pretend to: to learn and to be measured with."""
    lines = (FOLDER / "strangers.txt").read_text(encoding="utf-8").splitlines()
    return tuple(line for line in lines if line and not line.startswith("#"))


def _read(topic: str) -> list[Entry]:
    path = FOLDER / f"{topic.lower()}.toml"
    if not path.exists():
        return []
    told = tomllib.loads(path.read_text(encoding="utf-8"))
    return [
        Entry(
            code=f"{topic.lower()}.{code}",
            topic=topic,
            asked=row["q"],
            phrasings=tuple(row["also"]),
            answer=row["a"].strip(),
            source=row["by"],
            quote=row.get("quote", ""),
        )
        for code, row in told.items()
    ]
