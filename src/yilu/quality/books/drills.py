"""The customers that come with Yilu to practise with."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from yilu.quality.rules.drilling import Manner, Scenario, Told, Topic

_FOLDER = Path(__file__).parents[1] / "catalogue" / "drills"
_MANNER = "manner"


@cache
def manner() -> Manner:
    """What all of them have in common."""
    told = _read(_MANNER)
    return Manner(
        tuple(told["empathy"]), tuple(told["closing"]), tuple(told["jargon"]), told["change"],
        told["calm_from"], told["irritable_from"],
        {name: tuple(lines) for name, lines in told["lines"].items()},
    )  # fmt: skip


@cache
def scenarios() -> Mapping[str, Scenario]:
    """Every situation by its code, in the order of the files' names."""
    codes = sorted(path.stem for path in _FOLDER.glob("*.toml") if path.stem != _MANNER)
    return {code: _scenario(code, _read(code)) for code in codes}


def _scenario(code: str, told: Mapping[str, Any]) -> Scenario:
    return Scenario(
        code=code, title=told["title"], title_en=told["title_en"], touchpoint=told["touchpoint"],
        customer=told["customer"], brief=tuple(told["brief"]), patience=told["patience"],
        minutes=told["minutes"], turns=told["turns"], pass_mark=told["pass_mark"],
        opening=tuple(told["opening"]), jargon=tuple(told.get("jargon", ())),
        settled=tuple(told["settled"]),
        facts=tuple(Told(r["code"], r["label"], tuple(r["any"])) for r in told["fact"]),
        topics=tuple(
            Topic(r["code"], tuple(r["needs"]), {m: tuple(r[m]) for m in ("calm", "irritable", "angry")})
            for r in told["topic"]
        ),
    )  # fmt: skip


def _read(name: str) -> Mapping[str, Any]:
    return tomllib.loads((_FOLDER / f"{name}.toml").read_text("utf-8"))
