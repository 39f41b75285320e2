"""问题台账: problems of service with owner, plan, delivery, review and close-out with evidence."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yilu.journeys import operations, queries
from yilu.kernel.errors import NotFound, Refusal
from yilu.people import queries as people
from yilu.web.common.access import staff_only
from yilu.web.common.numbers import whole
from yilu.web.staff.asked import actor_of
from yilu.web.staff.page import access_of, show

STATES = (
    ("", _("未销号")), ("OPEN", _("待提方案")), ("PLANNED", _("方案已定")),
    ("DELIVERED", _("待销号")), ("CLOSED", _("已销号")),
)  # fmt: skip


@require_GET
@staff_only(right="journeys.view")
def problems(request: HttpRequest) -> HttpResponse:
    """The ledger of the offices one may see."""
    state = request.GET.get("state", "")
    state = state if state in dict(STATES) else ""
    access = access_of(request)
    change, programme = request.GET.get("change", ""), request.GET.get("programme", "").strip()
    change = change if change in dict(queries.CHANGES) else ""
    sums = queries.by_programme(access)
    page = {
        "rows": queries.list_problems(
            access, timezone.now(), state=state, only_open=not state, change=change,
            programme=programme,
        ),
        "changes": queries.by_change(access), "change": change,
        "change_label": dict(queries.CHANGES).get(change, ""), "programmes": sums,
        "programme": next((each for each in sums if each.name == programme), None),
        "states": [(code, _(label)) for code, label in STATES], "state": state,
        "manages": access.may("journeys.manage"),
    }  # fmt: skip
    return show(request, "staff/journeys/problems.html", page, here="journey_problems")


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(right="journeys.manage")
def new(request: HttpRequest) -> HttpResponse:
    """Put a problem into the ledger; begun from a break, it says already where and what."""
    access, now = access_of(request), timezone.now()
    given: dict[str, Any] = {**_from_break(request), **request.POST.dict()}
    refusal: Refusal | None = None
    office_id = whole(str(given.get("office", ""))) or access.office_id
    if request.method == "POST":
        broken = whole(request.POST.get("break"))
        try:
            problem_id = operations.open_problem(
                title=given.get("title", ""), text=given.get("text", ""),
                journey=given.get("journey", ""), step=given.get("step", ""),
                kind=given.get("kind", ""), severity=whole(given.get("severity")) or 0,
                common=request.POST.get("common") == "on", office_id=office_id,
                owner_id=whole(given.get("owner")) or 0,
                review_days=whole(given.get("review_days")) or 0,
                change=given.get("change", ""), programme=given.get("programme", ""),
                is_initiative=request.POST.get("initiative") == "on",
                breaks=[broken] if broken else [], access=access, actor=actor_of(request), at=now,
            )  # fmt: skip
            messages.success(request, _("已登记，责任人会在“我的工作”里看到。"))
            return redirect("staff:journey_problem", problem_id)
        except Refusal as refused:
            refusal = refused
    page = {
        "given": {"severity": "2", "review_days": "7", **given}, "refusal": refusal,
        "office_id": office_id, "owners": people.list_colleagues(office_id, "journeys.manage"),
        "journeys": queries.list_journeys(), "kinds": queries.BREAKS.items(),
        "severities": queries.SEVERITIES.items(), "changes": queries.CHANGES,
        "programmes": queries.by_programme(access),
    }  # fmt: skip
    status = refusal.status if refusal else 200
    return show(
        request, "staff/journeys/problem_new.html", page, here="journey_problems", status=status
    )


def _from_break(request: HttpRequest) -> dict[str, Any]:
    number = whole(request.GET.get("break") or request.POST.get("break"))
    if number is None:
        return {}
    try:
        row = queries.get_break(number, access_of(request), timezone.now()).row
    except NotFound:
        return {}
    return {
        "break": str(row.id), "title": f"{row.name}：{row.kind_label}", "journey": row.code,
        "step": row.step_code, "step_name": row.step, "kind": row.kind, "office": str(row.office_id),
        "severity": str(row.severity), "journey_name": row.name, "kind_name": row.kind_label,
    }  # fmt: skip


@require_GET
@staff_only(right="journeys.view")
def problem(request: HttpRequest, problem_id: int) -> HttpResponse:
    """One problem and what became of it."""
    return _problem(request, problem_id)


def _problem(request: HttpRequest, problem_id: int, refusal: Refusal | None = None) -> HttpResponse:
    access = access_of(request)
    seen = queries.get_problem(problem_id, access, timezone.now())
    page = {
        "seen": seen, "row": seen.row, "refusal": refusal, "said": request.POST.get("text", ""),
        "manages": access.may("journeys.manage"), "is_owner": seen.row.owner_id == access.staff_id,
        "changes": queries.CHANGES, "programmes": queries.by_programme(access),
    }  # fmt: skip
    status = refusal.status if refusal else 200
    return show(
        request, "staff/journeys/problem.html", page, here="journey_problems", status=status
    )


@require_POST
@staff_only(right="journeys.manage")
def act(request: HttpRequest, problem_id: int, name: str) -> HttpResponse:
    """plan, sort, deliver, review, close, reopen."""
    text = request.POST.get("text", "")
    told: dict[str, Any] = {
        "problem_id": problem_id, "access": access_of(request), "actor": actor_of(request),
        "at": timezone.now(),
    }  # fmt: skip
    acts: dict[str, tuple[Callable[..., None], str, str]] = {
        "plan": (operations.plan, "text", _("方案已记录。")),
        "deliver": (operations.deliver, "text", _("已记录落地，请另一位同事核对后销号。")),
        "review": (operations.review, "text", _("跟踪已记录。")),
        "close": (operations.close_problem, "evidence", _("已销号。")),
        "sort": (operations.sort_problem, "", _("已归类。")),
        "reopen": (operations.reopen, "text", _("已重新打开。")),
    }
    if name not in acts:
        raise Http404
    operation, field, said = acts[name]
    given: dict[str, Any] = {field: text}
    if name == "sort":
        given = {
            "change": request.POST.get("change", ""), "programme": request.POST.get("programme", ""),
            "is_initiative": request.POST.get("initiative") == "on",
        }  # fmt: skip
    try:
        operation(**given, **told)
    except operations.ProblemNotFound:
        raise
    except Refusal as refused:
        return _problem(request, problem_id, refused)
    messages.success(request, said)
    return redirect("staff:journey_problem", problem_id)
