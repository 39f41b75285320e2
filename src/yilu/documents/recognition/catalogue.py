"""The layouts we know, read from the TOML files beside this module."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from yilu.documents.rules.layouts import FieldRule, Layout

FOLDER = Path(__file__).with_name("layouts")


@cache
def layouts() -> tuple[Layout, ...]:
    """Every layout, in the order of its file name."""
    return tuple(_load(path) for path in sorted(FOLDER.glob("[a-z]*.toml")))


@cache
def get(code: str) -> Layout | None:
    """The layout of a code, or None."""
    return next((layout for layout in layouts() if layout.code == code), None)


def _load(path: Path) -> Layout:
    given = tomllib.loads(path.read_text(encoding="utf-8"))
    shared: dict[str, Any] = {}
    if parent := given.get("shares"):
        shared = tomllib.loads((FOLDER / f"_{parent}.toml").read_text(encoding="utf-8"))
    fields = [*given.get("field", ()), *shared.get("field", ())]
    return Layout(
        code=given["code"],
        title=given["title"],
        kinds=tuple(given["kinds"]),
        marks=tuple((mark, weight) for mark, weight in given["marks"]),
        threshold=given["threshold"],
        fields=tuple(FieldRule(**{**field, "labels": tuple(field["labels"])}) for field in fields),
        stops=(*given.get("stops", ()), *shared.get("stops", ())),
        table=given.get("table", False),
        invoice_kind=given.get("invoice_kind", ""),
    )
