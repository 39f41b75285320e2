"""付款: what needs a person first; one payment with what the bank said; paying again, settling doubt."""

from __future__ import annotations

import logging

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_GET, require_POST

from yilu.gateways import bank
from yilu.journal import queries as journal
from yilu.kernel.errors import Refusal
from yilu.kernel.refs import Ref
from yilu.payments import operations
from yilu.payments import queries as payments
from yilu.people import queries as people
from yilu.web.common.access import staff_only
from yilu.web.staff.asked import actor_of, id_after, names, number_in
from yilu.web.staff.links import link_to, links_to
from yilu.web.staff.page import access_of, show

log = logging.getLogger(__name__)

TABS = (
    ("PROBLEMS", gettext_noop("需要处理")),
    ("WAITING", gettext_noop("进行中")),
    ("SETTLED", gettext_noop("已到账")),
)
TONES = {
    "REQUESTED": "info", "SENDING": "info", "SENT": "info", "SETTLED": "good", "REJECTED": "bad",
    "UNCLEAR": "warn", "CANCELLED": "",
}  # fmt: skip
SAID = {
    "ACCEPTED": gettext_noop("已受理"),
    "PROCESSING": gettext_noop("处理中"),
    "SETTLED": gettext_noop("已支付"),
    "REJECTED": gettext_noop("已退回"),
}
EFFECTS = {
    "NONE": gettext_noop("与已知一致"),
    "SENT": gettext_noop("记为银行处理中"),
    "SETTLED": gettext_noop("记为已到账"),
    "REJECTED": gettext_noop("记为银行退回"),
    "CONTRADICTION": gettext_noop("与先前的结果矛盾，转人工核实"),
    "UNKNOWN": gettext_noop("不是本公司的付款"),
}
PROBLEMS = {
    "NO_ANSWER": gettext_noop("银行一直没有答复"),
    "CONTRADICTION": gettext_noop("银行先后给出互相矛盾的结果"),
}


@require_GET
@staff_only(right="claims.pay")
def listing(request: HttpRequest) -> HttpResponse:
    """Payments by what they need: problems first."""
    access = access_of(request)
    group = request.GET.get("group", "PROBLEMS")
    if group not in payments.GROUPS:
        group = "PROBLEMS"
    page = payments.desk_page(access, group, after=id_after(request))
    named = links_to((each.about for each in page.rows), access)
    return show(
        request,
        "staff/payments/list.html",
        {
            "rows": [
                {"payout": each, "tone": TONES[each.state], "link": named[each.about]}
                for each in page.rows
            ],
            "next": page.next,
            "group": group,
            "tabs": TABS,
            "may_reconcile": access.may("payments.reconcile"),
            "bank_is_set_up": bank.chosen() is not None,
        },
        here="payments",
    )


@require_GET
@staff_only(right="claims.pay")
def payout(request: HttpRequest, payout_id: int) -> HttpResponse:
    """One payment: what it is for, the tries, what the bank said, and what may be done now."""
    return _page(request, payout_id)


@require_POST
@staff_only(right="claims.pay")
def reissue(request: HttpRequest, payout_id: int) -> HttpResponse:
    """Pay again what the bank refused, to another account of the same person."""
    payments.see_payout(access_of(request), payout_id)
    try:
        new_id = operations.reissue_rejected_payout(
            payout_id=payout_id,
            account_id=number_in(request, "account"),
            actor=actor_of(request),
            at=timezone.now(),
        )
    except Refusal as refusal:
        return _page(request, payout_id, refusal)
    messages.success(request, _("已向更正后的账户重新付款。"))
    return redirect("staff:payout", new_id)


@require_POST
@staff_only(right="payments.reconcile")
def ask_bank(request: HttpRequest, payout_id: int) -> HttpResponse:
    """Ask the bank what became of a payment; the answer is shown, nothing is changed."""
    key = payments.key_at_the_bank(access_of(request), payout_id)
    teller = bank.chosen()
    answer, trouble = None, ""
    if teller is None:
        trouble = _("没有接入银行，无法查询")
    else:
        try:
            answer = teller.find(key)
        except bank.BankTrouble:
            log.warning("payout %s: the bank could not be asked", payout_id)
            trouble = _("银行暂时没有答复，请稍后再试")
    page = {
        "answer": answer,
        "said": SAID.get(answer.state, answer.state) if answer else "",
        "reason": _reason(answer.reason) if answer else "",
        "trouble": trouble,
        "at": timezone.now(),
    }
    if request.headers.get("HX-Request"):
        return render(request, "staff/payments/answer.html", page)
    return _page(request, payout_id, more={"asked": True, **page})


@require_POST
@staff_only(right="payments.reconcile")
def resolve(request: HttpRequest, payout_id: int) -> HttpResponse:
    """Say what really became of an unclear payment."""
    payments.see_payout(access_of(request), payout_id)
    try:
        operations.resolve_unclear(
            payout_id=payout_id,
            outcome=request.POST.get("outcome", ""),
            note=request.POST.get("note", ""),
            actor=actor_of(request),
            at=timezone.now(),
        )
    except Refusal as refusal:
        return _page(request, payout_id, refusal)
    messages.success(request, _("核实结果已记录。"))
    return redirect("staff:payout", payout_id)


def _page(
    request: HttpRequest,
    payout_id: int,
    refusal: Refusal | None = None,
    more: dict[str, object] | None = None,
) -> HttpResponse:
    access = access_of(request)
    seen = payments.see_payout(access, payout_id)
    party = people.get_party(seen.to_party)
    history = journal.timeline(Ref("payout", payout_id))
    who = names(*(row.actor for row in history))
    replacement = payments.find_replacement(payout_id)
    may_pay = access.may("claims.pay", party.office_id, seen.amount)
    may_reconcile = access.may("payments.reconcile", party.office_id)
    page = {
        "payout": seen,
        "tone": TONES[seen.state],
        "problem": PROBLEMS.get(seen.problem, "") if seen.state == "UNCLEAR" else "",
        "link": link_to(seen.about, access),
        "party": party,
        "notices": [
            {"row": n, "said": SAID.get(n.said, n.said), "effect": EFFECTS.get(n.effect, n.effect),
             "reason": _reason(n.reason)}
            for n in payments.list_notices(payout_id)
        ],
        "history": [
            {"label": row.label, "at": row.at, "who": who.get(row.actor, "")} for row in history
        ],
        "replacement": replacement,
        "batch": payments.batch_of(payout_id),
        "may_ask_payee": may_pay
        and seen.state == "REJECTED"
        and replacement is None
        and seen.about.startswith("claim:"),
        "accounts": people.list_accounts(seen.to_party)
        if seen.state == "REJECTED" and replacement is None and may_pay
        else (),
        "may_reissue": seen.state == "REJECTED" and replacement is None and may_pay,
        "may_ask": may_reconcile and seen.state in {"SENDING", "SENT", "UNCLEAR"},
        "may_resolve": may_reconcile and seen.state == "UNCLEAR",
        "customer": reverse("staff:customer", args=[party.id]) if access.may("people.view") else "",
        "refusal": refusal,
        **(more or {}),
    }  # fmt: skip
    status = refusal.status if refusal else 200
    return show(request, "staff/payments/payout.html", page, here="payments", status=status)


def _reason(code: str) -> str:
    return payments.REASONS.get(code, code)
