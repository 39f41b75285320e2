"""What a weekly review looks at, and in which order (周复盘): pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

ORDER = ("CARRIED", "PROBLEM", "LATE", "BREAKS")
"""What was decided and not done comes first: a review that forgets its own decisions is none."""
MOST = {"CARRIED": 50, "PROBLEM": 20, "LATE": 10, "BREAKS": 5}
LEAST_BREAKS = 3
"""Fewer breaks of one kind in a week are somebody's task, not a matter for everybody."""
FURTHEST = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Matter:
    """Something a review looks at: ``weight`` puts it before others of its kind."""

    kind: str
    code: str = ""
    subject: str = ""
    weight: tuple[float, ...] = ()
    facts: dict[str, Any] = field(default_factory=dict)


def week_before(day: date) -> date:
    """The Monday of the week that a review held on a day looks back on."""
    return day - timedelta(days=day.weekday() + 7)


def meet_by(week: date) -> date:
    """The last day on which the review of a week may be held: the Sunday after."""
    return week + timedelta(days=13)


def agenda(matters: Iterable[Matter]) -> list[Matter]:
    """What a review looks at: by kind, the heaviest of each first, no more than people can talk about."""
    found = list(matters)
    return [
        matter
        for kind in ORDER
        for matter in sorted(
            (each for each in found if each.kind == kind),
            key=lambda each: (*(-part for part in each.weight), each.code, each.subject),
        )[: MOST[kind]]
    ]
