"""改进、调查规则、评价维度、情感标注、第三方调查、部门月报."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yilu.kernel.errors import NotFound, Refusal
from yilu.kernel.refs import Ref
from yilu.people import queries as people
from yilu.voice import operations, queries
from yilu.web.common.access import staff_only
from yilu.web.common.numbers import whole
from yilu.web.staff.asked import acting, actor_of, day_of, names, names_said, number_in
from yilu.web.staff.page import access_of, show

MANAGE = "voice.manage"


@require_http_methods(["GET", "POST"])
@staff_only(right="voice.view")
def improvements(request: HttpRequest) -> HttpResponse:
    """What is being done about topics; ``?topic=`` begins another."""
    access, refusal = access_of(request), None
    topic_id = whole(request.GET.get("topic") or request.POST.get("topic"))
    if request.method == "POST":
        try:
            due = request.POST.get("due_on", "")
            made = operations.plan_improvement(
                topic_id=topic_id, title=request.POST.get("title", ""),
                journey=request.POST.get("journey", ""), owner_id=number_in(request, "owner"),
                due_on=day_of(due) if due else None, access=access, actor=actor_of(request),
                at=timezone.now(),
            )  # fmt: skip
            return redirect("staff:voice_improvement", made)
        except Refusal as problem:
            refusal = problem
    rows = queries.list_improvements(access, timezone.now())
    return show(
        request,
        "staff/voice/improvements.html",
        {
            "rows": rows, "refusal": refusal, "given": request.POST, "topic_id": topic_id,
            "topic": queries.get_topic(topic_id, access)[1] if topic_id else None,
            "journeys": list(queries.JOURNEYS.items()), "may_manage": access.may(MANAGE),
            "staff": people.list_staff(access), "who": names(*(Ref("staff", r.owner_id) for r in rows)),
        },
        here="voice_improvements",
        status=refusal.status if refusal else 200,
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@staff_only(right="voice.view")
def improvement(request: HttpRequest, improvement_id: int) -> HttpResponse:
    """One improvement: going live, ending, and NPS before and after."""
    access, refusal = access_of(request), None
    if request.method == "POST":
        try:
            on = request.POST.get("on", "")
            operations.move_improvement(
                improvement_id=improvement_id, state=request.POST.get("state", ""),
                on=day_of(on) if on else None, note=request.POST.get("note", ""), access=access,
                actor=actor_of(request), at=timezone.now(),
            )  # fmt: skip
            return redirect("staff:voice_improvement", improvement_id)
        except Refusal as problem:
            refusal = problem
    row = queries.get_improvement(improvement_id, access, timezone.now())
    owner = Ref("staff", row.owner_id)
    return show(
        request,
        "staff/voice/improvement.html",
        {
            "row": row, "refusal": refusal, "owner": names(owner).get(owner, ""),
            "may_manage": access.may(MANAGE), "today": timezone.localdate(),
        },
        here="voice_improvements",
        status=refusal.status if refusal else 200,
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@staff_only(right=MANAGE)
def rules(request: HttpRequest) -> HttpResponse:
    """How often each touchpoint asks, and how many answered in the last ninety days."""
    refusal = None
    if request.method == "POST":
        try:
            operations.change_rule(
                touchpoint=request.POST.get("touchpoint", ""), share=number_in(request, "share"),
                quiet_days=number_in(request, "quiet_days"), per_year=number_in(request, "per_year"),
                enabled=request.POST.get("enabled") == "1", access=access_of(request),
                actor=actor_of(request), at=timezone.now(),
            )  # fmt: skip
            messages.success(request, _("已保存，从现在起按新的规则抽样。"))
            return redirect("staff:voice_rules")
        except Refusal as problem:
            refusal = problem
    return show(
        request,
        "staff/voice/rules.html",
        {"rows": queries.list_rules(timezone.now() - timedelta(days=90)), "refusal": refusal},
        here="voice",
        status=refusal.status if refusal else 200,
    )


@require_http_methods(["GET", "POST"])
@staff_only(right=MANAGE)
def aspects(request: HttpRequest) -> HttpResponse:
    """The words that give each aspect away."""
    refusal = None
    if request.method == "POST":
        try:
            operations.change_aspect(
                code=request.POST.get("code", ""), words=request.POST.get("words", ""),
                access=access_of(request), actor=actor_of(request), at=timezone.now(),
            )  # fmt: skip
            messages.success(request, _("已保存，下次分析起生效。"))
            return redirect("staff:voice_aspects")
        except Refusal as problem:
            refusal = problem
    page = {"rows": queries.list_aspects(), "refusal": refusal}
    status = refusal.status if refusal else 200
    return show(request, "staff/voice/aspects.html", page, here="voice", status=status)


@require_http_methods(["GET", "POST"])
@staff_only(right=MANAGE)
def labels(request: HttpRequest) -> HttpResponse:
    """Comments the machine is least sure of; training on what people said."""
    access, refusal = access_of(request), None
    if request.method == "POST":
        try:
            operations.ask_training(access=access, actor=actor_of(request), at=timezone.now())
            messages.success(request, _("已开始训练，通常一分钟内完成；更好才会启用。"))
            return redirect("staff:voice_labels")
        except Refusal as problem:
            refusal = problem
    return show(
        request,
        "staff/voice/labels.html",
        {
            "rows": queries.to_label(access), "summary": queries.labels_summary(),
            "readers": queries.list_readers(), "refusal": refusal,
        },
        here="voice",
        status=refusal.status if refusal else 200,
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@staff_only(right="voice.view")
def studies(request: HttpRequest) -> HttpResponse:
    """What outside surveys found, and the monthly reports."""
    access, refusal = access_of(request), None
    if request.method == "POST":
        try:
            operations.enter_study(**_study(request), access=access, actor=actor_of(request), at=timezone.now())  # fmt: skip
            messages.success(request, _("已录入。"))
            return redirect("staff:voice_studies")
        except Refusal as problem:
            refusal = problem
    offices = {o.id: o.name for o in people.list_offices()}
    return show(
        request,
        "staff/voice/studies.html",
        {
            "rows": queries.list_studies(), "reports": queries.list_reports(access), "offices": offices,
            "journeys": list(queries.JOURNEYS.items()), "refusal": refusal, "given": request.POST,
            "may_manage": access.may(MANAGE),
        },
        here="voice_studies",
        status=refusal.status if refusal else 200,
    )  # fmt: skip


def _study(request: HttpRequest) -> dict[str, Any]:
    lowest, _dash, highest = request.POST.get("scale", "").partition("-")
    on = request.POST.get("held_on", "")
    return {
        "name": request.POST.get("name", ""), "by": request.POST.get("by", ""),
        "measure": request.POST.get("measure", ""), "lowest": whole(lowest) or 0,
        "highest": whole(highest) or 0, "value": _number(request.POST.get("value")) or Decimal(-999),
        "others": _number(request.POST.get("others")), "sample": whole(request.POST.get("sample")),
        "journey": request.POST.get("journey", ""), "held_on": day_of(on) if on else None,
    }  # fmt: skip


def _number(text: str | None) -> Decimal | None:
    try:
        found = Decimal((text or "").strip())
    except InvalidOperation:
        return None
    return found if found.is_finite() and abs(found) < 10_000 else None


@require_GET
@staff_only(right="voice.view")
def report(request: HttpRequest, report_id: int) -> HttpResponse:
    """A month's report: what each department is told, and what it answers."""
    return _report(request, report_id)


@require_POST
@staff_only(right="voice.handle")
def report_answer(request: HttpRequest, report_id: int) -> HttpResponse:
    """What a department will do about it."""
    try:
        operations.answer_report(
            report_id=report_id, department=request.POST.get("department", ""),
            text=request.POST.get("text", ""), **acting(request),
        )  # fmt: skip
    except NotFound:
        raise
    except Refusal as refused:
        return _report(request, report_id, refused)
    messages.success(request, _("已记下这个部门的答复。"))
    return redirect("staff:voice_report", report_id)


def _report(request: HttpRequest, report_id: int, refusal: Refusal | None = None) -> HttpResponse:
    access = access_of(request)
    found = queries.get_report(report_id, access)
    labels = dict(queries.JOURNEYS)
    return show(
        request,
        "staff/voice/report.html",
        {
            "r": found, "refusal": refusal, "given": request.POST,
            "may_answer": access.may("voice.handle", found.office_id),
            "who": names_said(*(each.answered_by for each in found.told if each.answer)),
            "office": people.get_office(found.office_id).name,
            "journeys": [
                {**j, "label": labels.get(j["journey"], j["journey"])} for j in found.figures["journeys"]
            ],
        },
        here="voice_studies",
        status=refusal.status if refusal else 200,
    )  # fmt: skip
