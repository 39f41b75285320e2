"""An emergency's measures and who carries them out, reports from the scene, the printed report."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yilu.catastrophe import operations, queries
from yilu.kernel.errors import Refusal
from yilu.web.common.access import staff_only
from yilu.web.staff.asked import actor_of, moment_in, number_in
from yilu.web.staff.emergencies import event_page
from yilu.web.staff.page import access_of, show

RIGHT = "catastrophe.handle"


@require_POST
@staff_only(right=RIGHT)
def measure(request: HttpRequest, event_id: int, code: str) -> HttpResponse:
    """Give a measure to somebody, say that it works, or switch it on or off."""
    told: dict[str, Any] = {
        "event_id": event_id, "measure": code, "access": access_of(request),
        "actor": actor_of(request), "at": timezone.now(),
    }  # fmt: skip
    act = request.POST.get("act", "")
    try:
        if act == "assign":
            due_at = moment_in(request, "due_at") or timezone.now()
            operations.assign_measure(**told, owner_id=number_in(request, "owner"), due_at=due_at)
            messages.success(request, _("负责人和完成时间已记录。"))
        elif act == "done":
            operations.carry_out(**told, words=request.POST.get("words", ""))
            messages.success(request, _("已记录：措施落实。"))
        elif act in ("on", "off"):
            operations.switch_measure(**told, on=act == "on")
            messages.success(request, _("应急措施已更新，之后主动报案的案件按新的措施办理。"))
        else:
            raise operations.NotAMeasure
    except operations.NotAMeasure as refusal:
        return event_page(request, event_id, refusal)
    return redirect("staff:emergency", event_id)


@require_http_methods(["GET", "POST"])
@staff_only(right=RIGHT)
def on_site(request: HttpRequest, event_id: int) -> HttpResponse:
    """Report somebody from the scene, on the team's own phones."""
    access, refusal = access_of(request), None
    page = queries.event_page(event_id, access)
    if request.method == "POST":
        names = (
            "name",
            "condition",
            "sex",
            "born_on",
            "age",
            "identity",
            "phone",
            "place",
            "hospital",
        )
        seen = operations.Seen(**{name: request.POST.get(name, "")[:200] for name in names})
        try:
            list_id = operations.report_on_site(
                event_id=event_id, seen=seen, access=access, actor=actor_of(request),
                at=timezone.now(),
            )  # fmt: skip
            messages.success(request, _("已上报，正在查找客户；可以继续上报下一位。"))
            if request.POST.get("next") == "1":
                return redirect("staff:emergency_on_site", event_id)
            return redirect("staff:casualty_list", list_id)
        except (operations.BadEvent, operations.ListKnownAlready, operations.EventOver) as problem:
            refusal = problem
    return show(
        request,
        "staff/catastrophe/on_site.html",
        {
            "page": page, "conditions": queries.CONDITIONS, "refusal": refusal,
            "given": request.POST if request.method == "POST" else {},
        },
        here="emergencies",
        status=refusal.status if isinstance(refusal, Refusal) else 200,
    )  # fmt: skip


@require_POST
@staff_only(right=RIGHT)
def print_report(request: HttpRequest, event_id: int) -> HttpResponse:
    """Have the report printed as things stand."""
    operations.ask_report(
        event_id=event_id, access=access_of(request), actor=actor_of(request), at=timezone.now()
    )
    messages.success(request, _("正在生成 PDF 报告，几秒钟后即可下载。"))
    return redirect("staff:emergency_report", event_id)


@require_GET
@staff_only(right=RIGHT)
def report_file(request: HttpRequest, event_id: int) -> HttpResponse:
    """The printed report."""
    return HttpResponse(
        queries.report_of(event_id, access_of(request)),
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="emergency-{event_id}.pdf"'},
    )
