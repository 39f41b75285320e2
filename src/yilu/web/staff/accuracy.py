"""识别准确率: how well the machine reads, by what people had to correct, and the cases to learn from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from yilu.claims import queries as claims
from yilu.documents import queries as documents
from yilu.web.common.access import staff_only
from yilu.web.staff.page import access_of, show

DAYS = (30, 90, 365)
BARS_MAX = 12
CASES_SHOWN = 30


@dataclass(frozen=True, slots=True)
class Asked:
    """What the page is asked for: how many days, of which kind, engine and field (empty: all)."""

    days: int
    kind: str
    engine: str
    field: str

    @property
    def unit(self) -> str:
        """What the trend goes by."""
        return "month" if self.days > DAYS[1] else "week"

    @property
    def of(self) -> dict[str, str]:
        """What narrows the figures."""
        return {"kind": self.kind, "engine": self.engine, "field": self.field}

    def query(self, **other: object) -> str:
        """The same question as an address's query, some of it put otherwise."""
        given = {"days": self.days, **self.of, **other}
        return urlencode({name: value for name, value in given.items() if value != ""})


def _asked(request: HttpRequest) -> Asked:
    days, kind = request.GET.get("days", ""), request.GET.get("kind", "")
    return Asked(
        int(days) if days in map(str, DAYS) else DAYS[1],
        kind if kind in dict(documents.FILE_KINDS) else "",
        request.GET.get("engine", "")[:30],
        request.GET.get("field", "")[:40],
    )


def _span(reach: documents.Reach, asked: Asked) -> documents.Span | None:
    since = reach.since(asked.days)
    return documents.Span(since, reach.last) if since and reach.last else None


@require_GET
@staff_only(right="claims.view")
def accuracy(request: HttpRequest) -> HttpResponse:
    """A trend and a table by kind, engine and field; ``?days=`` and ``?kind=`` choose."""
    asked = _only_kind(_asked(request))
    reach = documents.accuracy_reach(timezone.now())
    span = _span(reach, asked)
    rows = documents.recognition_accuracy(span, **asked.of) if span else ()
    return show(
        request,
        "staff/accuracy.html",
        {
            "rows": [
                {
                    "row": r, "kind_label": _label(r.kind),
                    "cases": asked.query(kind=r.kind, engine=r.engine, field=r.field),
                }
                for r in rows
            ],
            "kinds": [("", _("全部"), asked.query(kind=""))]
            + [(code, _label(code), asked.query(kind=code)) for code, _name in documents.FILE_KINDS],
            "summary": documents.total_of(rows),
            **_about(reach, span, asked),
        },
        here="accuracy",
    )  # fmt: skip


@require_GET
@staff_only(right="claims.view")
def cases(request: HttpRequest) -> HttpResponse:
    """One field of one kind as one engine reads it: its trend, and the newest cases one may see."""
    asked = _asked(request)
    if not (asked.kind and asked.engine and asked.field):
        raise Http404
    reach = documents.accuracy_reach(timezone.now())
    span = _span(reach, asked)
    rows = documents.recognition_accuracy(span, **asked.of) if span else ()
    found = documents.misreadings(span, **asked.of) if span else ()
    cards = claims.list_by_ids(
        access_of(request), [m.about.id for m in found if m.about.kind == "claim"]
    )
    seen = [
        (m, cards[m.about.id]) for m in found if m.about.kind == "claim" and m.about.id in cards
    ]
    return show(
        request,
        "staff/accuracy_cases.html",
        {
            "row": rows[0] if rows else None,
            "label": documents.label_of(asked.field),
            "kind_label": _label(asked.kind),
            "cases": seen[:CASES_SHOWN],
            "more": len(seen) > CASES_SHOWN,
            "back": asked.query(engine="", field="", kind=""),
            **_about(reach, span, asked),
        },
        here="accuracy",
    )


@require_GET
@staff_only(right="claims.view")
def chart(request: HttpRequest, name: str) -> JsonResponse:
    """A chart's numbers: ``trend``, or ``worst`` (fields people looked at, least accurate on top)."""
    if name not in {"trend", "worst"}:
        raise Http404
    asked = _asked(request)
    span = _span(documents.accuracy_reach(timezone.now()), asked)
    if name == "trend":
        return JsonResponse(_trend_chart(_trend(span, asked)))
    asked = _only_kind(asked)
    rows = documents.recognition_accuracy(span, **asked.of) if span else ()
    worst = sorted(
        (r for r in rows if r.counts.looked_at), key=lambda r: (r.counts.accuracy, r.kind, r.field)
    )[:BARS_MAX]
    return JsonResponse(
        {
            "direction": "down",
            "max": 100,
            "names": [f"{_label(r.kind)} · {_(r.label)}" for r in worst],
            "series": [
                {
                    "name": _("核对后未改（%）"), "tone": "good",
                    "data": [r.counts.accuracy for r in worst],
                }
            ],
        }
    )  # fmt: skip


def _trend_chart(points: list[dict[str, Any]]) -> dict[str, Any]:
    """Both shares over time; the axis begins near the lowest, where all of them lie high."""
    lines = [
        (_("核对后未改（%）"), "good", [p["counts"].accuracy for p in points]),
        (_("机器直接采用（%）"), "info", [p["counts"].unasked_share for p in points]),
    ]
    told = [n for _name, _tone, data in lines for n in data if n is not None]
    return {
        "kind": "line",
        "min": max(0, int(min(told, default=0) // 10) * 10 - 10),
        "max": 100,
        "names": [p["name"] for p in points],
        "series": [{"name": name, "tone": tone, "data": data} for name, tone, data in lines],
    }


def _trend(span: documents.Span | None, asked: Asked) -> list[dict[str, Any]]:
    if span is None:
        return []
    written = "%Y-%m" if asked.unit == "month" else "%m-%d"
    return [
        {"name": day.strftime(written), "counts": counts}
        for day, counts in documents.accuracy_trend(span, asked.unit, **asked.of)
    ]


def _about(reach: documents.Reach, span: documents.Span | None, asked: Asked) -> dict[str, Any]:
    """What both pages say of their days, and the choices they offer."""
    return {
        "asked": asked,
        "reach": reach,
        "span": span,
        "settled_days": documents.SETTLED_DAYS,
        "trend": _trend(span, asked),
        "trend_query": asked.query(),
        "ranges": [(n, asked.query(days=n)) for n in DAYS],
    }


def _only_kind(asked: Asked) -> Asked:
    return Asked(asked.days, asked.kind, "", "")


def _label(kind: str) -> str:
    return _(dict(documents.FILE_KINDS).get(kind, kind))
