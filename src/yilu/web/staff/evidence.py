"""存证: how long the evidence log is, its newest checkpoint, and verifying the whole of it."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from yilu.journal import operations
from yilu.journal import queries as journal
from yilu.web.common.access import staff_only
from yilu.web.staff.asked import actor_of, names
from yilu.web.staff.page import show


@require_GET
@staff_only(right="system.operate")
def evidence(request: HttpRequest) -> HttpResponse:
    """The log's size, its checkpoint's text, and the runs that verified it."""
    runs = journal.list_verifications()
    return show(
        request,
        "staff/system/evidence.html",
        {
            "head": journal.find_checkpoint(),
            "key": journal.verifier_key(),
            "prefix": f"{settings.PUBLIC_URL}/evidence",
            **_runs(runs),
        },
        here="evidence",
    )


@require_POST
@staff_only(right="system.operate")
def verify(request: HttpRequest) -> HttpResponse:
    """Have the worker verify the whole log."""
    try:
        operations.request_verification(actor=actor_of(request), at=timezone.now())
    except operations.VerificationUnderWay as under_way:
        messages.info(request, _(under_way.message))
    return redirect("staff:evidence")


@require_GET
@staff_only(right="system.operate")
def progress(request: HttpRequest) -> HttpResponse:
    """How far the verification is: asked for by the page while one runs."""
    return render(request, "staff/system/runs.html", _runs(journal.list_verifications()))


def _runs(runs: list[journal.VerificationView]) -> dict[str, object]:
    recent = timezone.now() - operations.GIVEN_UP_AFTER
    return {
        "runs": runs,
        "who": names(*(run.requested_by for run in runs)),
        "under_way": any(r.finished_at is None and r.requested_at > recent for r in runs),
        "given_up": recent,
    }
