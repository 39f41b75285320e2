"""The rules by which sorts of clients are told that come with Yilu."""

from __future__ import annotations

from functools import cache
from pathlib import Path


@cache
def shipped_text() -> str:
    """As they are edited."""
    return (Path(__file__).parents[1] / "catalogue" / "clients.toml").read_text("utf-8")
