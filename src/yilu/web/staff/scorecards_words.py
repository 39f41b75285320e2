"""How figures of 服务考核 are said: values with their unit, titles in the reader's language, spans."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.http import HttpRequest
from django.utils.translation import get_language

from yilu.kernel.days import day_of
from yilu.people import queries as people
from yilu.people.queries import Access
from yilu.scorecards import queries
from yilu.scorecards.queries import Period
from yilu.web.common.numbers import figure_said

VIEW, MANAGE = "scorecards.view", "scorecards.manage"


def shown(value: Decimal | float | None, unit: str) -> str:
    """A value with its unit, as exactly as a card needs it; a dash where nothing was measured."""
    if value is None:
        return figure_said(None, unit)
    exact = {"PERCENT": "0.1", "SCORE": "0.1", "YUAN": "1"}.get(unit, "0.01")
    return figure_said(Decimal(str(value)).quantize(Decimal(exact)), unit)


def titles() -> dict[str, str]:
    """What each figure is called, in the reader's language."""
    return {each.code: kpi_title(each) for each in queries.list_kpis()}


def kpi_title(kpi: queries.KpiView) -> str:
    """One figure's title."""
    return kpi.title if _chinese() else kpi.title_en


def kpi_means(kpi: queries.KpiView) -> str:
    """What one figure counts."""
    return kpi.means if _chinese() else kpi.means_en


def office_names() -> dict[int, str]:
    """Every open office."""
    return {office.id: office.name for office in people.list_offices()}


def offices_of(access: Access) -> list[int] | None:
    """Whose figures somebody may see; None: the whole company's."""
    mine = access.offices_for(VIEW)
    return None if set(office_names()) <= mine else sorted(mine)


@dataclass(frozen=True, slots=True)
class Span:
    """A span to choose, and whether it is the one shown."""

    period: Period
    chosen: bool


def period_of(request: HttpRequest, at: datetime, *, units: frozenset[str]) -> Period:
    """The span an address asks for, else the last month. :raises BadPeriod: it asks for none."""
    told = request.GET.get("period", "")
    if told:
        return queries.read_period(told, units=units)
    return queries.period_of("MONTH", day_of(at)).before


def around(period: Period, at: datetime, others: Iterable[str] = ()) -> dict[str, object]:
    """What a page needs to step from span to span."""
    today = day_of(at)
    after = period.after
    return {
        "before": period.before,
        "after": after if after.start <= today else None,
        "others": [queries.period_of(unit, min(period.last_day, today)) for unit in others],
    }


def _chinese() -> bool:
    return (get_language() or "zh").startswith("zh")
