"""Every figure at a glance: what it comes to, of new and old customers beside it, and its course."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from yilu.scorecards.queries.figures import Figure, with_customers_and_course
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
    """Tiles by code, of everybody or of one product, role or channel: one statement, however many figures and events."""
    read = with_customers_and_course(
        codes, grain_of(since, until), since=since, until=until, offices=offices, narrow=narrow
    )
    return {
        code: Tile(whole, new, old, tuple((day, figure.value) for day, figure in course))
        for code, (whole, new, old, course) in read.items()
    }


def grain_of(since: date, until: date) -> Literal["DAY", "MONTH"]:
    """How finely a period is drawn."""
    return "MONTH" if (until - since).days > LONG else "DAY"
