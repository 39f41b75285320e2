"""Which figures there are."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from yilu.kernel.errors import NotFound
from yilu.kernel.words import marked as _


class UnknownKpi(NotFound):
    """No figure has this code."""

    code = "unknown_kpi"
    message = _("没有这项指标")


@dataclass(frozen=True, slots=True)
class KpiView:
    """
    A figure's definition in words.

    ``unit`` is one of PERCENT, SECONDS, MINUTES, HOURS, DAYS, YUAN, SCORE, NUMBER; ``better`` UP or
    DOWN; ``means`` says what is counted of what; ``citation`` names the source.
    """

    code: str
    group: str
    title: str
    title_en: str
    unit: str
    better: str
    target: Decimal | None
    citation: str
    means: str
    means_en: str


def list_kpis() -> tuple[KpiView, ...]:
    """Every figure, in the order of the catalogue."""
    return ()


def get_kpi(code: str) -> KpiView:
    """:raises UnknownKpi: if there is none."""
    for each in list_kpis():
        if each.code == code:
            return each
    raise UnknownKpi
