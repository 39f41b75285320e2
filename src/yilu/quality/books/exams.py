"""The question bank in two dimensions, who draws which questions, and what an answer sheet is worth."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from yilu.quality.rules.questioning import DIMENSIONS, Question

__all__ = ["DIMENSIONS", "Question", "Score", "bank", "draw", "most", "offered", "score"]


@dataclass(frozen=True, slots=True)
class Score:
    """Of a hundred: the whole, and each dimension by itself."""

    whole: int
    knowledge: int
    skill: int


@cache
def bank() -> Mapping[str, Question]:
    """Every question by its code."""
    place = Path(__file__).parents[1] / "catalogue" / "questions.toml"
    return {
        row["code"]: Question(
            row["code"], row["dimension"], row["ask"], tuple(row["options"]), row["right"],
            row["source"],
        )
        for row in tomllib.loads(place.read_text("utf-8"))["question"]
    }  # fmt: skip


def draw(
    seed: str, *, knowledge: int, skill: int, of: Mapping[str, Question] | None = None
) -> list[str]:
    """Which questions somebody gets, half by half; the same seed draws the same ``of`` the same bank."""
    wanted = {"knowledge": knowledge, "skill": skill}
    drawn: list[str] = []
    for dimension, count in wanted.items():
        codes = [key for key, q in (of or bank()).items() if q.dimension == dimension]
        codes.sort(key=lambda code: hashlib.sha256(f"{seed}:{code}".encode()).digest())
        drawn += codes[:count]
    return drawn


def offered(seed: str, question: Question) -> tuple[tuple[int, str], ...]:
    """
    A question's options with their places in the bank, in an order of the seed's own: whoever wrote the bank
    has a habit of where the right one stands, and no sheet may be passed by knowing it.
    """
    return tuple(
        sorted(
            enumerate(question.options),
            key=lambda option: hashlib.sha256(
                f"{seed}:{question.code}:{option[0]}".encode()
            ).digest(),
        )
    )


def most(dimension: str, of: Mapping[str, Question] | None = None) -> int:
    """How many questions of a dimension there are."""
    return sum(q.dimension == dimension for q in (of or bank()).values())


def score(
    codes: Sequence[str], answers: Mapping[str, int], of: Mapping[str, Question] | None = None
) -> Score:
    """What a sheet is worth: right answers of a hundred, rounded down; a dimension not asked is full."""
    known = of or bank()
    right = {code for code in codes if answers.get(code) == known[code].right}

    def share(of: list[str]) -> int:
        return 100 * sum(code in right for code in of) // len(of) if of else 100

    return Score(
        share(list(codes)), share([c for c in codes if known[c].dimension == "knowledge"]),
        share([c for c in codes if known[c].dimension == "skill"]),
    )  # fmt: skip
