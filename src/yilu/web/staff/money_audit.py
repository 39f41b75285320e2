"""金额稽核: the last recomputation of every claim's money, and what differs."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from yilu.audit import operations
from yilu.audit import queries as audit
from yilu.kernel.errors import Refusal
from yilu.kernel.refs import Ref
from yilu.web.common.access import staff_only
from yilu.web.staff.asked import actor_of, id_after, names
from yilu.web.staff.page import access_of, show

TONES = {"OPEN": "bad", "EXPLAINED": "info", "GONE": "good"}
STATES = {"OPEN": "待查明", "EXPLAINED": "已说明", "GONE": "已消除"}


@require_GET
@staff_only(right="audit.money")
def money(request: HttpRequest) -> HttpResponse:
    """The runs and the differences."""
    return _page(request)


@require_POST
@staff_only(right="audit.money")
def start(request: HttpRequest) -> HttpResponse:
    """Have everything recomputed now; the worker takes it on."""
    operations.start_money_audit(actor=actor_of(request), at=timezone.now())
    messages.success(request, _("金额稽核已开始，进度显示在本页。"))
    return redirect("staff:money_audit")


@require_GET
@staff_only(right="audit.money")
def progress(request: HttpRequest) -> HttpResponse:
    """How far the run is: asked for by the page while one runs."""
    return render(request, "staff/audit/runs.html", _runs(request))


@require_POST
@staff_only(right="audit.money")
def explain(request: HttpRequest, difference_id: int) -> HttpResponse:
    """Say why a figure differs."""
    try:
        operations.explain_difference(
            difference_id=difference_id, explanation=request.POST.get("explanation", ""),
            access=access_of(request), actor=actor_of(request), at=timezone.now(),
        )  # fmt: skip
    except Refusal as refusal:
        return _page(request, refusal)
    messages.success(request, _("差异已说明。"))
    return redirect("staff:money_audit")


def _runs(request: HttpRequest) -> dict[str, object]:
    runs = audit.list_runs(access_of(request))
    return {
        "runs": runs,
        "latest": runs[0] if runs else None,
        "under_way": bool(runs) and runs[0].finished_at is None,
        "who": {
            r.id: names(Ref.parse(r.started_by)).get(Ref.parse(r.started_by), "") for r in runs
        },
    }


def _page(request: HttpRequest, refusal: Refusal | None = None) -> HttpResponse:
    every = request.GET.get("all") == "1"
    rows = audit.list_differences(access_of(request), only_open=not every, after=id_after(request))
    page = {
        "rows": [{"row": r, "tone": TONES[r.state], "state": STATES[r.state]} for r in rows],
        "next": rows[-1].id if len(rows) == 50 else None,
        "all": every,
        "refusal": refusal,
        **_runs(request),
    }
    status = refusal.status if refusal else 200
    return show(request, "staff/audit/money.html", page, here="money_audit", status=status)
