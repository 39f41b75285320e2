"""服务承诺: what we promise, the law or the pledge behind it, and what we kept of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language, gettext, ngettext
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from yilu.kernel.days import day_of
from yilu.obligations import queries as obligations
from yilu.scorecards import queries as scorecards
from yilu.web.common.numbers import figure_said

MEASURED_DAYS = 90


@dataclass(frozen=True)
class Pledge:
    """A promise as customers read it; ``kept`` of ``measured`` ended in time, None if none ended."""

    title: str
    text: str
    citation: str
    limits: tuple[str, ...]
    confirmed: bool
    kept: int | None
    measured: int


@dataclass(frozen=True)
class Measured:
    """A figure of the service as a whole, beside what it should be."""

    title: str
    means: str
    value: str
    target: str
    reached: bool | None


@require_safe
@cache_control(private=True, max_age=300)
def pledges(request: HttpRequest) -> HttpResponse:
    """
    Every promise customers may hold us to, with what was measured of the last 90 full days.

    Read from the day's and month's sums, so that whoever looks costs the same however much is done.
    """
    until = day_of(timezone.now())
    since = until - timedelta(days=MEASURED_DAYS)
    rows = [d for d in obligations.list_definitions(timezone.now()) if d.for_customer]
    kpis = [kpi for kpi in scorecards.list_kpis() if kpi.public]
    codes = [*(f"on_time:{d.code}" for d in rows), *(kpi.code for kpi in kpis)]
    figures = scorecards.figures(codes, since=since, until=until)
    page = {
        "groups": _grouped(
            [_pledge(d, figures) for d in rows if d.grade == "PLEDGE"],
            [_pledge(d, figures) for d in rows if d.grade != "PLEDGE"],
        ),
        "measured": [
            _measured(kpi, figures[kpi.code]) for kpi in kpis if figures[kpi.code].value is not None
        ],
        "since": since,
        "last": until - timedelta(days=1),
        "days": MEASURED_DAYS,
    }
    return render(request, "public/pledges.html", page)


def _grouped(ours: list[Pledge], law: list[Pledge]) -> list[tuple[str, list[Pledge], list[Pledge]]]:
    """Ours and the law's: those with cases to show first, those without any yet by themselves."""
    return [
        (title, [row for row in rows if row.measured], [row for row in rows if not row.measured])
        for title, rows in ((gettext("我们的承诺"), ours), (gettext("法律规定的时限"), law))
        if rows
    ]


def _measured(kpi: scorecards.KpiView, figure: scorecards.Figure) -> Measured:
    english = get_language() == "en"
    sign = "≥" if kpi.better == "UP" else "≤"
    return Measured(
        kpi.title_en if english else kpi.title, kpi.means_en if english else kpi.means,
        figure_said(figure.value, kpi.unit),
        "" if kpi.target is None else f"{sign} {figure_said(kpi.target, kpi.unit)}", figure.reached,
    )  # fmt: skip


def _pledge(row: obligations.DefinitionView, figures: dict[str, scorecards.Figure]) -> Pledge:
    found = figures[f"on_time:{row.code}"]
    kept, measured = int(found.numerator), int(found.denominator)
    return Pledge(
        title=row.title_en if get_language() == "en" else row.title,
        text=row.text,
        citation=row.citation,
        limits=tuple(dict.fromkeys(_in_words(limit) for limit in row.limits)),
        confirmed=row.grade == "LAW",
        kept=kept if measured else None,
        measured=measured,
    )


def _in_words(limit: str) -> str:
    """``1440 分钟`` is better said as ``24 小时``; in the reader's language."""
    amount, _space, unit = limit.partition(" ")
    if unit == "分钟" and amount.isdigit():
        hours, left = divmod(int(amount), 60)
        if hours and not left:
            return ngettext("%(n)s 小时", "%(n)s 小时", hours) % {"n": hours}
    return f"{amount} {gettext(unit)}"
