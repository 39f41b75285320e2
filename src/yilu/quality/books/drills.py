"""The customers that come with Yilu to practise with."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from yilu.quality.rules import manners
from yilu.quality.rules import scenarios as rules
from yilu.quality.rules.drilling import Manner
from yilu.quality.rules.scenarios import Scenario

_FOLDER = Path(__file__).parents[1] / "catalogue" / "drills"
MANNER = "manner"


@cache
def manner_text() -> str:
    """What all of them have in common, as it is edited."""
    return (_FOLDER / f"{MANNER}.toml").read_text("utf-8")


def manner() -> Manner:
    """The same, read: what counts for drills begun before it had versions."""
    return manners.read(manner_text())


@cache
def shipped() -> Mapping[str, str]:
    """The text of each situation by its code, in the order of the files' names."""
    paths = sorted(path for path in _FOLDER.glob("*.toml") if path.stem != MANNER)
    return {path.stem: path.read_text("utf-8") for path in paths}


def scenarios() -> Mapping[str, Scenario]:
    """Every situation that comes with Yilu, read."""
    return {code: rules.read(text, code) for code, text in shipped().items()}
