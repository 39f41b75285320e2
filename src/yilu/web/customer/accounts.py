"""收款银行卡: one's own only; and the correction after a bank's refusal."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop as _n
from django.views.decorators.http import require_http_methods, require_safe

from yilu.claims import operations as claims
from yilu.claims import queries
from yilu.kernel.errors import Refusal
from yilu.people import operations as people_operations
from yilu.people import queries as people
from yilu.risk import operations as risk
from yilu.web.common import access
from yilu.web.common.choices import set_choices
from yilu.web.common.device import device_of, keep
from yilu.web.customer import pages
from yilu.web.customer.claims import returned_for

WORDS = {
    "PAYOUT_PROBLEM": (
        _n("更正收款账户"), _n("银行退回了付款。换一张本人的卡，我们立刻重新付。"), _n("用这张卡重新付款"),
    ),
    "APPROVED": (_n("登记收款账户"), _n("赔款已核定，选好本人的卡，马上付款。"), _n("付到这张卡")),
    "": (_n("收款账户"), _n("选好本人的卡，核定后赔款直接付到这里。"), _n("付到这张卡")),
}  # fmt: skip
"""What the page says, by the claim's state: heading, explanation, button."""


class Card(forms.Form):
    """A bank card in one's own name."""

    bank_code = forms.ChoiceField(label=_("开户银行"))
    number = forms.CharField(
        label=_("卡号"), max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "cc-number", "placeholder": "6222 …"}),
    )  # fmt: skip
    holder_name = forms.CharField(label=_("户名（您本人姓名）"), max_length=60)

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        set_choices(
            self,
            "bank_code",
            [
                ("", gettext("请选择")),
                *((code, gettext(name)) for code, name in people.list_banks()),
            ],
        )


class Choice(forms.Form):
    """Which of one's cards."""

    account = forms.ChoiceField(label=_("换成哪张卡"), widget=forms.RadioSelect)

    def __init__(self, accounts: list[people.AccountView], *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        set_choices(
            self,
            "account",
            [(str(a.id), f"{gettext(a.bank_name)} {a.masked_number}") for a in accounts],
        )


@access.customers_only
@require_safe
def accounts(request: HttpRequest) -> HttpResponse:
    """The cards to which one may be paid."""
    page = {"accounts": people.list_accounts(pages.me(request).id)}
    return pages.show(request, "accounts", page, tab="me")


@access.customers_only
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """Add a card, then go back to where one came from."""
    me = pages.me(request)
    form, refusal = Card(request.POST or None), None
    text = people.consent_text("FINANCIAL", get_language() or "")
    if request.method == "POST" and form.is_valid():
        try:
            agreed = text.version if request.POST.get("consent") == "yes" else ""
            people_operations.add_account(
                party_id=me.id, **form.cleaned_data, agreed=agreed, actor=me, at=timezone.now()
            )
            device, token = device_of(request)
            risk.note_device(about=me, party_id=me.id, device=device, at=timezone.now())
            messages.success(request, gettext("已添加。"))
            response = HttpResponseRedirect(access.way_on(request, reverse("customer:accounts")))
            keep(response, token)
            return response
        except Refusal as refused:
            refusal = refused
    page = {
        "form": form, "refusal": refusal, "next": access.way_on(request, ""), "text": text,
        "consented": people.has_consent(me.id, "FINANCIAL"),
    }  # fmt: skip
    status = pages.status_of(refusal, form if request.method == "POST" else None)
    return pages.show(request, "add_account", page, tab="me", status=status)


@access.customers_only
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: HttpRequest, claim_id: int) -> HttpResponse:
    """Choose another card after the bank sent the payment back; it goes out again at once."""
    me, now = pages.me(request), timezone.now()
    progress = queries.get_progress(claim_id, me, now)
    form, refusal = Choice(people.list_accounts(me.id), request.POST or None), None
    if request.method == "POST" and form.is_valid():
        try:
            claims.correct_account(
                claim_id=claim_id, account_id=int(form.cleaned_data["account"]), actor=me, at=now
            )
            messages.success(request, gettext("已登记，赔款会付到这张卡。"))
            return redirect("customer:claim", claim_id=claim_id)
        except Refusal as refused:
            refusal = refused
    state = progress.card.state
    returned = state == "PAYOUT_PROBLEM"
    heading, words, button = WORDS.get(state, WORDS[""])
    page = {
        "claim": progress, "form": form, "refusal": refusal,
        "heading": gettext(heading), "words": gettext(words), "button": gettext(button),
        "problem": returned_for(progress) if returned else "",
        "refused": {p.account for p in progress.payouts if p.problem} if returned else (),
    }  # fmt: skip
    status = pages.status_of(refusal, form if request.method == "POST" else None)
    return pages.show(request, "account", page, tab="claims", status=status)
