"""协同积分 and 第三方评价: credit across departments; outside surveys with the reports they come from."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yilu.kernel.errors import NotFound, Refusal
from yilu.kernel.refs import Ref
from yilu.people import queries as people
from yilu.scorecards import operations, queries
from yilu.scorecards.queries import InitiativeView, Share
from yilu.voice import queries as voice
from yilu.web.common import files
from yilu.web.common.access import staff_only
from yilu.web.common.errors import telling
from yilu.web.common.numbers import whole
from yilu.web.staff.asked import actor_of, day_of, names, number_in
from yilu.web.staff.page import access_of, show
from yilu.web.staff.scorecards_words import MANAGE, VIEW, office_names

HERE = "scorecards_campaigns"
SHARES = 6


@require_http_methods(["GET", "POST"])
@staff_only(right=VIEW)
def initiatives(request: HttpRequest) -> HttpResponse:
    """What departments did together; POST proposes another."""
    access = access_of(request)
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            operations.propose_initiative(
                title=request.POST.get("title", ""), story=request.POST.get("story", ""),
                office_id=number_in(request, "office"), done_on=day_of(request.POST.get("done_on", "")),
                shares=_shares(request), access=access, actor=actor_of(request), at=timezone.now(),
            )  # fmt: skip
        except NotFound:
            raise
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, _("已申报，等另一位同事确认。"))
            return redirect("staff:score_initiatives")
    rows = queries.list_initiatives(access)
    offices = office_names()
    return show(
        request, "staff/scorecards/initiatives.html",
        {
            "rows": rows, "who": _who(rows), "offices": offices, "refusal": refusal,
            "given": request.POST, "shares": _typed(request), "departments": queries.DEPARTMENTS,
            "staff": people.list_staff(access), "me": str(actor_of(request)), "today": timezone.localdate(),
            "may_manage": access.may(MANAGE),
            "mine": {n: offices[n] for n in sorted(access.offices_for(VIEW)) if n in offices},
        },
        here=HERE, status=refusal.status if refusal else 200,
    )  # fmt: skip


@require_POST
@staff_only(right=MANAGE)
def decide(request: HttpRequest, initiative_id: int) -> HttpResponse:
    """Say whether it counts."""
    with telling(request):
        operations.decide_initiative(
            initiative_id=initiative_id, confirmed=request.POST.get("confirmed") == "yes",
            answer=request.POST.get("answer", ""), access=access_of(request),
            actor=actor_of(request), at=timezone.now(),
        )  # fmt: skip
        messages.success(request, _("已答复。"))
    return redirect("staff:score_initiatives")


@require_GET
@staff_only(right=VIEW)
def outside(request: HttpRequest) -> HttpResponse:
    """Outside surveys with their reports."""
    return _outside(request)


def _outside(request: HttpRequest, refusal: Refusal | None = None) -> HttpResponse:
    papers = queries.papers_of_studies()
    access = access_of(request)
    return show(
        request, "staff/scorecards/outside.html",
        {
            "rows": [(study, papers.get(study.id, ())) for study in voice.list_studies()],
            "refusal": refusal, "may_manage": access.may(MANAGE),
            "may_enter": access.may("voice.manage"),
        },
        here=HERE, status=refusal.status if refusal else 200,
    )  # fmt: skip


@require_GET
@staff_only(right=VIEW)
def outside_chart(request: HttpRequest) -> JsonResponse:
    """What outside surveys found year by year, as a share of their own scale, beside the industry."""
    studies = sorted(voice.list_studies(), key=lambda study: (study.held_on, study.id))
    names_ = [f"{study.held_on:%Y-%m} {study.name}" for study in studies]
    return JsonResponse(
        {
            "names": names_,
            "series": [
                {"name": _("本公司"), "tone": "info", "data": [_share(s.value, s.scale, s.measure) for s in studies]},
                {"name": _("行业"), "tone": "plain", "data": [_share(s.others, s.scale, s.measure) for s in studies]},
            ],
        }
    )  # fmt: skip


@require_POST
@staff_only(right=MANAGE)
def add_paper(request: HttpRequest, study_id: int) -> HttpResponse:
    """Keep the report of a survey."""
    handed = request.FILES.get("file")
    try:
        operations.add_paper(
            study_id=study_id, filename=str(handed.name) if handed else "",
            content=handed.read() if handed else b"", access=access_of(request),
            actor=actor_of(request), at=timezone.now(),
        )  # fmt: skip
    except NotFound:
        raise
    except Refusal as refused:
        return _outside(request, refused)
    messages.success(request, _("报告已保存。"))
    return redirect("staff:score_outside")


@require_GET
@staff_only(right=VIEW)
def paper(request: HttpRequest, paper_id: int) -> HttpResponse:
    """A report, opened."""
    found = queries.open_paper(paper_id, access_of(request))
    return files.shown(found.content, found.media_type, found.filename)


def _share(value: Decimal | None, scale: str, measure: str) -> float | None:
    """Where on its scale a value lies, 0 to 100."""
    if value is None:
        return None
    if measure == "CSAT":
        return float(value)
    low, high = (-100, 100) if measure == "NPS" else map(int, scale.split("–"))
    return round(100 * (float(value) - low) / (high - low), 1)


def _shares(request: HttpRequest) -> list[Share]:
    return [
        Share(whole(row["staff"]) or 0, row["department"], whole(row["points"]) or 0, row["did"])
        for row in _typed(request) if row["staff"] or row["did"].strip()
    ]  # fmt: skip


def _typed(request: HttpRequest) -> list[dict[str, Any]]:
    fields = ("staff", "department", "points", "did")
    columns = [request.POST.getlist(name) for name in fields]
    rows = [dict(zip(fields, cells, strict=True)) for cells in zip(*columns, strict=False)][:20]
    empty = dict.fromkeys(fields, "")
    return [*rows, *(dict(empty) for _n in range(SHARES - len(rows)))]


def _who(rows: Iterable[InitiativeView]) -> dict[str, str]:
    refs = {Ref("staff", credit.staff_id) for row in rows for credit in row.credits}
    refs |= {Ref.parse(r) for row in rows for r in (row.proposed_by, row.decided_by) if r}
    return {str(ref): name for ref, name in names(*refs).items()} | {
        str(ref.id): name for ref, name in names(*refs).items()
    }
