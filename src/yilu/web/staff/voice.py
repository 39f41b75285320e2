"""客户之声: figures by journey, ranked topics, what drives the scores, and the comments behind them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as later
from django.views.decorators.http import require_GET, require_POST

from yilu.voice import operations, queries
from yilu.voice.queries import AnalysisView
from yilu.web.common.access import staff_only
from yilu.web.common.numbers import whole
from yilu.web.staff.asked import actor_of
from yilu.web.staff.page import access_of, show

RIGHT = "voice.view"
SPAN = timedelta(days=180)
PAGE = 20
DRIVEN_BY = {
    "recommend": later("推荐意愿"), "stars": later("满意度"), "positive": later("好评标签"),
    "sentiment": later("评论语气（机器判断）"),
}  # fmt: skip


@require_GET
@staff_only(right=RIGHT)
def overview(request: HttpRequest) -> HttpResponse:
    """The half-year: every journey's NPS and satisfaction, the top topics, what waits for an answer."""
    access, now = access_of(request), timezone.now()
    since, until = _half_year()
    newest = queries.newest_analysis(access)
    return show(
        request,
        "staff/voice/overview.html",
        {
            "journeys": queries.journey_scores(access, since, until),
            "third": queries.journey_scores(access, since, until, third_parties=True),
            "years": queries.yearly_nps(access, timezone.localdate()),
            "labels": queries.JOURNEYS, "journey": _journey(request),
            "newest": newest, "topics": newest.topics[:6] if newest else (),
            "counts": queries.inbox_counts(access),
            "improvements": queries.list_improvements(access, now)[:5],
            "may_manage": access.may("voice.manage"),
        },
        here="voice",
    )  # fmt: skip


@require_GET
@staff_only(right=RIGHT)
def chart(request: HttpRequest, name: str) -> JsonResponse:
    """The numbers of the overview's pictures: ``months`` or ``journeys``."""
    access = access_of(request)
    since, until = _half_year()
    if name == "months":
        found = queries.monthly_nps(access, since - SPAN, _journey(request) or None)
        return JsonResponse(
            {
                "kind": "line",
                "names": [month.strftime("%Y-%m") for month, _i in found],
                "series": [
                    {"name": "NPS", "tone": "info", "data": [round(i.value, 1) for _m, i in found]},
                    {"name": _("下限"), "tone": "plain", "data": [round(i.low, 1) for _m, i in found]},
                    {"name": _("上限"), "tone": "plain", "data": [round(i.high, 1) for _m, i in found]},
                ],
            }
        )  # fmt: skip
    if name != "journeys":
        raise Http404
    rated = [j for j in queries.journey_scores(access, since, until) if j.nps is not None]
    return JsonResponse(
        {
            "kind": "interval", "names": [_(j.label) for j in rated],
            "rows": [
                [round(j.nps.low, 1), round(j.nps.value, 1), round(j.nps.high, 1), j.nps.n]
                for j in rated
                if j.nps
            ],
        }
    )  # fmt: skip


def _half_year() -> tuple[date, date]:
    """The days of the overview: up to, without, the second."""
    tomorrow = timezone.localdate() + timedelta(days=1)
    return tomorrow - SPAN, tomorrow


def _journey(request: HttpRequest) -> str:
    """The journey whose months are asked for; empty: all."""
    told = request.GET.get("journey", "")
    return told if told in queries.JOURNEYS else ""


@require_GET
@staff_only(right=RIGHT)
def analyses(request: HttpRequest) -> HttpResponse:
    """Every analysis of one's offices."""
    access = access_of(request)
    return show(
        request,
        "staff/voice/analyses.html",
        {"rows": queries.list_analyses(access), "may_manage": access.may("voice.manage")},
        here="voice",
    )


@require_POST
@staff_only(right="voice.manage")
def ask_analysis(request: HttpRequest) -> HttpResponse:
    """Have our own doors' comments, or a file's, read anew."""
    access = access_of(request)
    batch_id = whole(request.POST.get("batch"))
    office_id = access.office_id
    months = whole(request.POST.get("months")) or 12
    since = (
        (timezone.localdate() - timedelta(days=31 * min(months, 60))) if batch_id is None else None
    )
    made = operations.ask_analysis(
        office_id=office_id, batch_id=batch_id, since=since, access=access, actor=actor_of(request),
        at=timezone.now(),
    )  # fmt: skip
    return redirect("staff:voice_analysis", made)


@require_GET
@staff_only(right=RIGHT)
def analysis(request: HttpRequest, analysis_id: int) -> HttpResponse:
    """One analysis: ranked topics, aspects, drivers; or how far it is."""
    access = access_of(request)
    found = queries.get_analysis(analysis_id, access)
    labels = _labels()
    return show(
        request,
        "staff/voice/analysis.html",
        {
            "a": found, "by": _(DRIVEN_BY.get(found.result.get("driven_by", ""), "")),
            "drivers": [
                {**d, "label": labels.get(d["name"], d["name"])} for d in found.result.get("drivers", ())
            ],
            "aspects": _aspects(found, labels), "may_manage": access.may("voice.manage"),
            "own_attributes": any(n not in labels for n in found.result.get("names", ())[:-1]),
            "percent_repeated": _percent(found.result.get("repeated"), found.result.get("comments")),
        },
        here="voice",
    )  # fmt: skip


@require_GET
@staff_only(right=RIGHT)
def progress(request: HttpRequest, analysis_id: int) -> HttpResponse:
    """How far it is; the page asks while it moves."""
    found = queries.get_analysis(analysis_id, access_of(request))
    answer = render(request, "staff/voice/analysis_progress.html", {"a": found})
    if not found.is_moving:
        answer["HX-Refresh"] = "true"
    return answer


def _labels() -> dict[str, str]:
    return {a.code: _(a.label) for a in queries.list_aspects()}


def _percent(part: int | None, all_of: int | None) -> str:
    return f"{100 * (part or 0) / all_of:.1f}%" if all_of else "—"


def _aspects(found: AnalysisView, labels: dict[str, str]) -> list[dict[str, Any]]:
    rows = []
    for code, (bad, even, good) in found.result.get("aspects", {}).items():
        rows.append(
            {
                "label": labels.get(code, code), "bad": bad, "good": good, "n": bad + even + good,
                "percent_bad": _percent(bad, bad + even + good),
            }
        )  # fmt: skip
    return sorted(rows, key=lambda row: -row["bad"])


@require_GET
@staff_only(right=RIGHT)
def analysis_chart(request: HttpRequest, analysis_id: int, name: str) -> JsonResponse:
    """The numbers of one picture: ``topics``, ``matrix`` or ``quadrant``."""
    found = queries.get_analysis(analysis_id, access_of(request))
    if found.state != "DONE" or name not in _CHARTS:
        raise Http404
    return JsonResponse(_CHARTS[name](found))


def _topics(found: AnalysisView) -> dict[str, Any]:
    shown = found.topics[:15]
    return {
        "direction": "down", "names": [f"{t.rank} {t.name}" for t in shown],
        "links": [reverse("staff:voice_topic", args=[t.id]) for t in shown],
        "series": [
            {"name": _("不满"), "tone": "bad", "stack": "a", "data": [t.negative for t in shown]},
            {"name": _("其他"), "tone": "plain", "stack": "a", "data": [t.count - t.negative for t in shown]},
        ],
    }  # fmt: skip


def _matrix(found: AnalysisView) -> dict[str, Any]:
    labels = _labels() | {"score": _(DRIVEN_BY.get(found.result.get("driven_by", ""), ""))}
    names = [labels.get(name, name) for name in found.result.get("names", ())]
    cells = [
        [x, y, value]
        for y, row in enumerate(found.result.get("matrix", ()))
        for x, value in enumerate(row)
    ]
    return {"kind": "heat", "names": names, "cells": cells}


def _quadrant(found: AnalysisView) -> dict[str, Any]:
    labels = _labels()
    drivers = found.result.get("drivers", ())
    return {
        "kind": "scatter",
        "x": _("满意程度"), "y": _("重要程度（%）"),
        "corners": [_("优先改进"), _("继续保持"), _("暂缓"), _("不必再加")],
        "points": [
            [round(50 + 50 * d["mean"], 1), round(d["weight"], 1), labels.get(d["name"], d["name"]), d["n"]]
            for d in drivers
        ],
    }  # fmt: skip


_CHARTS: dict[str, Callable[[AnalysisView], dict[str, Any]]] = {
    "topics": _topics,
    "matrix": _matrix,
    "quadrant": _quadrant,
}


@require_GET
@staff_only(right=RIGHT)
def topic(request: HttpRequest, topic_id: int) -> HttpResponse:
    """One topic: its words, its comments, the most discontent first, and what is done about it."""
    access = access_of(request)
    found, one = queries.get_topic(topic_id, access)
    content, _dot, after = (request.GET.get("after") or "").partition(".")
    begin = (whole(content) or 0, whole(after) or 0) if after else (-1, 0)
    rows = queries.topic_comments(found.id, one.number, after=begin, limit=PAGE + 1)
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    labels = _labels()
    return show(
        request,
        "staff/voice/topic.html",
        {
            "a": found, "t": one, "may_manage": access.may("voice.manage"),
            "rows": [
                (r, [(labels.get(code, code), value) for code, value in r.aspects.items()])
                for r in rows[:PAGE]
            ],
            "following": f"{last.content}.{last.id}" if last else None,
        },
        here="voice",
    )  # fmt: skip


@require_POST
@staff_only(right="voice.manage")
def label(request: HttpRequest, feedback_id: int) -> HttpResponse:
    """Say whether a comment is content; used wherever comments are shown."""
    operations.label(
        feedback_id=feedback_id, positive=request.POST.get("positive") == "1",
        access=access_of(request), actor=actor_of(request), at=timezone.now(),
    )  # fmt: skip
    messages.success(request, _("记下了。"))
    return redirect(reverse("staff:voice_labels"))
