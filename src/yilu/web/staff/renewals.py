"""续期工作台: what is due, failed, at risk, lapsed, orphaned; and a case with everything to talk about."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as _n
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yilu.kernel.days import day_of
from yilu.kernel.errors import NotAllowed, NotFound, Refusal
from yilu.kernel.money import ZERO
from yilu.people import queries as people
from yilu.policies import queries as policies
from yilu.renewals import operations, queries
from yilu.web.common.access import staff_only
from yilu.web.common.numbers import whole
from yilu.web.staff.asked import actor_of
from yilu.web.staff.page import access_of, show

HERE = "renewals"
GROUPS = (
    ("cases", _n("待跟进")),
    ("due", _n("三十天内到期")),
    ("grace", _n("宽限期内")),
    ("failed", _n("扣款失败")),
    ("lapsed", _n("可复效")),
    ("years", _n("一年期续保")),
    ("orphans", _n("孤儿单")),
)
OUTCOMES = (
    ("WILL_PAY", _n("客户会自行缴费")),
    ("CHANGED", _n("已转办保全（改频次、减保、交清、借款）")),
    ("PAID", _n("客户已缴费")),
    ("NOT_REACHED", _n("没有联系上")),
    ("LETS_LAPSE", _n("客户决定不续交（须写明原因）")),
)
STATES = (
    ("TO_DECIDE", _n("待核定")),
    ("OFFERED", _n("待客户确认")),
    ("TAKEN", _n("已续保")),
    ("STOPPED", _n("产品停售")),
    ("DECLINED", _n("不再续保")),
    ("MISSED", _n("满期未续")),
)
FUNNEL = {
    "LISTED": _n("应交"), "REMINDED": _n("已提醒"), "ON_THE_DAY": _n("到期日仍未交"),
    "PAID": _n("已交"), "LAPSED": _n("失效"),
}  # fmt: skip
REASONS = {
    "INSUFFICIENT_FUNDS": _n("余额不足"), "ACCOUNT_CLOSED": _n("账户已销户或冻结"),
    "NAME_MISMATCH": _n("付款人与投保人不一致"), "LIMIT": _n("超过支付限额"),
    "NO_MANDATE": _n("未签约代扣或签约已失效"), "DECLINED": _n("付款人取消支付"),
    "OTHER": _n("银行其他原因"), "LAPSED": _n("到账时保单已中止"), "SETTLED": _n("已由其他方式交清"),
}  # fmt: skip


@require_GET
@staff_only(right="renewals.view")
def desk(request: HttpRequest) -> HttpResponse:
    """The desk: groups of premiums with their sums, cases by risk, orphans; charts of how it goes."""
    access, day = access_of(request), day_of(timezone.now())
    group = request.GET.get("group", "cases")
    group = group if group in dict(GROUPS) else "cases"
    page: dict[str, Any] = {
        "group": group,
        "groups": [(code, _(label)) for code, label in GROUPS],
        "totals": queries.totals(access, day),
        "months": queries.persistency(access, day),
        "funnel": [
            (_(FUNNEL[code]), count) for code, count in queries.reminder_funnel(access, day)
        ],
        "waiting": len(queries.handovers(access, waiting=True)),
    }
    if group == "cases":
        page["cases"] = [{"case": case, "why": _why(case)} for case in queries.cases(access)]
    elif group == "years":
        state = request.GET.get("state", "TO_DECIDE")
        page["state"] = state = state if state in dict(STATES) else "TO_DECIDE"
        page["states"] = [(code, _(label)) for code, label in STATES]
        page["years"] = queries.new_years(access, state, day)
    elif group == "orphans":
        page["orphans"] = queries.handovers(access, waiting=False)
    else:
        page["rows"] = [
            {"row": row, "why": _(REASONS.get(row.reason, ""))}
            for row in queries.due_rows(group, access, day)
        ]
    return show(request, "staff/renewals/desk.html", page, here=HERE)


@require_GET
@staff_only(right="renewals.view")
def chart(request: HttpRequest, name: str) -> JsonResponse:
    """The numbers of a chart: ``persistency`` by month, or the ``funnel`` from reminder to payment."""
    if name not in {"persistency", "funnel"}:
        raise Http404
    access, day = access_of(request), day_of(timezone.now())
    if name == "funnel":
        funnel = queries.reminder_funnel(access, day)
        return JsonResponse(
            {
                "direction": "down",
                "names": [_(FUNNEL[code]) for code, _count in funnel],
                "series": [
                    {"name": _("笔数"), "tone": "info", "data": [count for _code, count in funnel]}
                ],
            }
        )
    months = queries.persistency(access, day)
    parts = (("paid", _("已交"), "good"), ("advanced", _("已垫交"), "info"),
             ("open", _("待交"), "warn"), ("lapsed", _("失效"), "bad"))  # fmt: skip
    return JsonResponse(
        {
            "names": [f"{m.month:%Y-%m}" for m in months],
            "series": [
                {"name": label, "tone": tone, "stack": "all", "data": [getattr(m, field) for m in months]}
                for field, label, tone in parts
            ],
        }
    )  # fmt: skip


@staff_only(right="renewals.view")
@require_http_methods(["GET", "HEAD", "POST"])
def case(request: HttpRequest, case_id: int) -> HttpResponse:
    """One case: who, why, what lapsing costs, what else can be done; note what came of the call."""
    access, now = access_of(request), timezone.now()
    found = queries.get_case(case_id, access)
    refusal: Refusal | None = None
    if request.method == "POST" and request.POST.get("do") == "end":
        try:
            paid = operations.end_lapsed(
                case_id=case_id, expected=amount_of(request.POST.get("expected", "")),
                note=request.POST.get("note", ""), access=access, actor=actor_of(request), at=now,
            )  # fmt: skip
            messages.success(
                request, _("已解除合同，退还 {paid} 元，通知书正在制作。").format(paid=paid)
            )
            return redirect("staff:renewals")
        except (NotFound, NotAllowed):
            raise
        except Refusal as refused:
            refusal = refused
    elif request.method == "POST":
        try:
            operations.note_contact(
                case_id=case_id, outcome=request.POST.get("outcome", ""),
                note=request.POST.get("note", ""), access=access, actor=actor_of(request), at=now,
            )  # fmt: skip
            messages.success(request, _("已记录。"))
            return redirect("staff:renewals")
        except NotFound:
            raise
        except Refusal as refused:
            refusal = refused
    ending = policies.surrender_of(found.policy_id, day_of(now)) if found.kind == "END" else ()
    page = {
        "case": found,
        "why": _why(found),
        "reasons": [(_(words), points) for words, points in found.reasons],
        "year": queries.new_year_of(found.policy_id, day_of(now)) if found.for_new_year else None,
        "outlook": queries.outlook(found.policy_id, day_of(now)),
        "ending": ending,
        "ending_pays": sum((part.pays for part in ending), ZERO),
        "outcomes": [(code, _(label)) for code, label in OUTCOMES],
        "may_handle": access.may("renewals.handle", found.office_id),
        "party": people.get_party(found.holder_id),
        "refusal": refusal,
    }
    status = refusal.status if refusal else 200
    return show(request, "staff/renewals/case.html", page, here=HERE, status=status)


def _why(case: queries.CaseView) -> str:
    """Why somebody is to speak with the customer, in a line."""
    if case.failure:
        return _(REASONS[case.failure])
    if case.kind == "END":
        return _("中止已满二年")
    if case.reasons:
        return _(case.reasons[0][0])
    return _("还没有决定是否续保") if case.for_new_year else _("客户选择电话提醒")


@require_POST
@staff_only(right="renewals.handle")
def assign(request: HttpRequest, handover_id: int) -> HttpResponse:
    """Give an orphaned customer to an agent of the office."""
    operations.assign_successor(
        handover_id=handover_id, agent_id=whole(request.POST.get("agent")) or 0,
        access=access_of(request), actor=actor_of(request), at=timezone.now(),
    )  # fmt: skip
    messages.success(request, _("已指派承接人，客户会收到告知。"))
    return redirect("staff:renewals")


@require_GET
@staff_only(right="renewals.handle")
def orphan(request: HttpRequest, handover_id: int) -> HttpResponse:
    """Who could take over one orphaned customer."""
    access = access_of(request)
    found = next((h for h in queries.handovers(access, waiting=True) if h.id == handover_id), None)
    if found is None:
        raise operations.HandoverNotFound
    page = {"orphan": found, "agents": people.list_agents([found.office_id])}
    return show(request, "staff/renewals/orphan.html", page, here=HERE)


def amount_of(text: str) -> Decimal:
    """The sum a page showed and sends back; one that is none is never the right one."""
    try:
        return Decimal(text)
    except InvalidOperation:
        return Decimal(-1)
