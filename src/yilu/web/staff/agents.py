"""代理人: who is appointed and who leaves, one by one or by a branch's list; the day of the exit counts."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yilu.kernel.errors import Invalid, Refusal
from yilu.people import operations
from yilu.people import queries as people
from yilu.people.queries import ADMINISTER
from yilu.web.common.access import staff_only
from yilu.web.common.errors import telling
from yilu.web.common.numbers import whole
from yilu.web.common.own_copy import XLSX
from yilu.web.staff.asked import actor_of, day_of, id_after, number_in
from yilu.web.staff.page import access_of, show

HERE = "agents"


@require_safe
@staff_only(right=ADMINISTER)
def listing(request: HttpRequest) -> HttpResponse:
    """The agents of the offices one administers, a page at a time."""
    access = access_of(request)
    office, left = whole(request.GET.get("office")), request.GET.get("left") == "1"
    text = request.GET.get("q", "")[:60]
    rows = people.agent_directory(
        access, text=text, office_id=office, left=left, after=id_after(request) or 0
    )
    page = {
        "rows": rows, "q": text, "office": office, "left": left,
        "offices": people.offices_with(access, ADMINISTER),
        "next": rows[-1].id if len(rows) == people.AGENT_PAGE else None,
    }  # fmt: skip
    return show(request, "staff/agents/list.html", page, here=HERE)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(right=ADMINISTER)
def appoint(request: HttpRequest) -> HttpResponse:
    """Appoint one agent."""
    refusal = None
    if request.method == "POST":
        try:
            agent_id = operations.appoint_agent(
                code=request.POST.get("code", ""), name=request.POST.get("name", ""),
                office_id=number_in(request, "office"), phone=request.POST.get("phone", ""),
                leads=request.POST.get("leads") == "1", **_firm(request), actor=actor_of(request),
                at=timezone.now(),
            )  # fmt: skip
            messages.success(request, _("已聘任，对方用手机号和验证码就能登录。"))
            return redirect("staff:agent", agent_id)
        except Refusal as refused:
            refusal = refused
    return show(
        request, "staff/agents/new.html",
        {
            "refusal": refusal, "offices": people.offices_with(access_of(request), ADMINISTER),
            "firm_kinds": people.FIRM_KINDS,
        },
        here=HERE, status=refusal.status if refusal else 200,
    )  # fmt: skip


@require_safe
@staff_only(right=ADMINISTER)
def agent(request: HttpRequest, agent_id: int) -> HttpResponse:
    """One agent, and how the appointment ends."""
    found = _found(request, agent_id)
    page = {
        "agent": found, "today": timezone.localdate(), "firm_kinds": people.FIRM_KINDS,
        "others": [
            each for each in people.agent_directory(
                access_of(request), office_id=found.office_id, limit=500
            ) if each.id != agent_id
        ],
    }  # fmt: skip
    return show(request, "staff/agents/agent.html", page, here=HERE)


@require_POST
@staff_only(right=ADMINISTER)
def place(request: HttpRequest, agent_id: int) -> HttpResponse:
    """For which intermediary the agent sells, or that it is for ourselves."""
    _found(request, agent_id)
    with telling(request):
        operations.place_agent(
            agent_id=agent_id, **_firm(request), actor=actor_of(request), at=timezone.now()
        )
        messages.success(request, _("已保存，以后开始的投保按这里的登记判断是否需要双录。"))
    return redirect("staff:agent", agent_id)


@require_POST
@staff_only(right=ADMINISTER)
def let_go(request: HttpRequest, agent_id: int) -> HttpResponse:
    """The agent left on a day: the customers go on with somebody, and are told."""
    _found(request, agent_id)
    with telling(request):
        moved = operations.let_agent_go(
            agent_id=agent_id, successor_id=whole(request.POST.get("successor")),
            left_on=day_of(request.POST.get("left_on", "")), actor=actor_of(request),
            at=timezone.now(),
        )  # fmt: skip
        messages.success(
            request,
            _("已办理离职，%(n)s 位客户已移交；有保单的客户一分钟内收到通知。") % {"n": moved},
        )
    return redirect("staff:agent", agent_id)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(right=ADMINISTER)
def take_in(request: HttpRequest) -> HttpResponse:
    """A branch's list of those who came, or of those who left: all of it or nothing."""
    refusal: Refusal | None = None
    if request.method == "POST":
        file = request.FILES.get("file")
        try:
            if file is None:
                raise Invalid(_("请选择文件"))
            taken = operations.take_in_agents(
                content=file.read(), actor=actor_of(request), at=timezone.now()
            )
            done: dict[str, Any] = {
                "came": taken.appointed, "left": taken.left, "moved": taken.customers,
            }  # fmt: skip
            messages.success(
                request,
                _("整份名单已办理：聘任 %(came)s 人，离职 %(left)s 人，移交客户 %(moved)s 位。")
                % done,
            )
            return redirect("staff:agents")
        except Refusal as refused:
            refusal = refused
    return show(
        request, "staff/agents/file.html",
        {
            "refusal": refusal, "problems": getattr(refusal, "problems", ()),
            "offices": people.offices_with(access_of(request), ADMINISTER),
        },
        here=HERE, status=refusal.status if refusal else 200,
    )  # fmt: skip


@require_safe
@staff_only(right=ADMINISTER)
def template(request: HttpRequest, kind: str) -> HttpResponse:
    """The empty list to fill in."""
    if kind not in ("appointed", "left"):
        raise Http404
    answer = HttpResponse(people.agent_list_template(kind), content_type=XLSX)
    answer.headers["Content-Disposition"] = f'attachment; filename="agents-{kind}.xlsx"'
    return answer


def _firm(request: HttpRequest) -> dict[str, str]:
    return {name: request.POST.get(name, "")[:200] for name in ("firm", "firm_kind")}


def _found(request: HttpRequest, agent_id: int) -> people.AppointmentRow:
    found = people.find_appointment(access_of(request), agent_id)
    if found is None:
        raise operations.AgentNotFound()
    return found
