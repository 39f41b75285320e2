"""Every figure at a glance: what it comes to, of new and old customers beside it, and its course."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from yilu.scorecards.queries.figures import Figure, over_time, split_by_customers
from yilu.scorecards.queries.summing import Narrow

LONG = 62
"""Beyond so many days a course is drawn by months."""


@dataclass(frozen=True, slots=True)
class Tile:
    """One figure of a dashboard; ``course``: its values by day or month, None where nothing counted."""

    whole: Figure
    new: Figure
    old: Figure
    course: tuple[tuple[date, Decimal | None], ...]


def dashboard(
    codes: Iterable[str],
    *,
    since: date,
    until: date,
    offices: Sequence[int] | None = None,
    narrow: Narrow | None = None,
) -> dict[str, Tile]:
    """Tiles by code, of everybody or of one product, role or channel: two statements, however many figures and events."""
    asked = list(codes)
    parts = split_by_customers(asked, since=since, until=until, offices=offices, narrow=narrow)
    grain = grain_of(since, until)
    courses = over_time(asked, grain, since=since, until=until, offices=offices, narrow=narrow)
    return {
        code: Tile(*parts[code], tuple((day, figure.value) for day, figure in courses[code]))
        for code in asked
    }


def grain_of(since: date, until: date) -> Literal["DAY", "MONTH"]:
    """How finely a period is drawn."""
    return "MONTH" if (until - since).days > LONG else "DAY"
