"""What ships with voice as data: rules of surveys and words of aspects; the insurer's rows win over them."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from .rules.sampling import Rule

FOLDER = Path(__file__).resolve().parent / "catalogue"


@cache
def aspects() -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    """Code, label and words of every aspect, in its order."""
    table = _read("aspects.toml")
    return tuple((code, one["label"], tuple(one["words"])) for code, one in table.items())


@cache
def survey_rules() -> dict[str, Rule]:
    """The rule of every touchpoint."""
    table = _read("surveys.toml")
    usual = table.pop("usual")
    return {
        code: Rule(one["label"], one["journey"], one["share"], **usual)
        for code, one in table.items()
    }


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))
