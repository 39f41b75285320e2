"""金额稽核: the last recomputation of all claims and policies, and what differs."""

from __future__ import annotations

import io
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_GET, require_POST

from yilu.audit import operations
from yilu.audit import queries as audit
from yilu.kernel import sheets
from yilu.kernel.errors import Refusal
from yilu.kernel.refs import Ref
from yilu.people.queries import Access
from yilu.servicing import queries as servicing
from yilu.web.common.access import staff_only
from yilu.web.common.templatetags.yilu import plain_money
from yilu.web.staff.asked import acting, actor_of, day_of, id_after, names
from yilu.web.staff.links import links_to
from yilu.web.staff.page import access_of, show
from yilu.web.staff.tables import XLSX

TONES = {"OPEN": "bad", "EXPLAINED": "info", "GONE": "good"}
STATES = {
    "OPEN": gettext_noop("待查明"), "EXPLAINED": gettext_noop("已说明"), "GONE": gettext_noop("已消除"),
}  # fmt: skip
SCOPES = {"CLAIMS": gettext_noop("赔案"), "POLICIES": gettext_noop("保单")}
NAMED = {"servicing_request", "premium_order", "claim", "application"}
"""What a booking was for, where people know it by a name."""
SHOWN, EXPORTED = 50, 5_000
SAYS = {
    "IN_FORCE": gettext_noop("有效"), "GRACE": gettext_noop("宽限期"), "SUSPENDED": gettext_noop("中止"),
    "OPEN": gettext_noop("待交"), "PAID": gettext_noop("已交"), "ADVANCED": gettext_noop("已垫交"),
    "another": gettext_noop("另一位同事"), "approval": gettext_noop("有人审批"),
    "suspense": gettext_noop("溢交款"), "survival": gettext_noop("生存金累积"),
    "dividend": gettext_noop("红利累积"), "KEPT": gettext_noop("合同没有终止，应继续保存"),
    "HOLD": gettext_noop("有留存指令，应继续保存"),
    "PIECE": gettext_noop("这一片"), "NO_PIECE": gettext_noop("没有这一片的登记"),
    "NO_FILE": gettext_noop("文件不在，或打不开"), "OTHER_FILE": gettext_noop("内容与登记的摘要不符"),
}  # fmt: skip
"""States and accounts that stand as expected, actual or place, in words."""


@require_GET
@staff_only(right="audit.money")
def money(request: HttpRequest) -> HttpResponse:
    """The runs and the differences."""
    return _money(request)


def _money(request: HttpRequest, refusal: Refusal | None = None) -> HttpResponse:
    access, scope = access_of(request), _scope(request)
    every = request.GET.get("all") == "1"
    rows = audit.list_differences(
        access, scope=scope, only_open=not every, after=id_after(request), limit=SHOWN
    )
    page = {
        "rows": _told(rows, access),
        "next": rows[-1].id if len(rows) == SHOWN else None,
        "all": every,
        "scope": scope,
        "tabs": _tabs(scope, every, audit.count_open(access)),
        "asked": urlencode({"scope": scope, **({"all": 1} if every else {})}),
        "refusal": refusal,
        "given": request.POST,
        **_runs(request),
    }
    return show(
        request, "staff/audit/money.html", page, here="money_audit",
        status=refusal.status if refusal else 200,
    )  # fmt: skip


@require_POST
@staff_only(right="audit.money")
def start(request: HttpRequest) -> HttpResponse:
    """Have everything recomputed now; the worker takes it on."""
    for scope in operations.SCOPES:
        operations.start_money_audit(actor=actor_of(request), at=timezone.now(), scope=scope)
    messages.success(request, _("金额稽核已开始，进度显示在本页。"))
    return redirect("staff:money_audit")


@require_POST
@staff_only(right="audit.money")
def read(request: HttpRequest) -> HttpResponse:
    """Have every file of the recordings of some days, or of all, read now; the worker takes it on."""
    first, last = request.POST.get("first", ""), request.POST.get("last", "")
    try:
        operations.start_reading(
            first=day_of(first) if first else None, last=day_of(last) if last else None,
            actor=actor_of(request), at=timezone.now(),
        )  # fmt: skip
    except Refusal as refusal:
        return _money(request, refusal)
    messages.success(request, _("读取已开始，进度显示在本页。"))
    return redirect("staff:money_audit")


@require_POST
@staff_only(right="audit.money")
def stop(request: HttpRequest, run_id: int) -> HttpResponse:
    """No more is read; what was found stands."""
    operations.stop_reading(run_id=run_id, actor=actor_of(request), at=timezone.now())
    messages.success(request, _("读取已停止，已发现的差异仍在。"))
    return redirect("staff:money_audit")


@require_GET
@staff_only(right="audit.money")
def progress(request: HttpRequest) -> HttpResponse:
    """How far the runs are: asked for by the page while one runs."""
    return render(request, "staff/audit/runs.html", _runs(request))


@require_GET
@staff_only(right="audit.money")
def difference(request: HttpRequest, difference_id: int) -> HttpResponse:
    """One difference with the bookings it was found in."""
    return _difference(request, difference_id)


@require_POST
@staff_only(right="audit.money")
def explain(request: HttpRequest, difference_id: int) -> HttpResponse:
    """Say why a figure differs."""
    try:
        operations.explain_difference(
            difference_id=difference_id, explanation=request.POST.get("explanation", ""),
            **acting(request),
        )  # fmt: skip
    except Refusal as refusal:
        return _difference(request, difference_id, refusal)
    messages.success(request, _("差异已说明。"))
    return redirect("staff:money_audit")


@require_GET
@staff_only(right="audit.money")
def export(request: HttpRequest) -> HttpResponse:
    """What the page shows, as an Excel workbook; the latest few thousand."""
    access = access_of(request)
    rows = audit.list_differences(
        access, scope=_scope(request), only_open=request.GET.get("all") != "1",
        limit=EXPORTED,
    )  # fmt: skip
    out = io.BytesIO()
    book = sheets.workbook(out)
    sheet = book.add_worksheet(_("金额差异")[:31])
    bold, moment = (
        book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
    )  # fmt: skip
    titles = [
        _("编号"), _("类别"), _("保单或赔案"), _("申请"), _("位置"), _("应为"), _("实为"), _("差额"), _("发现时间"),
        _("状态"), _("说明"),
    ]  # fmt: skip
    sheet.write_row(0, 0, titles, bold)
    for n, each in enumerate(_told(rows, access), 1):
        row = each["row"]
        about = each["about"]
        sheet.write_row(
            n, 0,
            [row.id, _(row.label), row.number, about, each["place"], row.expected, row.actual,
             "" if row.gap is None else float(row.gap)],
        )  # fmt: skip
        sheet.write_datetime(n, 8, timezone.localtime(row.found_at).replace(tzinfo=None), moment)
        sheet.write_row(n, 9, [_(each["state"]), row.explanation])
    sheet.set_column(1, 4, 24)
    sheet.set_column(8, 8, 18)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(len(rows), 1), len(titles) - 1)
    book.close()
    answer = HttpResponse(out.getvalue(), content_type=XLSX)
    name = f"yilu-money-audit-{timezone.localdate():%Y%m%d}.xlsx"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "no-store"
    return answer


def _difference(
    request: HttpRequest, difference_id: int, refusal: Refusal | None = None
) -> HttpResponse:
    access = access_of(request)
    found = audit.get_difference(access, difference_id)
    if found is None:
        raise Http404
    ended = Ref.parse(found.ended_by) if found.ended_by else None
    page = {
        "told": _told([found], access)[0],
        "bookings": _bookings(audit.bookings(access, difference_id), access),
        "ended_by": names(ended).get(ended, "") if ended else "",
        "refusal": refusal,
        "typed": request.POST.get("explanation", ""),
    }
    status = refusal.status if refusal else 200
    return show(request, "staff/audit/difference.html", page, here="money_audit", status=status)


def _bookings(rows: tuple[audit.Booking, ...], access: Access) -> list[dict[str, Any]]:
    """Each booking with what it was for, where that has a name."""
    links = links_to({row.about for row in rows}, access)
    return [
        {"row": row, "for": links[str(row.about)].label if row.about.kind in NAMED else ""}
        for row in rows
    ]


def _scope(request: HttpRequest) -> str:
    asked = request.GET.get("scope", "")
    return asked if asked in SCOPES else ""


def _tabs(scope: str, every: bool, waiting: dict[str, int]) -> list[dict[str, Any]]:
    """What there is to look at: both, claims, policies, each with how many wait."""
    counts = {"": sum(waiting.values()), **waiting}
    return [
        {
            "code": code, "label": label, "count": counts[code], "on": code == scope,
            "query": urlencode({"scope": code, **({"all": 1} if every else {})}),
        }
        for code, label in {"": gettext_noop("全部"), **SCOPES}.items()
    ]  # fmt: skip


def _told(rows: Any, access: Access) -> list[dict[str, Any]]:
    """Differences as they are said: with links, and states, sums and people in words."""
    links = links_to({r.about for r in rows if r.about} | {r.subject for r in rows}, access)
    staff = {Ref.parse(r.actual) for r in rows if r.kind == "SELF_APPROVED" and ":" in r.actual}
    people = {str(ref): name for ref, name in names(*staff).items()}
    return [
        {
            "row": r, "tone": TONES[r.state], "state": STATES[r.state],
            "about": links[str(r.about)].label if r.about else "",
            "about_url": links[str(r.about)].url if r.about else "", "url": links[str(r.subject)].url,
            "expected": _said(r, r.expected), "actual": people.get(r.actual, _said(r, r.actual)),
            **_where(r),
        }
        for r in rows
    ]  # fmt: skip


def _where(row: audit.DifferenceView) -> dict[str, str]:
    """A request is said by what was asked for; anything else by its place."""
    if row.about is None or row.about.kind != "servicing_request":
        return {"place": _word(row.place)}
    return {"place": "", "about": f"{_(servicing.name_of(row.place))} {row.about_number}"}


def _said(row: audit.DifferenceView, value: str) -> str:
    return _word(value) if row.gap is None else plain_money(Decimal(value))


def _word(code: str) -> str:
    return _(SAYS[code]) if code in SAYS else code


def _runs(request: HttpRequest) -> dict[str, object]:
    access = access_of(request)
    runs = audit.list_runs(access)
    links = links_to({each.about for r in runs for each in r.unplaced}, access)
    running = {r.scope for r in runs if r.finished_at is None}
    return {
        "runs": [
            {
                "run": r,
                "unplaced": [
                    {
                        "link": links[str(each.about)],
                        "place": each.place,
                        "actual": _word(each.actual),
                    }
                    for each in r.unplaced
                ],
            }
            for r in runs
        ],
        "reading": operations.FILES in running,
        "auditing": bool(running - {operations.FILES}),
        "under_way": bool(running),
        "who": {
            r.id: names(Ref.parse(r.started_by)).get(Ref.parse(r.started_by), "") for r in runs
        },
    }
