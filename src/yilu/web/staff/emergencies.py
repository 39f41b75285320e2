"""重大突发事件: declare, import lists, confirm who is meant, reach them, open their claims, report."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as later
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yilu.catastrophe import operations, queries
from yilu.kernel.errors import Invalid, Refusal
from yilu.people import queries as people
from yilu.web.common.access import staff_only
from yilu.web.common.numbers import whole
from yilu.web.staff import emergency_route
from yilu.web.staff.asked import actor_of, moment_in, number_in
from yilu.web.staff.page import access_of, show

FILE_MAX = 20 * 1024 * 1024
STATES = (
    ("", later("全部")), ("TO_CONFIRM", later("待核对")), ("CONFIRMED", later("已确认")),
    ("NOBODY", later("未找到客户")), ("REJECTED", later("不是客户")), ("PROBLEM", later("需要更正")),
    ("DUPLICATE", later("重复")),
)  # fmt: skip


@require_GET
@staff_only(right="catastrophe.handle")
def listing(request: HttpRequest) -> HttpResponse:
    """Every event of one's offices, the newest first; drills are marked."""
    access = access_of(request)
    return show(
        request,
        "staff/catastrophe/list.html",
        {"events": queries.list_events(access), "may_declare": access.may("catastrophe.declare")},
        here="emergencies",
    )


@require_http_methods(["GET", "POST"])
@staff_only(right="catastrophe.declare")
def declare(request: HttpRequest) -> HttpResponse:
    """Declare an event, or a drill."""
    access, refusal = access_of(request), None
    if request.method == "POST":
        try:
            new = _told(request)
            notice = emergency_route.checked(request, new.office_id)
            event_id = operations.declare_event(
                new=new, access=access, actor=actor_of(request), at=timezone.now()
            )
            if notice:
                emergency_route.open_with(
                    request, event_id, new.office_id, name=new.name, notice=notice
                )
            return redirect("staff:emergency", event_id)
        except Refusal as problem:
            refusal = problem
    offices = access.offices_for("catastrophe.declare")
    given = request.POST if request.method == "POST" else {}
    return show(
        request,
        "staff/catastrophe/declare.html",
        {
            "kinds": queries.KINDS, "levels": queries.LEVELS, "measures": queries.MEASURES,
            "offices": [o for o in people.list_offices() if o.id in offices],
            "given": given, "refusal": refusal, "key": given.get("key") or uuid.uuid4().hex,
            "chosen": request.POST.getlist("measures") or queries.USUAL_MEASURES,
            "may_route": access.may(emergency_route.RIGHT),
            "now": timezone.localtime().strftime("%Y-%m-%dT%H:%M"),
        },
        here="emergencies",
        status=refusal.status if refusal else 200,
    )  # fmt: skip


def _told(request: HttpRequest) -> operations.NewEvent:
    occurred_at = moment_in(request, "occurred_at")
    if occurred_at is None:
        raise Invalid(_("请填写发生时间"))
    return operations.NewEvent(
        name=request.POST.get("name", ""), kind=request.POST.get("kind", ""),
        level=request.POST.get("level", ""), place=request.POST.get("place", ""),
        occurred_at=occurred_at, office_id=number_in(request, "office"),
        request_key=request.POST.get("key", "")[:64], measures=request.POST.getlist("measures"),
        drill=request.POST.get("drill") == "1",
    )  # fmt: skip


@require_GET
@staff_only(right="catastrophe.handle")
def event(request: HttpRequest, event_id: int) -> HttpResponse:
    """One event: the clock, the funnel, its lists, whom to reach."""
    return event_page(request, event_id)


def event_page(request: HttpRequest, event_id: int, refusal: Refusal | None = None) -> HttpResponse:
    """The page of one event, with what was refused on it, if anything."""
    access = access_of(request)
    page = queries.event_page(event_id, access)
    now = page.card.closed_at or timezone.now()
    return show(
        request,
        "staff/catastrophe/event.html",
        {
            "page": page, "funnel": _steps(page.funnel), "refusal": refusal,
            "now": now, "since": now - page.card.declared_at, "left": page.goal_at - now,
            "affected": queries.list_affected(event_id, access),
            "first_row": queries.next_row(event_id), "contacts": queries.CONTACTS,
            "may_match": access.may("people.match"), "route": emergency_route.route_of(event_id, access),
            "may_route": access.may(emergency_route.RIGHT),
            "lane": "GREEN_LANE" in {m.code for m in page.measures},
            "colleagues": people.list_colleagues(page.card.office_id, "catastrophe.handle"),
            "switched_off": [
                (code, name) for code, (name, _words) in queries.MEASURES.items()
                if code not in {m.code for m in page.measures}
            ],
        },
        here="emergencies",
        status=refusal.status if refusal else 200,
    )  # fmt: skip


def _steps(far: queries.Funnel) -> list[dict[str, Any]]:
    """The funnel as bars, people in every one: what each step counts and its share of the widest."""
    widest = max(far.listed, far.matched, 1)
    return [
        {
            "label": label, "count": count, "percent": round(100 * count / widest),
            "tone": f"y-funnel-{tone}",
        }
        for tone, label, count in (
            (1, _("名单人数"), far.listed), (2, _("确认是客户"), far.matched),
            (3, _("已联系上"), far.contacted), (4, _("已主动报案"), far.claimed),
            (5, _("已有赔款到账"), far.some_paid), (5, _("赔款全部到账"), far.paid),
        )
    ]  # fmt: skip


@require_GET
@staff_only(right="catastrophe.handle")
def chart(request: HttpRequest, event_id: int) -> JsonResponse:
    """The curves of an event: how many were confirmed, reached, reported and paid, by the minute."""
    curves = queries.progress_over_time(event_id, access_of(request))
    minutes = sorted({minute for line in curves.values() for minute, _count in line})
    series = []
    for code, label, tone in (
        ("matched", _("确认客户（人）"), "info"), ("contacted", _("已联系（人）"), "warn"),
        ("claims", _("主动报案（件）"), "plain"), ("paid", _("已到账（件）"), "good"),
    ):  # fmt: skip
        line, data, last = dict(curves.get(code, [])), [], 0
        for minute in minutes:
            last = line.get(minute, last)
            data.append(last)
        series.append({"name": label, "tone": tone, "data": data})
    names = [f"{minute // 60}:{minute % 60:02d}" for minute in minutes]
    return JsonResponse({"kind": "line", "names": names, "series": series})


@require_GET
@staff_only(right="catastrophe.handle")
def report(request: HttpRequest, event_id: int) -> HttpResponse:
    """The report of an event or drill, made for printing: milestones against the seven hours."""
    access = access_of(request)
    page = queries.event_page(event_id, access)
    return show(
        request,
        "staff/catastrophe/report.html",
        {
            "page": page, "funnel": _steps(page.funnel), "hours": queries.GOAL_HOURS,
            "all_in_time": all(step.in_time for step in page.milestones),
            "affected": queries.list_affected(event_id, access), "printed_at": timezone.now(),
        },
        here="emergencies",
    )  # fmt: skip


@require_POST
@staff_only(right="catastrophe.declare")
def close(request: HttpRequest, event_id: int) -> HttpResponse:
    """End the emergency."""
    try:
        erased = emergency_route.end_both(request, event_id, words=request.POST.get("words", ""))
    except operations.BadEvent as refusal:
        return event_page(request, event_id, refusal)
    messages.success(request, _("应急已结束，%(n)s 位非客户的名单信息已清除。") % {"n": erased})
    return redirect("staff:emergency_report", event_id)


@require_POST
@staff_only(right="catastrophe.handle")
def import_list(request: HttpRequest, event_id: int) -> HttpResponse:
    """Import a casualty list; its page shows the progress."""
    upload = request.FILES.get("file")
    try:
        if upload is None:
            raise Invalid(_("请选择名单文件"))
        list_id = operations.import_list(
            event_id=event_id, filename=upload.name or "", content=upload.read(FILE_MAX + 1),
            source=request.POST.get("source", ""), access=access_of(request),
            actor=actor_of(request), at=timezone.now(),
        )  # fmt: skip
    except Invalid as refusal:
        return event_page(request, event_id, refusal)
    except operations.ListKnownAlready as refusal:
        return event_page(request, event_id, refusal)
    return redirect("staff:casualty_list", list_id)


@require_GET
@staff_only(right="catastrophe.handle")
def casualty_list(request: HttpRequest, list_id: int) -> HttpResponse:
    """One list with its progress, its warnings and its lines."""
    access = access_of(request)
    found, card = queries.get_list(list_id, access)
    state, after = request.GET.get("state", ""), whole(request.GET.get("after")) or 0
    rows = queries.list_rows(list_id, access, state=state, after=after)
    return show(
        request,
        "staff/catastrophe/casualties.html",
        {
            "event": found, "list": card, "rows": rows, "state": state,
            "states": [(code, label, card.counts.get(code)) for code, label in STATES],
            "next": rows[-1].line if len(rows) == 50 else None,
            "first_row": queries.next_row(found.id),
        },
        here="emergencies",
    )  # fmt: skip


@require_GET
@staff_only(right="catastrophe.handle")
def list_progress(request: HttpRequest, list_id: int) -> HttpResponse:
    """How far the reading and matching is; the page asks while it moves."""
    found, card = queries.get_list(list_id, access_of(request))
    answer = render(request, "staff/catastrophe/progress.html", {"event": found, "list": card})
    if not card.moving:
        answer["HX-Refresh"] = "true"
    return answer


@require_GET
@staff_only(right="catastrophe.handle")
def row(request: HttpRequest, row_id: int) -> HttpResponse:
    """The matching desk: one line beside its candidates; opening it is recorded."""
    operations.see_row(
        row_id=row_id, access=access_of(request), actor=actor_of(request), at=timezone.now()
    )
    return _desk(request, row_id)


def _desk(request: HttpRequest, row_id: int, refusal: Refusal | None = None) -> HttpResponse:
    return show(
        request,
        "staff/catastrophe/desk.html",
        {"desk": queries.desk(row_id, access_of(request)), "refusal": refusal},
        here="emergencies",
        status=refusal.status if refusal else 200,
    )


@require_POST
@staff_only(right="catastrophe.handle")
def confirm(request: HttpRequest, row_id: int) -> HttpResponse:
    """The customer chosen is meant."""
    try:
        operations.confirm_row(
            row_id=row_id, party_id=number_in(request, "party"),
            reason=request.POST.get("reason", ""), access=access_of(request),
            actor=actor_of(request), at=timezone.now(),
        )  # fmt: skip
    except (operations.ReasonForDoubt, operations.CustomerTaken, operations.DecidedAlready) as no:
        return _desk(request, row_id, no)
    messages.success(request, _("已确认，联系客户的工作已派出。"))
    return _on(request, row_id)


@require_POST
@staff_only(right="catastrophe.handle")
def reject(request: HttpRequest, row_id: int) -> HttpResponse:
    """None of them is meant."""
    operations.reject_row(
        row_id=row_id, reason=request.POST.get("reason", ""), access=access_of(request),
        actor=actor_of(request), at=timezone.now(),
    )  # fmt: skip
    return _on(request, row_id)


def _on(request: HttpRequest, row_id: int) -> HttpResponse:
    """To the next line that waits, or back to the event."""
    desk = queries.desk(row_id, access_of(request))
    if desk.next_id is not None:
        return redirect("staff:casualty_row", desk.next_id)
    return redirect("staff:emergency", desk.event.id)


@require_POST
@staff_only(right="catastrophe.handle")
def contact(request: HttpRequest, affected_id: int) -> HttpResponse:
    """How an attempt to reach somebody ended."""
    try:
        operations.record_contact(
            affected_id=affected_id, outcome=request.POST.get("outcome", ""),
            access=access_of(request), actor=actor_of(request), at=timezone.now(),
        )  # fmt: skip
    except operations.DeadNotReached as refusal:
        event_id = queries.event_of(affected_id, access_of(request))
        return event_page(request, event_id, refusal)
    messages.success(request, _("联系结果已记下。"))
    return _back(request)


@require_POST
@staff_only(right="catastrophe.handle")
def open_claims(request: HttpRequest, affected_id: int) -> HttpResponse:
    """Report what their policies answer for."""
    try:
        opened = operations.open_claims(
            affected_id=affected_id, access=access_of(request), actor=actor_of(request),
            at=timezone.now(),
        )  # fmt: skip
    except operations.NothingToOpen as refusal:
        messages.warning(request, f"{_(refusal.message)}：{_(refusal.hint)}")
    else:
        messages.success(request, _("已主动报案 %(n)s 件。") % {"n": len(opened)})
    return _back(request)


@require_POST
@staff_only(right="catastrophe.handle")
def practise_payment(request: HttpRequest, affected_id: int) -> HttpResponse:
    """In a drill: say that the practice claims are paid."""
    paid = operations.practise_payment(
        affected_id=affected_id, access=access_of(request), actor=actor_of(request),
        at=timezone.now(),
    )  # fmt: skip
    messages.success(request, _("演练付款 %(n)s 件已记为到账，没有真的付款。") % {"n": paid})
    return _back(request)


def _back(request: HttpRequest) -> HttpResponse:
    event_id = whole(request.POST.get("event"))
    if event_id is None:
        return redirect("staff:emergencies")
    return redirect("staff:emergency", event_id)


@require_GET
@staff_only(right="catastrophe.handle")
def affected(request: HttpRequest, affected_id: int) -> HttpResponse:
    """Where an affected customer is handled: the event's page."""
    return redirect("staff:emergency", queries.event_of(affected_id, access_of(request)))
