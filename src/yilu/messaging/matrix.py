"""The life-cycle matrix, ``matrix.toml``, read once: which message goes at which moment (全程通知矩阵)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("matrix.toml")
OTHER = "OTHER"


@dataclass(frozen=True, slots=True)
class Moment:
    """When a template goes and what it is for, in the words of its readers."""

    template: str
    purpose: str
    when: str
    when_in_english: str


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage of a policy's life with its messages, in the order of the file."""

    code: str
    label: str
    label_in_english: str
    moments: tuple[Moment, ...]


@cache
def stages() -> tuple[Stage, ...]:
    """The stages in the order of a policy's life."""
    with FILE.open("rb") as file:
        read = tomllib.load(file)
    return tuple(
        Stage(
            code, rows["label"][0], rows["label"][1],
            tuple(Moment(name, *row) for name, row in rows.items() if name != "label"),
        )
        for code, rows in read.items()
    )  # fmt: skip


@cache
def _purposes() -> Mapping[str, str]:
    return {m.template: m.purpose for stage in stages() for m in stage.moments}


def purpose(template: str) -> str:
    """What the matrix says a template is for; empty where it does not know it."""
    return _purposes().get(template, "")
