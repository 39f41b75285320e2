"""The courses that come with Yilu, by code."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path


@cache
def shipped() -> Mapping[str, str]:
    """The text of each."""
    folder = Path(__file__).parents[1] / "catalogue" / "courses"
    return {path.stem: path.read_text("utf-8") for path in sorted(folder.glob("*.toml"))}
