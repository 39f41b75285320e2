"""数值标准: the numbers managers set, by room: what counts, what is to come, who let it into force and why."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_GET, require_POST

from yilu.kernel.days import day_of
from yilu.kernel.errors import Refusal
from yilu.standards import operations
from yilu.standards import queries as standards
from yilu.web.common.access import staff_only
from yilu.web.common.templatetags.yilu import full_day
from yilu.web.staff.asked import actor_of, names, number_in
from yilu.web.staff.asked import day_of as day_in
from yilu.web.staff.page import show

ROOMS = {
    "policies": gettext_noop("保单"), "servicing": gettext_noop("保全"), "claims": gettext_noop("理赔"),
    "direct_billing": gettext_noop("医疗直付"), "underwriting": gettext_noop("承保"), "renewals": gettext_noop("续期"),
    "complaints": gettext_noop("投诉"), "contact": gettext_noop("客户联络"), "retention": gettext_noop("录音录像保存"),
}  # fmt: skip
"""In the order of the page; a figure's room is the part of its code before the dot."""
ELSEWHERE = (
    ("servicing.self_service", gettext_noop("客户自己能借多少、付多少")),
    ("contact.services", gettext_noop("各等级客户的服务内容")),
    ("contact.tier", gettext_noop("客户等级怎么定")),
    ("claims.triage", gettext_noop("理赔分案：多少金额走哪条路")),
    ("claims.authority", gettext_noop("核赔权限")),
    ("claims.sampling", gettext_noop("自动赔付的事后复核比例")),
    ("claims.quality", gettext_noop("核赔质检的抽样比例")),
    ("claims.late_payment", gettext_noop("逾期赔付的利息")),
    ("claims.ex_gratia", gettext_noop("通融赔付权限")),
    ("care.quote_at_once", gettext_noop("人伤调解：多少金额可以当场报价")),
    ("care.scene_at_once", gettext_noop("重大事故：哪些立即派人到现场")),
    ("underwriting.authority", gettext_noop("核保权限")),
    ("messaging.quiet_hours", gettext_noop("免打扰时段")),
)
"""Numbers that stand in decision tables: the table, and what it says in plain words."""
PAGES = (
    ("staff:obligations", gettext_noop("答复和办理的时限")),
    ("staff:calendar", gettext_noop("工作日与工作时段")),
    ("staff:quality_books", gettext_noop("质检评分与抽样")),
    ("staff:programmes", gettext_noop("服务项目")),
)
"""Numbers that stand on pages of their own."""


@require_GET
@staff_only(right="standards.edit")
def listing(request: HttpRequest) -> HttpResponse:
    """Every figure by room, and where the other numbers are edited."""
    every = standards.list_figures(timezone.now())
    groups = [
        (room, _(label), [each for each in every if each.definition.room == room])
        for room, label in ROOMS.items()
    ]
    page = {
        "groups": groups, "waiting": [each for each in every if each.draft],
        "who": names(*(v.publisher for each in every for v in each.versions if v.standing == "NOW")),
        "tables": [(reverse("staff:table", args=[code]), _(label)) for code, label in ELSEWHERE],
        "pages": [(reverse(name), _(label)) for name, label in PAGES],
    }  # fmt: skip
    return show(request, "staff/figures/list.html", page, here="figures")


@require_GET
@staff_only(right="standards.edit")
def figure(request: HttpRequest, code: str) -> HttpResponse:
    """One figure: its bounds, its history, a proposal."""
    return _page(request, code)


@require_POST
@staff_only(right="standards.edit")
def draft(request: HttpRequest, code: str) -> HttpResponse:
    """Propose a value, or change the proposal."""
    given = request.POST
    try:
        operations.draft_figure(
            code=code, value=given.get("value", ""), reason=given.get("reason", ""),
            effective_from=day_in(given.get("effective_from", "")),
            revision=number_in(request, "revision"), actor=actor_of(request), at=timezone.now(),
        )  # fmt: skip
    except Refusal as refusal:
        return _page(request, code, refusal)
    messages.success(request, _("草稿已保存，请另一位有权限的同事复核并发布。"))
    return redirect("staff:figure", code)


@require_POST
@staff_only(right="standards.edit")
def publish(request: HttpRequest, code: str) -> HttpResponse:
    """Let the proposal count from its day: another person than its author."""
    try:
        starts = operations.publish_figure(
            code=code, revision=number_in(request, "revision"), actor=actor_of(request),
            at=timezone.now(),
        )  # fmt: skip
    except Refusal as refusal:
        return _page(request, code, refusal)
    messages.success(request, _("已发布，%(day)s起生效。") % {"day": full_day(starts)})
    return redirect("staff:figure", code)


@require_POST
@staff_only(right="standards.edit")
def discard(request: HttpRequest, code: str) -> HttpResponse:
    """Give the proposal up."""
    try:
        operations.discard_figure_draft(
            code=code, revision=number_in(request, "revision"), actor=actor_of(request),
            at=timezone.now(),
        )  # fmt: skip
    except Refusal as refusal:
        return _page(request, code, refusal)
    messages.success(request, _("草稿已放弃。"))
    return redirect("staff:figure", code)


def _page(request: HttpRequest, code: str, refusal: Refusal | None = None) -> HttpResponse:
    found = standards.get_figure(code, timezone.now())
    tomorrow = day_of(timezone.now()) + timedelta(days=1)
    waiting = found.draft
    page = {
        "figure": found, "refusal": refusal, "room": _(ROOMS[found.definition.room]),
        "tomorrow": tomorrow.isoformat(),
        "who": names(*(ref for v in found.versions for ref in (v.author, v.publisher))),
        "is_author": waiting is not None and waiting.author == actor_of(request),
        "form": _form(request, waiting, tomorrow, refusal),
    }  # fmt: skip
    status = refusal.status if refusal else 200
    return show(request, "staff/figures/figure.html", page, here="figures", status=status)


def _form(
    request: HttpRequest,
    waiting: standards.FigureVersionView | None,
    tomorrow: date,
    refusal: Refusal | None,
) -> dict[str, Any]:
    """What the form shows: after a refusal what was typed, else the proposal."""
    if refusal and "value" in request.POST:
        return {name: request.POST.get(name, "") for name in ("value", "effective_from", "reason")}
    if waiting is None:
        return {"value": "", "effective_from": tomorrow.isoformat(), "reason": ""}
    return {
        "value": waiting.value, "reason": waiting.note,
        "effective_from": waiting.effective_from.isoformat(),
    }  # fmt: skip
