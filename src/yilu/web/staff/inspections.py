"""服务质检: what waits to be scored, one's own results, an objection and its answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from yilu.kernel.errors import NotFound, Refusal
from yilu.kernel.refs import Ref
from yilu.obligations import queries as obligations
from yilu.people import queries as people
from yilu.quality import operations
from yilu.quality.queries import inspections as queries
from yilu.quality.queries import recoveries
from yilu.web.common.access import staff_only
from yilu.web.common.numbers import whole
from yilu.web.staff.asked import actor_of, names, names_said
from yilu.web.staff.inspections_seen import seen
from yilu.web.staff.page import access_of, show

HERE = "inspections"


@require_GET
@staff_only()
def listing(request: HttpRequest) -> HttpResponse:
    """``?show=waiting`` to be scored, ``appeals``, ``all`` scored; everybody: ``mine``."""
    access = access_of(request)
    inspects, looks = access.may("quality.inspect"), access.may("quality.view")
    tabs = [
        (code, label)
        for code, label, may in (
            ("waiting", _("待质检"), inspects), ("appeals", _("申诉复核"), inspects),
            ("all", _("全部结果"), looks), ("mine", _("我的结果"), True),
        )
        if may
    ]  # fmt: skip
    tab = request.GET.get("show", "")
    tab = tab if tab in dict(tabs) else tabs[0][0]
    before = whole(request.GET.get("before"))
    if tab == "mine":
        rows = queries.my_results(access.staff_id)
    elif tab == "all":
        what, staff_id = request.GET.get("what", ""), whole(request.GET.get("staff"))
        rows = queries.list_inspections(access, what=what, staff_id=staff_id, before=before)
    else:
        state = "WAITING" if tab == "waiting" else "APPEALED"
        rows = queries.to_inspect(access, state=state)
    who = names(*{Ref("staff", row.staff_id) for row in rows})
    page = {
        "rows": rows, "tabs": tabs, "tab": tab, "kinds": queries.WHAT,
        "what": request.GET.get("what", ""), "looks": looks, "full": len(rows) == queries.SHOWN,
        "who": {ref.id: name for ref, name in who.items()},
        "offices": {each.id: each.name for each in people.list_offices()},
    }  # fmt: skip
    return show(request, "staff/inspections/list.html", page, here=HERE)


@require_GET
@staff_only()
def inspection(request: HttpRequest, inspection_id: int) -> HttpResponse:
    """The form beside what it is about; for the inspected person the result."""
    return _page(request, inspection_id)


@require_POST
@staff_only()
def act(request: HttpRequest, inspection_id: int, name: str) -> HttpResponse:
    """Score, void, accept, object, answer an objection; what it needs says the operation."""
    if name not in _ACTS:
        raise Http404
    queries.get_inspection(inspection_id, access_of(request), timezone.now())
    try:
        _ACTS[name](request, inspection_id)
    except NotFound:
        raise
    except Refusal as refused:
        return _page(request, inspection_id, refused)
    return redirect("staff:inspection", inspection_id)


def _page(request: HttpRequest, inspection_id: int, refusal: Refusal | None = None) -> HttpResponse:
    access, now = access_of(request), timezone.now()
    view = queries.get_inspection(inspection_id, access, now)
    given = _read(request) if refusal else view.answers
    fills = view.may_score or view.may_answer
    page = {
        "view": view, "seen": seen(view.row.about, access, now), "refusal": refusal,
        "given": given, "posted": request.POST, "fills": fills,
        "clocks": obligations.list_clocks(Ref("inspection", inspection_id), now),
        "who": _who(view), "recovery": recoveries.recovery_of(Ref("inspection", inspection_id)),
        "owners": queries.recovery_owners(view.row.office_id, view.row.staff_id)
        if access.may("quality.inspect", view.row.office_id) and view.row.state != "WAITING" else (),
        "late": view.row.appeal_until is not None and now > view.row.appeal_until,
        "office": people.get_office(view.row.office_id).name,
    }  # fmt: skip
    status = refusal.status if refusal else 200
    return show(request, "staff/inspections/inspection.html", page, here=HERE, status=status)


def _who(view: queries.InspectionView) -> dict[str, str]:
    return names_said(f"staff:{view.row.staff_id}", view.inspector, view.second)


def _told(request: HttpRequest, inspection_id: int) -> dict[str, Any]:
    return {
        "inspection_id": inspection_id, "access": access_of(request), "actor": actor_of(request),
        "at": timezone.now(),
    }  # fmt: skip


def _read(request: HttpRequest) -> dict[str, queries.Answer]:
    """The form as it was filled in: points or ``na``, a comment, where it is seen."""
    post = request.POST
    found: dict[str, queries.Answer] = {}
    for key in post:
        if not key.startswith("item:"):
            continue
        code, given = key.removeprefix("item:"), post.get(key, "")
        points = None if given == "na" else whole(given)
        if points is None and given != "na":
            continue  # left out: the operation says which item lacks
        found[code] = queries.Answer(
            points, post.get(f"comment:{code}", "").strip(), post.get(f"seen:{code}", "").strip()
        )
    return found


def _score(request: HttpRequest, inspection_id: int) -> None:
    score = operations.score(answers=_read(request), **_told(request, inspection_id))
    messages.success(request, _("已评 %(n)s 分，结果已发给被质检人。") % {"n": score})


def _void(request: HttpRequest, inspection_id: int) -> None:
    operations.void(reason=request.POST.get("reason", ""), **_told(request, inspection_id))
    messages.success(request, _("已作废。"))


def _accept(request: HttpRequest, inspection_id: int) -> None:
    operations.accept_result(**_told(request, inspection_id))
    messages.success(request, _("已确认。"))


def _appeal(request: HttpRequest, inspection_id: int) -> None:
    operations.appeal(reason=request.POST.get("reason", ""), **_told(request, inspection_id))
    messages.success(request, _("申诉已提交，由另一位质检人员在三个工作日内复核。"))


def _uphold(request: HttpRequest, inspection_id: int) -> None:
    operations.decide_appeal(
        answers=None, reason=request.POST.get("reason", ""), **_told(request, inspection_id)
    )
    messages.success(request, _("已维持原评分并定稿。"))


def _change(request: HttpRequest, inspection_id: int) -> None:
    operations.decide_appeal(
        answers=_read(request), reason=request.POST.get("reason", ""),
        **_told(request, inspection_id),
    )  # fmt: skip
    messages.success(request, _("已改变评分并定稿。"))


_ACTS: dict[str, Callable[[HttpRequest, int], None]] = {
    "score": _score, "void": _void, "accept": _accept, "appeal": _appeal, "uphold": _uphold,
    "change": _change,
}  # fmt: skip
