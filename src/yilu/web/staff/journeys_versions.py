"""Declared journeys: versions, the seven checks before they go live, and the editable standards."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yilu.journeys import operations, queries
from yilu.kernel.errors import Refusal
from yilu.web.common.access import staff_only
from yilu.web.common.errors import tell_refused
from yilu.web.common.numbers import whole
from yilu.web.staff.asked import actor_of, names
from yilu.web.staff.asked import day_of as day_in
from yilu.web.staff.page import access_of, show

RIGHT = "journeys.manage"


@require_GET
@staff_only(right=RIGHT)
def listing(request: HttpRequest) -> HttpResponse:
    """Every journey with its version in force and its draft."""
    page = {"journeys": queries.list_journeys()}
    return show(request, "staff/journeys/versions.html", page, here="journey_versions")


@require_GET
@staff_only(right=RIGHT)
def versions(request: HttpRequest, code: str) -> HttpResponse:
    """The versions of one journey, newest first."""
    rows = queries.list_versions(code)
    page = {
        "rows": rows, "code": code, "who": names(*(r.author for r in rows), *(r.publisher for r in rows)),
    }  # fmt: skip
    return show(request, "staff/journeys/journey_versions.html", page, here="journey_versions")


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(right=RIGHT)
def edit(request: HttpRequest, code: str) -> HttpResponse:
    """Write a new version; what does not hold together is named by line."""
    rows = queries.list_versions(code)
    base = next((r for r in rows if r.state == "DRAFT"), None) or rows[0]
    text = request.POST.get("text") or queries.get_version(base.id, timezone.localdate()).text
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            version_id = operations.draft_version(
                code=code, text=text, note=request.POST.get("note", ""),
                access=access_of(request), actor=actor_of(request), at=timezone.now(),
            )  # fmt: skip
            messages.success(request, _("已保存草稿，系统检查已完成。请回答其余检查。"))
            return redirect("staff:journey_version", version_id)
        except Refusal as refused:
            refusal = refused
    page = {
        "code": code, "text": text, "note": request.POST.get("note", base.note), "refusal": refusal,
        "mistakes": getattr(refusal, "mistakes", ()),
    }  # fmt: skip
    status = refusal.status if refusal else 200
    return show(
        request, "staff/journeys/version_edit.html", page, here="journey_versions", status=status
    )


@require_GET
@staff_only(right=RIGHT)
def version(request: HttpRequest, version_id: int) -> HttpResponse:
    """One version with its steps and its seven checks."""
    return _version(request, version_id)


def _version(request: HttpRequest, version_id: int, refusal: Refusal | None = None) -> HttpResponse:
    seen = queries.get_version(version_id, timezone.localdate())
    refs = [seen.row.author, seen.row.publisher, *(check.by for check in seen.checks)]
    page: dict[str, Any] = {
        "seen": seen, "row": seen.row, "refusal": refusal, "who": names(*refs),
        "steps": [(s, seen.journey.names_after(s)) for s in seen.journey.steps] if seen.journey else [],
        "touchpoints": queries.TOUCHPOINTS, "mine": seen.row.author == actor_of(request), "drafted": seen.row.state == "DRAFT",
    }  # fmt: skip
    status = refusal.status if refusal else 200
    return show(
        request, "staff/journeys/version.html", page, here="journey_versions", status=status
    )


@require_POST
@staff_only(right=RIGHT)
def act(request: HttpRequest, version_id: int, name: str) -> HttpResponse:
    """check, on: answer one of the seven, or go live."""
    told: dict[str, Any] = {
        "version_id": version_id, "access": access_of(request), "actor": actor_of(request),
        "at": timezone.now(),
    }  # fmt: skip
    try:
        if name == "check":
            operations.answer_check(
                **told, check=request.POST.get("check", ""),
                passed=request.POST.get("passed") == "yes",
                evidence=request.POST.get("evidence", ""),
            )  # fmt: skip
            said = _("已记录。")
        elif name == "on":
            operations.switch_on(**told)
            said = _("已上线。新的业务按这个版本走，在办的不受影响。")
        else:
            raise Http404
    except operations.VersionNotFound:
        raise
    except Refusal as refused:
        return _version(request, version_id, refused)
    messages.success(request, said)
    return redirect("staff:journey_version", version_id)


@require_POST
@staff_only(right=RIGHT)
def roll_back(request: HttpRequest, code: str) -> HttpResponse:
    """Put the version before in force again."""
    try:
        operations.roll_back(
            code=code, access=access_of(request), actor=actor_of(request), at=timezone.now()
        )
        messages.success(request, _("已回退到上一版本。"))
    except operations.NothingToRollBackTo as refused:
        tell_refused(request, refused)
    return redirect("staff:journey_versions_of", code)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(right="journeys.view")
def standards(request: HttpRequest) -> HttpResponse:
    """三防三管、七必查、九应接: what they say here, marked as ours until the insurer words them."""
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            messages.success(request, _settle_wording(request))
            return redirect("staff:journey_standards")
        except (operations.EvidenceNeeded, operations.SameHands, operations.NotADraft) as refused:
            refusal = refused
    today = timezone.localdate()
    catalogues = tuple(
        (code, title, queries.list_standards(code, today))
        for code, title in (
            ("three", _("三防三管")), ("seven", _("七必查：上线前检查")),
            ("nine", _("九应接：主动接续标准")),
        )
    )  # fmt: skip
    people = {
        ref for _code, _title, rows in catalogues for row in rows for each in row.wordings
        for ref in (each.author, each.approver) if ref
    }  # fmt: skip
    page = {
        "catalogues": catalogues, "refusal": refusal, "manages": access_of(request).may(RIGHT),
        "tables": access_of(request).may("standards.edit"), "today": today,
        "posted": request.POST, "me": actor_of(request), "who": names(*people),
    }  # fmt: skip
    status = refusal.status if refusal else 200
    return show(
        request, "staff/journeys/standards.html", page, here="journey_standards", status=status
    )


def _settle_wording(request: HttpRequest) -> str:
    """Propose, approve or take back a wording; what to say then."""
    told: dict[str, Any] = {
        "access": access_of(request), "actor": actor_of(request), "at": timezone.now(),
    }  # fmt: skip
    act, number = request.POST.get("act", ""), whole(request.POST.get("id")) or 0
    if act == "approve":
        operations.approve_wording(wording_id=number, **told)
        return _("已批准，从生效日起按这一版显示和检查。")
    if act == "discard":
        operations.discard_wording(wording_id=number, **told)
        return _("已撤回这一版。")
    since = request.POST.get("since", "").strip()
    operations.word_standard(
        text_id=number, title=request.POST.get("title", ""), text=request.POST.get("text", ""),
        since=day_in(since) if since else None, **told,
    )  # fmt: skip
    return _("已提交，另一位同事批准后从生效日起生效。")
