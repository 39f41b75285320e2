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

from yilu.obligations import queries as obligations

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


@require_safe
@cache_control(private=True, max_age=300)
def pledges(request: HttpRequest) -> HttpResponse:
    """Every promise customers may hold us to, with the measured actuals of the last 90 days."""
    now = timezone.now()
    actuals = obligations.punctuality(now - timedelta(days=MEASURED_DAYS), now)
    rows = [d for d in obligations.list_definitions(now) if d.for_customer]
    page = {
        "ours": [_pledge(d, actuals) for d in rows if d.grade == "PLEDGE"],
        "law": [_pledge(d, actuals) for d in rows if d.grade != "PLEDGE"],
    }
    return render(request, "public/pledges.html", page)


def _pledge(row: obligations.DefinitionView, actuals: dict[str, tuple[int, int]]) -> Pledge:
    kept, measured = actuals.get(row.code, (0, 0))
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
