"""服务承诺: what we promise, the law or the pledge behind it, and what we kept of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language, gettext, ngettext
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from yilu.kernel.days import day_of
from yilu.kernel.spans import next_month
from yilu.kernel.years import add_months
from yilu.obligations import queries as obligations
from yilu.scorecards import queries as scorecards
from yilu.standards import queries as standards
from yilu.web.common.numbers import figure_said

MEASURED_DAYS = 90


@dataclass(frozen=True)
class Pledge:
    """
    A promise as customers read it; ``kept`` of ``measured`` ended in time, None if none ended.

    ``since``: the month of the first case counted; ``year`` the last twelve months, ``months`` one by one.
    """

    title: str
    text: str
    citation: str
    limits: tuple[str, ...]
    confirmed: bool
    kept: int | None
    measured: int
    since: date | None
    year: scorecards.Figure | None
    months: tuple[tuple[date, scorecards.Figure], ...]


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
    kept = [f"on_time:{d.code}" for d in rows]
    figures = scorecards.figures([*kept, *(k.code for k in kpis)], since=since, until=until)
    course = _course(kept, until)
    page = {
        "groups": _grouped(
            [_pledge(d, figures, course) for d in rows if d.grade == "PLEDGE"],
            [_pledge(d, figures, course) for d in rows if d.grade != "PLEDGE"],
        ),
        "measured": [
            _measured(kpi, figures[kpi.code]) for kpi in kpis if figures[kpi.code].value is not None
        ],
        "programme": _programme(rows, figures),
        "since": since,
        "last": until - timedelta(days=1),
        "days": MEASURED_DAYS,
    }
    return render(request, "public/pledges.html", page)


def _programme(
    rows: list[obligations.DefinitionView], figures: dict[str, scorecards.Figure]
) -> dict[str, object] | None:
    """服务 365 as the insurer last published it, and what was kept of its promises (A152); None while it is not offered."""
    try:
        found = standards.get_programme(standards.SERVICE_365, timezone.now())
    except standards.UnknownProgramme:
        return None
    titles = {row.code: row for row in rows}
    return {
        "shown": found,
        "kept": [
            (titles[code], figures[f"on_time:{code}"]) for code in found.obligations
            if code in titles and figures[f"on_time:{code}"].denominator
        ],
    } if found.offered else None  # fmt: skip


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


@dataclass(frozen=True)
class _Course:
    """How promises were kept over the last twelve months, and since when there are figures at all (A151)."""

    since: dict[str, date]
    year: dict[str, scorecards.Figure]
    months: dict[str, tuple[tuple[date, scorecards.Figure], ...]]


def _course(codes: list[str], until: date) -> _Course:
    """Whole months only, the present one with them: read from the months' sums."""
    first = add_months(until.replace(day=1), -11)
    last = next_month(until)
    return _Course(
        scorecards.counted_since(codes), scorecards.figures(codes, since=first, until=last),
        scorecards.over_time(codes, "MONTH", since=first, until=last),
    )  # fmt: skip


def _pledge(
    row: obligations.DefinitionView, figures: dict[str, scorecards.Figure], course: _Course
) -> Pledge:
    code = f"on_time:{row.code}"
    found = figures[code]
    kept, measured = int(found.numerator), int(found.denominator)
    return Pledge(
        title=row.title_en if get_language() == "en" else row.title,
        text=row.text,
        citation=row.citation,
        limits=tuple(dict.fromkeys(_in_words(limit) for limit in row.limits)),
        confirmed=row.grade == "LAW",
        kept=kept if measured else None,
        measured=measured,
        since=course.since.get(code),
        year=course.year[code] if code in course.since else None,
        months=course.months.get(code, ()),
    )


def _in_words(limit: str) -> str:
    """``1440 分钟`` is better said as ``24 小时``; in the reader's language."""
    amount, _space, unit = limit.partition(" ")
    if unit == "分钟" and amount.isdigit():
        hours, left = divmod(int(amount), 60)
        if hours and not left:
            return ngettext("%(n)s 小时", "%(n)s 小时", hours) % {"n": hours}
    return f"{amount} {gettext(unit)}"
