"""Which figures there are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from yilu.kernel.errors import NotFound
from yilu.kernel.words import marked as _
from yilu.obligations import queries as obligations
from yilu.scorecards.book import the_book
from yilu.scorecards.rules.definition import Kpi

GROUPS: Final = {
    "CLAIMS": _("理赔"),
    "CONTACT": _("联络与接续"),
    "MESSAGES": _("通知"),
    "POLICIES": _("承保与保全"),
    "VOICE": _("客户评价"),
    "COMPLAINTS": _("投诉"),
    "QUALITY": _("服务质量"),
    "PROMISES": _("时限"),
}
"""What figures are about, in the order of screens."""


class UnknownKpi(NotFound):
    """No figure has this code."""

    code = "unknown_kpi"
    message = _("没有这项指标")
    hint = _("请从服务考核页面选择指标。")


@dataclass(frozen=True, slots=True)
class KpiView:
    """
    A figure's definition in words.

    ``unit`` is one of PERCENT, SECONDS, MINUTES, HOURS, DAYS, YUAN, SCORE, NUMBER; ``better`` UP or
    DOWN; ``means`` says what is counted of what; ``citation`` names the source. ``measures`` is the
    unit of one case's value, empty where a case has none. ``within_promise``: one promise's part of
    a figure over all promises; ``public``: shown to everybody.
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
    form: str
    measures: str
    within_promise: bool = False
    public: bool = False


def list_kpis(*, promises: bool = False) -> tuple[KpiView, ...]:
    """
    Every figure, in the order of the catalogue.

    With ``promises`` also the on-time rate of each single promise (code ``on_time:<promise>``).
    """
    book = the_book()
    found = [_view(kpi) for kpi in book.kpis.values()]
    if promises:
        for code in book.of_each_clock:
            found += _of_promises(book.kpis[code])
    return tuple(found)


def get_kpi(code: str) -> KpiView:
    """:raises UnknownKpi: if there is none."""
    kpi = kpi_of(code)
    if ":" not in code:
        return _view(kpi)
    found = next((view for view in _of_promises(kpi) if view.code == code), None)
    if found is None:
        raise UnknownKpi
    return found


def kpi_of(code: str) -> Kpi:
    """The rule a code is counted by. :raises UnknownKpi: if there is none."""
    base, colon, _promise = code.partition(":")
    kpi = the_book().kpis.get(base)
    if kpi is None or (colon and not kpi.each_clock):
        raise UnknownKpi
    return kpi


def titles(codes: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Chinese and English titles by code. :raises UnknownKpi: for a code there is not."""
    promised = obligations.codes_ever() if any(":" in code for code in codes) else {}
    found = {}
    for code in codes:
        kpi, promise = kpi_of(code), code.partition(":")[2]
        if promise and promise not in promised:
            raise UnknownKpi
        found[code] = promised[promise][:2] if promise else (kpi.title, kpi.title_en)
    return found


def _view(kpi: Kpi) -> KpiView:
    return KpiView(
        kpi.code, kpi.group, kpi.title, kpi.title_en, kpi.unit, kpi.better, kpi.target,
        kpi.citation, kpi.means, kpi.means_en, kpi.form, kpi.measures,
        public=kpi.public,
    )  # fmt: skip


def _of_promises(kpi: Kpi) -> list[KpiView]:
    whole = _view(kpi)
    return [
        replace(
            whole, code=f"{kpi.code}:{code}", title=title, title_en=title_en or title,
            citation=citation, within_promise=True, public=False, means=_("结束的这项时限中按时完成的比例"),
            means_en="Share of this promise's ended deadlines that were kept",
        )
        for code, (title, title_en, citation) in obligations.codes_ever().items()
        if code not in kpi.except_clocks
    ]  # fmt: skip
