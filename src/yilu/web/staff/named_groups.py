"""特定人员预付: groups whose members may be paid in advance, put in force by two people, and their lists."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yilu.claims import queries
from yilu.claims.operations import naming
from yilu.kernel.errors import Invalid, NotFound, Refusal
from yilu.people import queries as people
from yilu.web.common.access import staff_only
from yilu.web.staff.asked import acting, actor_of, day_of, id_after, number_in
from yilu.web.staff.page import access_of, show

RIGHT, HERE = "claims.register", "named_groups"


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(right=RIGHT)
def listing(request: HttpRequest) -> HttpResponse:
    """All groups; a post proposes one."""
    refusal = None
    if request.method == "POST":
        try:
            made = naming.propose_named_group(
                title=request.POST.get("title", ""), words=request.POST.get("words", ""),
                until=_day(request), **acting(request),
            )  # fmt: skip
            messages.success(request, _("已提出，等另一位同事批准。"))
            return redirect("staff:named_group", made)
        except Refusal as refused:
            refusal = refused
    page = {
        "groups": queries.list_named_groups(), "refusal": refusal,
        "may_propose": access_of(request).may("claims.review"),
    }  # fmt: skip
    status = refusal.status if refusal else 200
    return show(request, "staff/named/list.html", page, here=HERE, status=status)


@require_safe
@staff_only(right=RIGHT)
def group(request: HttpRequest, group_id: int) -> HttpResponse:
    """One group, and those of the reader's offices on its list."""
    return _show(request, group_id)


def _show(request: HttpRequest, group_id: int, refusal: Refusal | None = None) -> HttpResponse:
    access, found = access_of(request), queries.get_named_group(group_id)
    rows, following = queries.persons_named(group_id, access.offices_for(RIGHT), id_after(request))
    page = {
        "group": found, "rows": rows, "following": following, "refusal": refusal,
        "may_decide": access.may("claims.review"), "mine": found.proposed_by == actor_of(request),
    }  # fmt: skip
    status = refusal.status if refusal else 200
    return show(request, "staff/named/group.html", page, here=HERE, status=status)


@require_POST
@staff_only(right=RIGHT)
def act(request: HttpRequest, group_id: int, name: str) -> HttpResponse:
    """One step: decide, end, add, remove."""
    if name not in _ACTS:
        raise Http404
    try:
        _ACTS[name](request, group_id)
    except NotFound:
        raise
    except Refusal as refused:
        return _show(request, group_id, refused)
    messages.success(request, _("已记录。"))
    return redirect("staff:named_group", group_id)


def _decide(request: HttpRequest, group_id: int) -> None:
    naming.decide_named_group(
        group_id=group_id, approve=request.POST.get("do") == "approve",
        reason=request.POST.get("reason", ""), **acting(request),
    )  # fmt: skip


def _end(request: HttpRequest, group_id: int) -> None:
    naming.end_named_group(
        group_id=group_id, reason=request.POST.get("reason", ""), **acting(request)
    )


def _add(request: HttpRequest, group_id: int) -> None:
    found = people.search_parties(
        access_of(request), request.POST.get("party", ""), today=timezone.localdate()
    )
    if len(found) != 1:
        raise Invalid(_("没有找到唯一的一位，请用完整的手机号或证件号码查找"))
    naming.name_person(
        group_id=group_id, party_id=found[0].id, paper=request.POST.get("paper", ""),
        until=_day(request), **acting(request),
    )  # fmt: skip


def _remove(request: HttpRequest, group_id: int) -> None:
    naming.unname_person(
        group_id=group_id, party_id=number_in(request, "person"), **acting(request)
    )


def _day(request: HttpRequest) -> date | None:
    text = request.POST.get("until", "").strip()
    return day_of(text) if text else None


_ACTS: dict[str, Callable[[HttpRequest, int], None]] = {
    "decide": _decide, "end": _end, "add": _add, "remove": _remove,
}  # fmt: skip

urls = [
    path("named-groups", listing, name="named_groups"),
    path("named-groups/<int:group_id>", group, name="named_group"),
    path("named-groups/<int:group_id>/<slug:name>", act, name="named_act"),
]
