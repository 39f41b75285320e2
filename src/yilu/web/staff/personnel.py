"""员工与角色: who works here, what each may do and where; people come, change and go."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import segno
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as _n
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yilu.journal import queries as journal
from yilu.kernel.errors import Refusal
from yilu.kernel.refs import Ref
from yilu.people import operations
from yilu.people import queries as people
from yilu.people.queries import ADMINISTER, StaffFile
from yilu.web.common.access import staff_only
from yilu.web.common.errors import telling
from yilu.web.common.numbers import whole
from yilu.web.staff.asked import actor_of, id_after, money_of, names, number_in
from yilu.web.staff.asked import day_of as day_in
from yilu.web.staff.page import access_of, show
from yilu.work import queries as work

LEVELS = (("BRANCH", _n("分公司")), ("SUB_BRANCH", _n("中心支公司")))
SHOWN_EVENTS = 30
WHY: Mapping[str, str] = {
    **people.GIVE_WHY, **people.END_WHY, **people.ENDED_BY_ITSELF, **people.LEAVE_WHY,
    **people.KEY_WHY,
}  # fmt: skip


@require_safe
@staff_only(right=ADMINISTER)
def listing(request: HttpRequest) -> HttpResponse:
    """The staff of the offices one administers, by office, name or user name, a page at a time."""
    access = access_of(request)
    office, left = whole(request.GET.get("office")), request.GET.get("left") == "1"
    text = request.GET.get("q", "")[:60]
    rows = people.staff_directory(
        access, text=text, office_id=office, left=left, after=id_after(request) or 0
    )
    page = {
        "rows": rows, "q": text, "office": office, "left": left,
        "offices": people.offices_with(access, ADMINISTER),
        "next": rows[-1].id if len(rows) == people.STAFF_PAGE else None,
        "proposals": people.role_proposals(access),
    }  # fmt: skip
    return show(request, "staff/personnel/list.html", page, here="personnel")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(right=ADMINISTER)
def take_on(request: HttpRequest) -> HttpResponse:
    """Take somebody on; what they need for their first sign-in is shown once."""
    access, refusal = access_of(request), None
    if request.method == "POST":
        try:
            told: dict[str, Any] = {"actor": actor_of(request), "at": timezone.now()}
            staff_id = operations.hire_staff(
                username=request.POST.get("username", ""), name=request.POST.get("name", ""),
                phone=request.POST.get("phone", "").strip(), office_id=number_in(request, "office"),
                **told,
            )  # fmt: skip
            password = operations.reset_password(staff_id=staff_id, reason="NEW", **told)
            totp = operations.set_up_totp(staff_id=staff_id, reason="NEW", **told)
            return _shown_once(request, staff_id, password=password, totp=totp)
        except Refusal as refused:
            refusal = refused
    return show(
        request, "staff/personnel/new.html", {"refusal": refusal, "offices": people.offices_with(access, ADMINISTER)},
        here="personnel", status=refusal.status if refusal else 200,
    )  # fmt: skip


@require_safe
@staff_only(right=ADMINISTER)
def person(request: HttpRequest, staff_id: int) -> HttpResponse:
    """One member of staff: roles now, later and before; what may be done; what was done, by whom and why."""
    found, access, now = _found(request, staff_id), access_of(request), timezone.now()
    events = journal.timeline(Ref("staff", staff_id), SHOWN_EVENTS)
    named = names(*{event.actor for event in events})
    page = {
        "person": found, "oneself": staff_id == access.staff_id, "today": timezone.localdate(now),
        "held": work.own_count(staff_id), "offices": people.offices_with(access, ADMINISTER),
        "roles": [
            (role, people.ROLE_LABELS[role], people.STANDARD_LIMITS.get(role))
            for role in people.giveable_roles(access, found.office_id)
        ],
        "colleagues": [
            each for each in people.staff_directory(access, office_id=found.office_id, limit=200)
            if each.id != staff_id
        ],
        "proposals": [
            (each, people.GIVE_WHY[each.reason], each.asked_by == access.staff_id)
            for each in people.role_proposals(access, staff_id)
        ],
        "give_why": people.GIVE_WHY, "end_why": people.END_WHY, "leave_why": people.LEAVE_WHY,
        "key_why": people.KEY_WHY,
        "happened": [_line(event, named.get(event.actor, "")) for event in events],
    }  # fmt: skip
    return show(request, "staff/personnel/person.html", page, here="personnel")


@never_cache
@require_POST
@staff_only(right=ADMINISTER)
def act(request: HttpRequest, staff_id: int, name: str) -> HttpResponse:
    """Do one thing to one member of staff; keys given are shown once, on the page that answers."""
    _found(request, staff_id)
    if name not in _ACTS:
        raise Http404
    told = {"staff_id": staff_id, "actor": actor_of(request), "at": timezone.now()}
    with telling(request):
        shown = _ACTS[name](request, told)
        if shown is not None:
            return shown
    return redirect("staff:personnel_one", staff_id)


def _give(request: HttpRequest, told: dict[str, Any]) -> None:
    amount, role = request.POST.get("amount", "").strip(), request.POST.get("role", "")
    limit = money_of(amount) if amount else None
    asked: dict[str, Any] = {
        "role": role, "office_id": number_in(request, "office"), "amount_limit": limit,
        "valid_from": _day(request, "valid_from"), "valid_to": _day(request, "valid_to"),
        "reason": request.POST.get("reason", ""),
    }  # fmt: skip
    if limit is not None and people.needs_a_second(role, limit):
        operations.propose_role(
            asked=operations.Asked(staff_id=told.pop("staff_id"), **asked), **told
        )
        messages.success(request, _("金额超过这个角色的标准权限，已提出；另一位管理员同意后生效。"))
    else:
        operations.grant_role(**asked, **told)
        messages.success(request, _("角色已授予，从生效日起对方下一次打开页面就能用。"))


def _agree(request: HttpRequest, told: dict[str, Any]) -> None:
    operations.agree_to_role(
        proposal_id=number_in(request, "proposal"), actor=told["actor"], at=told["at"]
    )
    messages.success(request, _("已同意，角色从生效日起有效。"))


def _decline(request: HttpRequest, told: dict[str, Any]) -> None:
    operations.decline_role(
        proposal_id=number_in(request, "proposal"), actor=told["actor"], at=told["at"]
    )
    messages.success(request, _("这项授权没有生效。"))


def _end(request: HttpRequest, told: dict[str, Any]) -> None:
    operations.end_role(
        role=request.POST.get("role", ""), office_id=number_in(request, "office"),
        reason=request.POST.get("reason", ""), **told,
    )  # fmt: skip
    messages.success(request, _("角色已收回，马上失效；不能再办的待办一分钟内回到队列。"))


def _leave(request: HttpRequest, told: dict[str, Any]) -> None:
    operations.let_staff_go(
        successor_id=whole(request.POST.get("successor")), reason=request.POST.get("reason", ""),
        **told,
    )  # fmt: skip
    messages.success(request, _("已办理离职：不能再登录，手上的待办一分钟内移交或回到队列。"))


def _password(request: HttpRequest, told: dict[str, Any]) -> HttpResponse:
    password = operations.reset_password(reason=request.POST.get("reason", ""), **told)
    return _shown_once(request, told["staff_id"], password=password)


def _totp(request: HttpRequest, told: dict[str, Any]) -> HttpResponse:
    if told["actor"] == Ref("staff", told["staff_id"]):
        raise operations.NotForOneself(_("自己的动态口令请由另一位管理员重新设置"))
    totp = operations.set_up_totp(reason=request.POST.get("reason", ""), **told)
    return _shown_once(request, told["staff_id"], totp=totp)


def _unlock(request: HttpRequest, told: dict[str, Any]) -> None:
    operations.unlock_sign_in(**told)
    messages.success(request, _("可以马上再次登录。"))


_ACTS: Mapping[str, Callable[[HttpRequest, dict[str, Any]], HttpResponse | None]] = {
    "role": _give, "end-role": _end, "leave": _leave, "password": _password, "totp": _totp,
    "unlock": _unlock, "agree": _agree, "decline": _decline,
}  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(right=ADMINISTER)
def offices(request: HttpRequest) -> HttpResponse:
    """The offices one administers, as a tree; a new one below one of them."""
    access, refusal = access_of(request), None
    if request.method == "POST":
        try:
            operations.open_office(
                code=request.POST.get("code", ""), name=request.POST.get("name", ""),
                level=request.POST.get("level", ""), parent_id=number_in(request, "parent"),
                actor=actor_of(request), at=timezone.now(),
            )  # fmt: skip
            messages.success(request, _("机构已设立，现在可以在那里录入员工。"))
            return redirect("staff:personnel_offices")
        except Refusal as refused:
            refusal = refused
    page = {
        "refusal": refusal,
        "offices": people.offices_with(access, ADMINISTER),
        "levels": LEVELS,
    }
    return show(
        request, "staff/personnel/offices.html", page, here="personnel",
        status=refusal.status if refusal else 200,
    )  # fmt: skip


def _found(request: HttpRequest, staff_id: int) -> StaffFile:
    found = people.staff_file(access_of(request), staff_id, at=timezone.now())
    if found is None:
        raise operations.StaffNotFound()
    return found


def _day(request: HttpRequest, name: str) -> date | None:
    text = request.POST.get(name, "").strip()
    return day_in(text) if text else None


def _shown_once(
    request: HttpRequest,
    staff_id: int,
    *,
    password: str = "",
    totp: operations.TotpSetUp | None = None,
) -> HttpResponse:
    """The keys somebody was given: on this answer and never again."""
    page: dict[str, Any] = {"person": _found(request, staff_id), "password": password, "totp": totp}
    if totp is not None:
        # Of our own making and made of numbers only: safe as it is.
        page["picture"] = mark_safe(segno.make(totp.uri, error="m").svg_inline(scale=4, border=2))  # noqa: S308
    return show(request, "staff/personnel/shown_once.html", page, here="personnel")


def _line(event: journal.EventRow, who: str) -> dict[str, Any]:
    facts, detail = event.facts, []
    if role := facts.get("role"):
        detail.append(_(people.ROLE_LABELS.get(role, role)))
    if Decimal(facts.get("amount_limit") or 0):
        detail.append(f"¥{Decimal(facts['amount_limit']):,.2f}")
    if facts.get("reason") in WHY:
        detail.append(_(WHY[facts["reason"]]))
    at: datetime = event.at
    return {"label": event.label, "detail": " · ".join(detail), "at": at, "who": who}
