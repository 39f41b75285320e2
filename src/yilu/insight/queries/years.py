"""The simulated years: what ``yilu simulate`` found, as it was kept with the program."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

KEPT = Path(__file__).resolve().parents[1] / "simulated_years.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedYear:
    """
    One design's year (模拟年度). Days run from complete papers to the money on the account.

    ``parts`` are mean days by what they were spent on: queue, desk, closed_hours, bank, machine.
    ``curve`` holds for each percent of the claims the days within which they had ended.
    """

    design: str
    name: str
    told: str
    published_days: float | None
    published_source: str
    claims: int
    ended: int
    mean_days: float
    low_days: float
    high_days: float
    median_days: float
    p90_days: float
    p99_days: float
    within: dict[str, float]
    by_machine: float
    parts: dict[str, float]
    curve: tuple[tuple[float, int], ...]
    busy: dict[str, float]
    assumptions: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class SimulatedYears:
    """Every design's run by one command, with the seed that makes it come out the same again."""

    made_on: date
    seed: int
    years: tuple[SimulatedYear, ...]
    english: dict[str, str]

    def said_in(self, language: str) -> Callable[[str], str]:
        """The designs' own texts in a language: as written, or in English where that is wanted."""
        return (lambda text: self.english.get(text, text)) if language[:2] == "en" else str


@cache
def simulated_years() -> SimulatedYears:
    """The runs that ship with the program; ``yilu simulate`` makes them anew."""
    told = json.loads(KEPT.read_text(encoding="utf-8"))
    names = SimulatedYear.__dataclass_fields__
    years = []
    for run in told["runs"]:
        kept = {name: run[name] for name in names}
        kept["curve"] = tuple((days, share) for days, share in run["curve"])
        kept["assumptions"] = tuple(run["assumptions"])
        years.append(SimulatedYear(**kept))
    return SimulatedYears(
        date.fromisoformat(told["made_on"]), told["seed"], tuple(years), told["english"]
    )
