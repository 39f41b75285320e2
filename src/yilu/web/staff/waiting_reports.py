"""待同意报案: reports kept until the customer agrees; who calls, takes a signed sheet, decides or ends it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from yilu.claims import operations as claims
from yilu.claims import queries
from yilu.kernel.errors import NotFound, Refusal
from yilu.kernel.refs import Ref
from yilu.obligations import queries as obligations
from yilu.people import queries as people
from yilu.web.common.access import staff_only
from yilu.web.common.applying import BYTES_MAX
from yilu.web.staff.asked import acting, actor_of, day_of, id_after
from yilu.web.staff.page import access_of, show

RIGHT, HERE = "claims.register", "waiting_reports"


@require_safe
@staff_only(right=RIGHT)
def listing(request: HttpRequest) -> HttpResponse:
    """Those of one state in the reader's offices, the newest first."""
    states = dict(queries.WAITING_STATES)
    state = request.GET.get("state", "WAITING")
    state = state if state in states else "WAITING"
    rows, following = queries.list_waiting_reports(access_of(request), state, id_after(request))
    page = {"rows": rows, "following": following, "states": states.items(), "state": state}
    return show(request, "staff/waiting/list.html", page, here=HERE)


@require_safe
@staff_only(right=RIGHT)
def report(request: HttpRequest, waiting_id: int) -> HttpResponse:
    """One: who reported what, whose word is missing, who spoke with them, and what can be done."""
    return _show(request, waiting_id)


def _show(request: HttpRequest, waiting_id: int, refusal: Refusal | None = None) -> HttpResponse:
    access = access_of(request)
    found = queries.waiting_report_for_staff(waiting_id, access)
    page = {
        "found": found, "refusal": refusal, "calls": claims.CALLS.items(),
        "mine": found.reported_by == actor_of(request), "text": people.consent_text("HEALTH_DATA"),
        "may_find_unable": access.may("claims.review", found.office_id),
        "clocks": obligations.list_clocks(Ref("waiting_report", waiting_id), timezone.now()),
    }  # fmt: skip
    status = refusal.status if refusal else 200
    return show(request, "staff/waiting/report.html", page, here=HERE, status=status)


@require_safe
@staff_only(right=RIGHT)
def sheet(request: HttpRequest, waiting_id: int) -> HttpResponse:
    """The consent to print and sign at the counter or at the customer's home."""
    found = queries.waiting_report_for_staff(waiting_id, access_of(request))
    page = {"found": found, "text": people.consent_text("HEALTH_DATA")}
    return show(request, "staff/waiting/sheet.html", page, here=HERE)


@require_POST
@staff_only(right=RIGHT)
def act(request: HttpRequest, waiting_id: int, name: str) -> HttpResponse:
    """One step: call, link, paper, unable, end, take-back."""
    if name not in _ACTS:
        raise Http404
    try:
        claim_id = _ACTS[name](request, waiting_id)
    except NotFound:
        raise
    except Refusal as refused:
        return _show(request, waiting_id, refused)
    if claim_id is not None:
        return redirect("staff:claim", claim_id)
    return redirect("staff:waiting_report", waiting_id)


def _call(request: HttpRequest, waiting_id: int) -> None:
    again = request.POST.get("again_on", "").strip()
    claims.call_about_report(
        waiting_id=waiting_id, how=request.POST.get("how", ""),
        words=request.POST.get("words", ""), again_on=day_of(again) if again else None,
        **acting(request),
    )  # fmt: skip
    messages.success(request, _("已记录。"))


def _link(request: HttpRequest, waiting_id: int) -> None:
    claims.send_consent_link_again(waiting_id=waiting_id, **acting(request))
    messages.success(request, _("链接已再次发给客户。"))


def _paper(request: HttpRequest, waiting_id: int) -> int:
    file = request.FILES.get("file")
    claim_id = claims.take_paper_consent(
        waiting_id=waiting_id, text_version=request.POST.get("version", ""),
        filename=(file.name or "") if file else "", content=file.read(BYTES_MAX + 1) if file else b"",
        **acting(request),
    )  # fmt: skip
    messages.success(request, _("已按签字的同意书转为正式报案，收到日按首次报案日计。"))
    return claim_id


def _unable(request: HttpRequest, waiting_id: int) -> int:
    claim_id = claims.file_without_consent(
        waiting_id=waiting_id, reason=request.POST.get("reason", ""), **acting(request)
    )
    messages.success(request, _("已转为正式报案，只由人工办理；请尽快取得监护人或本人的同意。"))
    return claim_id


def _end(request: HttpRequest, waiting_id: int) -> None:
    claims.end_waiting_report(
        waiting_id=waiting_id, reason=request.POST.get("reason", ""), **acting(request)
    )
    messages.success(request, _("已结束，已告知客户可以随时重新报案。"))


def _take_back(request: HttpRequest, waiting_id: int) -> None:
    claims.take_report_back(
        waiting_id=waiting_id, reason=request.POST.get("reason", ""), actor=actor_of(request),
        at=timezone.now(),
    )  # fmt: skip
    messages.success(request, _("已撤回，没有转为报案。"))


_ACTS: dict[str, Callable[[HttpRequest, int], Any]] = {
    "call": _call, "link": _link, "paper": _paper, "unable": _unable, "end": _end,
    "take-back": _take_back,
}  # fmt: skip

urls = [
    path("waiting-reports", listing, name="waiting_reports"),
    path("waiting-reports/<int:waiting_id>", report, name="waiting_report"),
    path("waiting-reports/<int:waiting_id>/sheet", sheet, name="waiting_sheet"),
    path("waiting-reports/<int:waiting_id>/<slug:name>", act, name="waiting_act"),
]
