"""Reads for doors: figures, what they are made of, and the cases behind them."""

from yilu.scorecards.queries.cases import CasePage, CaseRow, counted
from yilu.scorecards.queries.figures import Figure, by, figure, figures
from yilu.scorecards.queries.kpis import KpiView, UnknownKpi, get_kpi, list_kpis

__all__ = [
    "CasePage",
    "CaseRow",
    "Figure",
    "KpiView",
    "UnknownKpi",
    "by",
    "counted",
    "figure",
    "figures",
    "get_kpi",
    "list_kpis",
]
