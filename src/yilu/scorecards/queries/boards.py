"""The five ones with their trend, and the regulator's rating simulated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from yilu.scorecards import uses
from yilu.scorecards.queries.figures import Figure, figures, over_time
from yilu.scorecards.queries.kpis import KpiView, get_kpi
from yilu.scorecards.rules import rating
from yilu.scorecards.rules.rating import Rating
from yilu.scorecards.rules.terms import period_of
from yilu.scorecards.uses import One

MONTHS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class OneView:
    """One of the five: measured, aimed at, where it is going, and what it means."""

    one: One
    kpi: KpiView
    figure: Figure
    before: Figure
    beside: Figure
    months: tuple[tuple[str, Decimal | None], ...]

    @property
    def trend(self) -> str:
        """BETTER, WORSE or SAME than in the span before; empty where either is unknown."""
        now, then = self.figure.value, self.before.value
        if now is None or then is None:
            return ""
        if now == then:
            return "SAME"
        return "BETTER" if (now > then) == (self.kpi.better == "UP") else "WORSE"

    @property
    def moved(self) -> Decimal | None:
        """By how much it moved."""
        now, then = self.figure.value, self.before.value
        return None if now is None or then is None else now - then


def five_ones(*, since: date, until: date, offices: Sequence[int] | None) -> tuple[OneView, ...]:
    """The five over some days, beside as many days before, and month by month."""
    codes = sorted({code for one in uses.FIVE for code in (one.kpi, one.beside)})
    now = figures(codes, since=since, until=until, offices=offices)
    before = figures(codes, since=since - (until - since), until=since, offices=offices)
    first = until
    for _month in range(MONTHS):
        first = period_of("MONTH", first).before.start
    courses = over_time(
        [one.kpi for one in uses.FIVE], "MONTH", since=first, until=until, offices=offices
    )
    return tuple(
        OneView(
            one=one, kpi=get_kpi(one.kpi), figure=now[one.kpi], before=before[one.kpi],
            beside=now[one.beside],
            months=tuple(
                (month.isoformat(), figure.value)
                for month, figure in courses[one.kpi]
            ),
        )
        for one in uses.FIVE
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class RatingView:
    """The simulation, our figure behind each indicator, and the index as far as it is known."""

    rating: Rating
    figures: dict[str, Figure]
    index: tuple[tuple[str, Figure], ...]


def rate(*, since: date, until: date, offices: Sequence[int] | None) -> RatingView:
    """The regulator's rating over some days, simulated (E69), and the index beside it (E70)."""
    codes = sorted({*uses.RATING.values(), *uses.INDEX.values()})
    found = figures(codes, since=since, until=until, offices=offices)
    behind = {code: found[kpi] for code, kpi in uses.RATING.items()}
    return RatingView(
        rating.simulate({code: figure.value for code, figure in behind.items()}),
        behind,
        tuple((label, found[uses.INDEX[code]]) for code, label in rating.INDEX),
    )
