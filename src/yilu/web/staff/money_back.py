"""退票与追回: payments the bank sent back with what to do next, and money that is to come back."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_GET, require_POST

from yilu.claims import operations as claims
from yilu.journal import queries as journal
from yilu.kernel.days import day_of
from yilu.kernel.errors import Refusal
from yilu.kernel.refs import Ref
from yilu.payments import operations
from yilu.payments import queries as payments
from yilu.people import queries as people
from yilu.web.common.access import staff_only
from yilu.web.staff.asked import actor_of, id_after, names
from yilu.web.staff.links import link_to, links_to
from yilu.web.staff.page import access_of, show

NEXT_STEPS = {
    "ACCOUNT_NOT_FOUND": gettext_noop("账号有误：请客户核对卡号并更正"),
    "NAME_MISMATCH": gettext_noop("户名不符：请客户换成本人名下的账户"),
    "ACCOUNT_CLOSED": gettext_noop("账户已销户或冻结：请客户换一个账户"),
    "LIMIT": gettext_noop("超过收款限额：请客户换一类账户，或与银行确认限额后重发"),
    "OTHER": gettext_noop("原因不明：先向银行查询，再决定换账户或重发"),
}
TABS = (
    ("OPEN", gettext_noop("待归还")),
    ("LATE", gettext_noop("已过期限")),
    ("ENDED", gettext_noop("已完结")),
)
TONES = {"OPEN": "warn", "REPAID": "good", "WRITTEN_OFF": "", "WITHDRAWN": ""}


@require_GET
@staff_only(right="claims.pay")
def returned(request: HttpRequest) -> HttpResponse:
    """Payments the bank sent back and nobody has sent again, longest waiting first."""
    return _returned(request)


@require_POST
@staff_only(right="claims.pay")
def ask_account(request: HttpRequest, payout_id: int) -> HttpResponse:
    """Ask the payee for another account, by message with a link."""
    access = access_of(request)
    seen = payments.see_payout(access, payout_id)
    about = Ref.parse(seen.about)
    try:
        claims.ask_for_account(
            claim_id=about.id if about.kind == "claim" else 0, payout_id=payout_id, access=access,
            actor=actor_of(request), at=timezone.now(),
        )  # fmt: skip
    except Refusal as refusal:
        return _returned(request, refusal)
    messages.success(request, _("已给客户发送更正账户的通知和链接；同一天只发一次。"))
    return redirect("staff:returned")


@require_GET
@staff_only(right="claims.pay")
def receivables(request: HttpRequest) -> HttpResponse:
    """Money that is to come back."""
    access, group = access_of(request), request.GET.get("group", "OPEN")
    if group not in payments.RECEIVABLE_GROUPS:
        group = "OPEN"
    today = day_of(timezone.now())
    rows = payments.list_receivables(access, group, on=today, after=id_after(request))
    named = links_to((r.about for r in rows), access)
    page = {
        "rows": [
            {"row": r, "tone": TONES[r.state], "link": named[r.about],
             "late": r.state == "OPEN" and r.due_on < today}
            for r in rows
        ],
        "next": rows[-1].id if len(rows) == 50 else None,
        "group": group,
        "tabs": TABS,
    }  # fmt: skip
    return show(request, "staff/payments/receivables.html", page, here="receivables")


@require_GET
@staff_only(right="claims.view")
def receivable(request: HttpRequest, receivable_id: int) -> HttpResponse:
    """One receivable: why, what came back, and what may be done now."""
    return _receivable(request, receivable_id)


@require_POST
@staff_only(right="claims.pay")
def ask_again(request: HttpRequest, receivable_id: int) -> HttpResponse:
    """Ask the payer once more."""
    try:
        operations.ask_for_repayment(
            receivable_id=receivable_id, actor=actor_of(request), at=timezone.now()
        )
    except Refusal as refusal:
        return _receivable(request, receivable_id, refusal)
    messages.success(request, _("已再次请客户归还，期限重新计算；同一天只发一次。"))
    return redirect("staff:receivable", receivable_id)


@require_POST
@staff_only(right="payments.write_off")
def write_off(request: HttpRequest, receivable_id: int) -> HttpResponse:
    """Give up what is left, with a reason."""
    try:
        operations.write_off(
            receivable_id=receivable_id, note=request.POST.get("note", ""),
            actor=actor_of(request), at=timezone.now(),
        )  # fmt: skip
    except Refusal as refusal:
        return _receivable(request, receivable_id, refusal)
    messages.success(request, _("余额已核销。"))
    return redirect("staff:receivable", receivable_id)


def _returned(request: HttpRequest, refusal: Refusal | None = None) -> HttpResponse:
    access = access_of(request)
    rows = payments.list_rejects(access, at=timezone.now(), after=id_after(request))
    named = links_to((r.about for r in rows), access)
    told = journal.list_told("claims.account_asked", {r.about for r in rows})
    asked = {event.facts["payout_id"]: event.at for event in told}
    page = {
        "rows": [
            {"row": r, "link": named[r.about], "asked": asked.get(r.id), "next": NEXT_STEPS.get(r.reason, NEXT_STEPS["OTHER"]),
             "late": r.days >= 3, "about_claim": r.about.startswith("claim:")}
            for r in rows
        ],
        "next": rows[-1].id if len(rows) == 50 else None,
        "refusal": refusal,
    }  # fmt: skip
    status = refusal.status if refusal else 200
    return show(request, "staff/payments/returned.html", page, here="payments", status=status)


def _receivable(
    request: HttpRequest, receivable_id: int, refusal: Refusal | None = None
) -> HttpResponse:
    access = access_of(request)
    seen = payments.see_receivable(access, receivable_id)
    party = people.get_party(seen.from_party)
    history = journal.timeline(Ref("receivable", receivable_id))
    who = names(*(row.actor for row in history))
    today = day_of(timezone.now())
    page = {
        "receivable": seen,
        "today": today,
        "tone": TONES[seen.state],
        "late": seen.state == "OPEN" and seen.due_on < today,
        "link": link_to(seen.about, access),
        "party": party,
        "customer": reverse("staff:customer", args=[party.id]) if access.may("people.view") else "",
        "repayments": payments.list_repayments(receivable_id),
        "history": [{"label": r.label, "at": r.at, "who": who.get(r.actor, "")} for r in history],
        "may_ask": seen.state == "OPEN" and access.may("claims.pay", party.office_id),
        "may_write_off": seen.state == "OPEN"
        and access.may("payments.write_off", party.office_id, seen.left),
        "refusal": refusal,
    }
    status = refusal.status if refusal else 200
    return show(request, "staff/payments/receivable.html", page, here="receivables", status=status)
