"""How long things last, as data (``video.toml``)."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Lasting:
    """The figures of ``video.toml``."""

    link_minutes: int
    vanish_seconds: int
    resume_minutes: int
    ask_hours: int
    keep_years: int


@cache
def lasting() -> Lasting:
    """What is in force. :raises ValueError: for a figure that makes no sense."""
    found = Lasting(**tomllib.loads((Path(__file__).parent / "video.toml").read_text("utf-8")))
    if found.keep_years < 5 or found.vanish_seconds < 5 or found.resume_minutes < 1:
        raise ValueError("video.toml: kept five years at least; silent five seconds at least")
    return found
