"""The conditions a declaration may name, and the examinations that may be asked for, as data."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from yilu.underwriting.catalogue.keeping import Keeping, keeping
from yilu.underwriting.rules.conditions import Condition, FollowUp

__all__ = ["Keeping", "conditions", "examinations", "keeping"]

FOLDER = Path(__file__).parent


@cache
def conditions() -> Mapping[str, Condition]:
    """Every condition by its code; its table is ``underwriting.<code>``."""
    given = tomllib.loads((FOLDER / "conditions.toml").read_text(encoding="utf-8"))
    return {
        each["code"]: Condition(
            code=each["code"],
            name=each["name"],
            area=each["area"],
            icd=tuple(each["icd"]),
            ask=each["ask"],
            sex=each.get("sex", ""),
            questions=tuple(
                FollowUp(
                    code=q["code"],
                    label=q["label"],
                    text=q["text"],
                    kind=q["kind"],
                    unit=q.get("unit", ""),
                    choices=tuple(q.get("choices", {}).items()),
                    shown_if=tuple((k, tuple(v)) for k, v in q.get("shown_if", {}).items()),
                    otherwise=q.get("otherwise", ""),
                )
                for q in each["question"]
            ),
        )
        for each in given["condition"]
    }


@cache
def examinations() -> Mapping[str, str]:
    """What an examination code asks for, in words."""
    text = (FOLDER / "examinations.toml").read_text(encoding="utf-8")
    return {code: str(words) for code, words in tomllib.loads(text).items()}
