"""一键理赔: a claim made ready from what the hospital sent, waiting for one tap."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from yilu.claims import operations as claims
from yilu.claims import queries
from yilu.kernel.errors import Refusal
from yilu.people import queries as people
from yilu.web.common import access
from yilu.web.common.choices import set_choices
from yilu.web.customer import pages, report


class Answer(forms.Form):
    """Where to pay, and the separate consent."""

    account = forms.ChoiceField(
        label=_("赔款打到哪张卡"),
        widget=forms.RadioSelect,
        error_messages={"required": _("请选一张本人的银行卡；还没有的，先点“添加银行卡”。")},
    )
    health_consent = forms.BooleanField(
        error_messages={"required": _("请勾选同意；不同意的话，可以到柜面办理。")}
    )

    def __init__(self, accounts: list[people.AccountView], *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        choices = [(str(a.id), f"{gettext(a.bank_name)} {a.masked_number}") for a in accounts]
        set_choices(self, "account", choices)
        if choices:
            self.initial["account"] = choices[0][0]


@access.customers_only
@require_http_methods(["GET", "HEAD", "POST"])
def offer(request: HttpRequest, offer_id: int) -> HttpResponse:
    """Look at the offer; take it with one tap, or leave it."""
    me, now = pages.me(request), timezone.now()
    found = queries.get_offer(offer_id, me.id)
    accounts = people.list_accounts(me.id)
    form, refusal = Answer(accounts, request.POST or None), None
    try:
        if request.POST.get("answer") == "no":
            claims.decline_offer(offer_id=offer_id, actor=me, at=now)
            messages.info(request, gettext("好的，这次不申请。以后想申请，可以随时报案。"))
            return redirect("customer:home")
        if request.method == "POST" and form.is_valid():
            account_id = int(form.cleaned_data["account"])
            made = report.with_consent(
                me,
                now,
                lambda: claims.confirm_offer(
                    offer_id=offer_id, account_id=account_id, actor=me, at=now
                ),
            )
            messages.success(request, gettext("已提交。不用再做什么，等好消息就行。"))
            return redirect("customer:claim", claim_id=made.claim_id)
    except Refusal as refused:
        refusal = refused
    page = {"offer": found, "form": form, "refusal": refusal}
    status = pages.status_of(refusal, form if request.method == "POST" else None)
    return pages.show(request, "offer", page, tab="home", status=status)
