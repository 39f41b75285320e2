"""热线流程: what the hotline says and does, version by version; written by one, checked seven times, approved by another."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yilu.contact import operations, queries
from yilu.journeys import queries as journeys
from yilu.kernel.errors import NotFound, Refusal
from yilu.kernel.refs import Ref
from yilu.web.common.access import staff_only
from yilu.web.common.errors import telling
from yilu.web.staff.asked import acting, actor_of, day_of, names
from yilu.web.staff.page import access_of, show

HERE = "hotline_flows"
KINDS = {
    "menu": gettext_noop("菜单"), "gather": gettext_noop("收号码"), "check": gettext_noop("核对身份"),
    "tell": gettext_noop("告知"), "note": gettext_noop("记下"), "say": gettext_noop("播报"),
    "language": gettext_noop("换语言"), "record": gettext_noop("留言"), "callback": gettext_noop("回电"),
    "person": gettext_noop("转人工"), "end": gettext_noop("结束"),
}  # fmt: skip
CHANGED = {
    "NEW": (gettext_noop("新增"), "good"), "OTHER": (gettext_noop("改动"), "warn"),
    "GONE": (gettext_noop("取消"), "bad"),
}  # fmt: skip


@require_GET
@staff_only(right="knowledge.view")
def listing(request: HttpRequest) -> HttpResponse:
    """Every version, the newest first, and which one calls follow today."""
    today = timezone.localdate()
    rows = queries.list_flows(today)
    page = {
        "rows": rows, "flow": queries.flow_on(today), "kinds": KINDS,
        "who": names(*(r.author for r in rows), *(r.approver for r in rows)),
        "may_write": access_of(request).may("contact.supervise"),
        "goes_back": any(r.now and not r.is_shipped for r in rows),
    }  # fmt: skip
    return show(request, "staff/contact/flows.html", page, here=HERE)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(right="contact.supervise")
def edit(request: HttpRequest) -> HttpResponse:
    """Write a version; every place where a caller could be lost is named."""
    today = timezone.localdate()
    rows = queries.list_flows(today)
    draft = next((r for r in rows if r.state == "DRAFT"), None)
    given, refusal = request.POST, None
    if request.method == "POST":
        since = given.get("since", "").strip()
        try:
            number = operations.draft_flow(
                text=given.get("text", ""), note=given.get("note", ""),
                since=day_of(since) if since else None, **acting(request),
            )  # fmt: skip
            messages.success(request, _("已保存草稿，系统检查已完成。请回答其余检查。"))
            return redirect("staff:hotline_flow", number)
        except Refusal as refused:
            refusal = refused
    text = queries.get_flow(draft.id, today).text if draft else queries.text_in_force(today)
    page = {
        "draft": draft, "refusal": refusal, "problems": getattr(refusal, "problems", ()), "today": today,
        "text": given.get("text", text), "note": given.get("note", draft.note if draft else ""),
        "since": given.get("since", f"{draft.since:%Y-%m-%d}" if draft else ""),
    }  # fmt: skip
    status = refusal.status if refusal else 200
    return show(request, "staff/contact/flow_edit.html", page, here=HERE, status=status)


@require_GET
@staff_only(right="knowledge.view")
def version(request: HttpRequest, version_id: int) -> HttpResponse:
    """One version: its places, what it changes, its seven checks."""
    return _version(request, version_id)


def _version(request: HttpRequest, version_id: int, refusal: Refusal | None = None) -> HttpResponse:
    today = timezone.localdate()
    view = queries.get_flow(version_id, today)
    checks = journeys.checks_of(Ref("flow_version", version_id), today)
    access = access_of(request)
    page: dict[str, Any] = {
        "view": view, "row": view.row, "refusal": refusal, "checks": checks, "kinds": KINDS,
        "changed": CHANGED, "ready": all(each.passed for each in checks),
        "new_words": sum(each.new_words for each in view.changes),
        "drafted": view.row.state == "DRAFT", "mine": view.row.author == actor_of(request),
        "may_write": access.may("contact.supervise"), "may_approve": access.may("knowledge.approve"),
        "may_withdraw": view.row.state == "DRAFT" or (view.row.state == "APPROVED" and view.row.since > today),
        "who": names(view.row.author, view.row.approver, *(each.by for each in checks)),
    }  # fmt: skip
    status = refusal.status if refusal else 200
    return show(request, "staff/contact/flow.html", page, here=HERE, status=status)


@require_POST
@staff_only(right="knowledge.view")
def act(request: HttpRequest, version_id: int, what: str) -> HttpResponse:
    """check, approve, withdraw."""
    told: dict[str, Any] = {"version_id": version_id, **acting(request)}
    try:
        if what == "check":
            given = request.POST
            operations.answer_flow_check(
                check=given.get("check", ""), passed=given.get("passed") == "yes",
                evidence=given.get("evidence", ""), **told,
            )  # fmt: skip
            messages.success(request, _("已记录。"))
        elif what == "approve":
            since = operations.approve_flow(**told)
            said = _("已批准：%(day)s零点起打进来的电话按这个流程走，通话中的不受影响。")
            messages.success(request, said % {"day": date_format(since, "DATE_FORMAT")})
        elif what == "withdraw":
            operations.withdraw_flow(**told)
            messages.success(request, _("已撤回这一版。"))
            return redirect("staff:hotline_flows")
        else:
            raise Http404
    except NotFound:
        raise
    except Refusal as refused:
        return _version(request, version_id, refused)
    return redirect("staff:hotline_flow", version_id)


@require_POST
@staff_only(right="contact.supervise")
def roll_back(request: HttpRequest) -> HttpResponse:
    """Put the flow before in force again."""
    with telling(request):
        operations.roll_back_flow(**acting(request))
        messages.success(request, _("已回退到上一版本：下一通打进来的电话就按它走。"))
    return redirect("staff:hotline_flows")
