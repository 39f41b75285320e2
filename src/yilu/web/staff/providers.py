"""医疗直付: the provider desk: stays by state, guarantees to approve, batches, keys, statements."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_POST, require_safe

from yilu.direct_billing import operations, queries
from yilu.direct_billing.operations import UnreadableBatch
from yilu.direct_billing.queries import SCOPES, STATE_LABELS
from yilu.kernel.errors import Refusal
from yilu.web.common.access import staff_only
from yilu.web.staff.asked import actor_of, id_after
from yilu.web.staff.page import access_of, show

TABS = (("", gettext_noop("全部")), *STATE_LABELS.items())
SCOPE_LABELS = {
    "eligibility": gettext_noop("资格查询"), "visits": gettext_noop("就诊登记与查询"),
    "guarantees": gettext_noop("担保申请"), "settlement": gettext_noop("出院结算"),
    "batches": gettext_noop("批量文件"),
}  # fmt: skip
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHOWN_PROBLEMS = 30


@require_safe
@staff_only(right="claims.view")
def desk(request: HttpRequest) -> HttpResponse:
    """Visits by state, what waits for a person, the partners and their files."""
    return _desk(request)


def _desk(request: HttpRequest, refusal: Refusal | None = None) -> HttpResponse:
    access = access_of(request)
    state = request.GET.get("state", "")
    state = state if state in STATE_LABELS else ""
    visits = queries.visits_by_state(access, state, before=id_after(request))
    page = {
        "tabs": TABS, "state": state, "visits": visits,
        "next": visits[-1].id if len(visits) == queries.PAGE else None,
        "waiting": queries.guarantees_to_decide(access), "partners": queries.list_partners(access),
        "batches": queries.list_batches(access), "may_decide": access.may("claims.decide"),
        "may_upload": access.may("claims.register"), "refusal": refusal,
        "may_manage": access.may("people.staff"),
    }  # fmt: skip
    return show(
        request, "staff/direct_billing/desk.html", page, here="providers",
        status=refusal.status if refusal else 200,
    )  # fmt: skip


@require_safe
@staff_only(right="claims.view")
def visit(request: HttpRequest, visit_id: int) -> HttpResponse:
    """One visit with its sums, its guarantee and its claim."""
    return _visit(request, visit_id)


def _visit(request: HttpRequest, visit_id: int, refusal: Refusal | None = None) -> HttpResponse:
    access = access_of(request)
    page = {
        "visit": queries.visit_for_staff(access, visit_id), "refusal": refusal,
        "may_decide": access.may("claims.decide"),
    }  # fmt: skip
    return show(
        request, "staff/direct_billing/visit.html", page, here="providers",
        status=refusal.status if refusal else 200,
    )  # fmt: skip


@require_POST
@staff_only(right="claims.view")
def decide(request: HttpRequest, visit_id: int, guarantee_id: int) -> HttpResponse:
    """Agree to a guarantee, or say why not."""
    try:
        queries.visit_for_staff(access_of(request), visit_id)
        state = operations.decide_guarantee(
            guarantee_id=guarantee_id, agree=request.POST.get("answer") == "yes",
            reason=request.POST.get("reason", ""), access=access_of(request),
            actor=actor_of(request), at=timezone.now(),
        )  # fmt: skip
    except Refusal as refusal:
        if refusal.status == 404:
            raise
        return _visit(request, visit_id, refusal)
    said = {
        "ISSUED": _("已出具担保函，医院和患者马上能看到。"),
        "PROPOSED": _("已提交，等另一位同事复核。"),
        "REFUSED": _("已答复医院，理由一并告知。"),
    }
    messages.success(request, said[state])
    return redirect("staff:direct_visit", visit_id=visit_id)


@require_safe
@staff_only()
def partner(request: HttpRequest, partner_id: int) -> HttpResponse:
    """One partner: its month and files for who handles claims, its keys for who administers it."""
    return show_partner(request, partner_id)


def show_partner(
    request: HttpRequest, partner_id: int, refusal: Refusal | None = None, *, key: Any = None,
    token: Any = None,
) -> HttpResponse:  # fmt: skip
    """The partner's page; ``key`` and ``token`` are shown this once. :raises NotAllowed: neither right."""
    access = access_of(request)
    if not access.may("claims.view"):
        access.require("people.staff")
    view = queries.get_partner(access, partner_id)
    month, sees_claims = _month(request), access.may("claims.view", view.office_id)
    page = {
        "partner": view, "month": month, "statement": queries.monthly_statement(view.id, month),
        "keys": queries.list_keys(view.id), "batches": queries.list_batches(access, view.id),
        "scopes": SCOPE_LABELS.items(), "new_key": key, "new_token": token,
        "refusal": refusal, "sees_claims": sees_claims,
        "may_manage": access.may("people.staff", view.office_id),
        "may_upload": access.may("claims.register"),
        "authorise_url": request.build_absolute_uri(f"/c/direct-billing/{view.code}"),
    }  # fmt: skip
    return show(
        request, "staff/direct_billing/partner.html", page,
        here="providers" if sees_claims else "provider_network",
        status=refusal.status if refusal else 200,
    )  # fmt: skip


@require_safe
@staff_only(right="claims.view")
def statement(request: HttpRequest, partner_id: int) -> HttpResponse:
    """A partner's month as a workbook."""
    view, month = queries.get_partner(access_of(request), partner_id), _month(request)
    content = queries.statement_workbook(view.id, month)
    return _file(content, f"direct-billing-{view.code}-{month:%Y-%m}.xlsx")


@require_POST
@staff_only(right="people.staff")
def new_key(request: HttpRequest, partner_id: int) -> HttpResponse:
    """Issue a key; its secret is shown on this page and never again."""
    try:
        queries.get_partner(access_of(request), partner_id)
        key = operations.issue_key(
            partner_id=partner_id, scopes=[s for s in request.POST.getlist("scope") if s in SCOPES],
            access=access_of(request), actor=actor_of(request), at=timezone.now(),
        )  # fmt: skip
    except Refusal as refusal:
        if refusal.status == 404:
            raise
        return show_partner(request, partner_id, refusal)
    return show_partner(request, partner_id, key=key)


@require_POST
@staff_only(right="people.staff")
def change(request: HttpRequest, partner_id: int) -> HttpResponse:
    """Change the limit, let the partnership rest, or stop a key."""
    access, now = access_of(request), timezone.now()
    try:
        queries.get_partner(access, partner_id)
        told: dict[str, Any] = {
            "partner_id": partner_id, "access": access, "actor": actor_of(request), "at": now
        }  # fmt: skip
        if key_id := request.POST.get("revoke"):
            operations.revoke_key(key_id=key_id, **told)
        else:
            operations.change_partner(
                active=request.POST.get("active") == "on",
                guarantee_limit=_amount(request.POST.get("limit", "")), **told,
            )  # fmt: skip
    except Refusal as refusal:
        if refusal.status == 404:
            raise
        return show_partner(request, partner_id, refusal)
    messages.success(request, _("已保存。"))
    return redirect("staff:direct_partner", partner_id=partner_id)


@require_POST
@staff_only(right="claims.register")
def upload(request: HttpRequest, partner_id: int) -> HttpResponse:
    """Take a file in for a partner whose people brought it."""
    view = queries.get_partner(access_of(request), partner_id)
    file = request.FILES.get("file")
    try:
        if file is None or not file.size:
            raise UnreadableBatch(_("请选择文件"))
        if file.size > queries.FILE_MAX:
            raise operations.BodyTooLarge
        batch_id, is_new = operations.receive_batch(
            partner_id=view.id, filename=file.name or "", content=file.read(),
            actor=actor_of(request), at=timezone.now(),
        )  # fmt: skip
    except Refusal as refusal:
        if refusal.status == 404:
            raise
        return show_partner(request, partner_id, refusal)
    if not is_new:
        messages.warning(request, _("这份文件以前已经提交过，没有重复办理。下面是当时的结果。"))
    return redirect("staff:direct_batch", batch_id=batch_id)


@require_safe
@staff_only(right="claims.view")
def batch(request: HttpRequest, batch_id: int) -> HttpResponse:
    """A file and how far it is."""
    view = queries.batch_for_staff(access_of(request), batch_id)
    page = {
        "batch": view, "problems": queries.batch_problems(view.id, SHOWN_PROBLEMS, states=("BAD",)),
        "kinds": queries.batch_problem_kinds(view.id),
        "may_upload": access_of(request).may("claims.register"),
    }  # fmt: skip
    return show(request, "staff/direct_billing/batch.html", page, here="providers")


@require_safe
@staff_only(right="claims.view")
def progress(request: HttpRequest, batch_id: int) -> HttpResponse:
    """How far a file is, asked again every second or two; whole again once it is done."""
    view = queries.batch_for_staff(access_of(request), batch_id)
    answer = show(request, "staff/direct_billing/progress.html", {"batch": view}, here="providers")
    if not view.is_running:
        answer.headers["HX-Refresh"] = "true"
    return answer


@require_safe
@staff_only(right="claims.view")
def problems(request: HttpRequest, batch_id: int) -> HttpResponse:
    """The rows that were not settled, as a workbook for the hospital."""
    view = queries.batch_for_staff(access_of(request), batch_id)
    content = queries.problems_workbook(view.id)
    return _file(content, f"batch-{view.id}-problems.xlsx")


@require_safe
@staff_only(right="claims.view")
def template(request: HttpRequest) -> HttpResponse:
    """An empty file with our columns and an example."""
    return _file(queries.template_workbook(), "direct-billing-template.xlsx")


@require_POST
@staff_only(right="claims.register")
def cancel(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Settle nothing more of a file."""
    view = queries.batch_for_staff(access_of(request), batch_id)
    try:
        left = operations.cancel_batch(
            partner_id=view.partner_id,
            batch_id=batch_id,
            actor=actor_of(request),
            at=timezone.now(),
        )
        messages.success(request, _("已取消，%(n)s 行没有办理；已结算的不变。") % {"n": left})
    except Refusal as refusal:
        messages.warning(request, _(refusal.message))
    return redirect("staff:direct_batch", batch_id=batch_id)


def _month(request: HttpRequest) -> date:
    try:
        given = date.fromisoformat(f"{request.GET.get('month', '')}-01")
    except ValueError:
        given = timezone.localdate()
    return given.replace(day=1)


def _amount(text: str) -> Decimal:
    try:
        return Decimal(text.replace(",", "").strip())
    except InvalidOperation:
        raise operations.BadPartner from None


def _file(content: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=XLSX)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer
