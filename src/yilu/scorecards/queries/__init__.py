"""Reads for doors: figures, what they are made of, and the cases behind them."""

from yilu.scorecards.queries.cases import (
    EXPORT_MAX,
    PAGES_MAX,
    CasePage,
    CaseRow,
    counted,
    every_case,
)
from yilu.scorecards.queries.dashboard import Tile, dashboard, grain_of
from yilu.scorecards.queries.figures import Figure, by, figure, figures, over_time
from yilu.scorecards.queries.kpis import GROUPS, KpiView, UnknownKpi, get_kpi, list_kpis
from yilu.scorecards.queries.reading import ReadSoFar, read_so_far
from yilu.scorecards.rules.periods import next_month, quarter_of

__all__ = [
    "EXPORT_MAX",
    "GROUPS",
    "PAGES_MAX",
    "CasePage",
    "CaseRow",
    "Figure",
    "KpiView",
    "ReadSoFar",
    "Tile",
    "UnknownKpi",
    "by",
    "counted",
    "dashboard",
    "every_case",
    "figure",
    "figures",
    "get_kpi",
    "grain_of",
    "list_kpis",
    "next_month",
    "over_time",
    "quarter_of",
    "read_so_far",
]
