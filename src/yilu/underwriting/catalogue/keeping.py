"""How long an application, its answers and its recording are kept: data the insurer confirms."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeping:
    """Days and shares, as ``keeping.toml`` has them."""

    draft_days: int
    offer_days: int
    remind_days: int
    forget_days: int
    checked_share: int


@cache
def keeping() -> Keeping:
    """What is in force. :raises ValueError: for a figure that makes no sense."""
    given = tomllib.loads((Path(__file__).parent / "keeping.toml").read_text(encoding="utf-8"))
    found = Keeping(**given["application"], **given["recording"])
    if not 0 < found.remind_days < found.draft_days or not 30 <= found.checked_share <= 100:
        raise ValueError("keeping.toml: a reminder comes before the end; at least 30 % are checked")
    return found
