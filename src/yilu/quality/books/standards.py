"""The standards that come with Yilu, by touchpoint."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from yilu.quality.rules.standards import TOUCHPOINTS


@cache
def shipped() -> Mapping[str, str]:
    """The text of each."""
    folder = Path(__file__).parents[1] / "catalogue" / "standards"
    return {code: (folder / f"{code}.toml").read_text("utf-8") for code in TOUCHPOINTS}
