"""我的理赔: what the customer sees of a claim, and what they may do about it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from yilu.claims import operations as claims
from yilu.claims import queries
from yilu.journal import queries as journal
from yilu.kernel.errors import Refusal
from yilu.kernel.refs import Ref
from yilu.letters import operations as letter_operations
from yilu.letters import queries as letters
from yilu.messaging import queries as messaging
from yilu.standards import queries as standards
from yilu.web.common import access, push
from yilu.web.common.files import pdf
from yilu.web.customer import pages


@dataclass(frozen=True)
class Now:
    """What a state means to the customer, and how often their page looks again (0: it rests)."""

    title: str
    text: str
    poll_seconds: int


_n = gettext_noop
STATES = {
    "REPORTED": Now(_n("请交资料"), _n("已收到您的报案。交齐清单上的资料，马上开始审核。"), 30),
    "COLLECTING": Now(_n("请交资料"), _n("已收到您的报案。交齐清单上的资料，马上开始审核。"), 30),
    "READING": Now(_n("正在读您的资料"), _n("系统正在识别您交来的文件，一般一两分钟。"), 2),
    "ASSESSING": Now(_n("正在审核和计算"), _n("正在核对保单责任，逐行计算赔款。"), 2),
    "REVIEW": Now(
        _n("理赔员正在审核"), _n("有同事正在逐项看您的案子，需要您做什么会一次说清。"), 15
    ),
    "SUPPLEMENT": Now(_n("还差几份资料"), _n("补齐下面列出的资料后，我们接着办。"), 30),
    "INVESTIGATING": Now(
        _n("正在核实情况"), _n("有些情况需要核实，核实期间会按时告诉您进展。"), 30
    ),
    "SECOND_REVIEW": Now(
        _n("第二位同事复核中"), _n("为了稳妥，结论要由另一位同事复核后生效。"), 15
    ),
    "APPROVED": Now(
        _n("已核定赔付，请登记收款账户"), _n("结论已经作出，只差一个您本人的收款账户。"), 10
    ),
    "PAYING": Now(_n("赔款在路上"), _n("付款指令已交给银行，到账后马上通知您。"), 2),
    "PAYOUT_PROBLEM": Now(
        _n("银行退回了付款"), _n("多半是卡号或户名不符。更正收款账户后，我们立刻重新付。"), 10
    ),
    "PAID": Now(_n("赔款已到账"), _n("请到银行核对。祝您早日康复。"), 10),
    "DECLINED": Now(
        _n("这次不能赔付"),
        _n("由我们的同事逐项核对后决定，理由和条款列在下面。不同意可以申请重新处理。"),
        0,
    ),
    "NOTHING_DUE": Now(
        _n("属于保障范围，这次应付 0 元"),
        _n("由我们的同事逐项核对后决定，怎么算的列在下面和通知书里。不同意可以申请重新处理。"),
        0,
    ),
    "CLOSED": Now(_n("已办结"), _n("这件理赔已经办完，资料和文书会为您留存。"), 0),
    "PAID_AND_CLOSED": Now(_n("赔款已到账，已办结"), _n("请到银行核对。资料和文书会为您留存。"), 0),
    "WITHDRAWN": Now(_n("已撤回"), _n("您撤回了这次申请。需要时可以重新报案。"), 0),
    "MERGED": Now(_n("已并入另一件理赔"), _n("同一次出险只需一件，请看合并后的案子。"), 0),
}
BEFORE_DECISION = {
    "REPORTED", "COLLECTING", "READING", "ASSESSING", "REVIEW", "SUPPLEMENT", "INVESTIGATING", "SECOND_REVIEW",
}  # fmt: skip
"""While one may still say where to pay."""
STILL_PAYING = {"PAYING", "PAYOUT_PROBLEM"}
RESTING = Now("", "", 0)
TO_ANOTHER = {
    "APPROVED": (_n("已核定，直接付给%(who)s"), _n("不用您的账户，也不用您做什么。")),
    "PAYING": (_n("正在付给%(who)s"), _n("付款指令已交给银行，到账后告诉您；不用您的账户。")),
    "PAYOUT_PROBLEM": (
        _n("银行退回了付给%(who)s的款"), _n("我们正在与对方核对账户，核对好马上重新付；您不用做什么。"),
    ),
    "PAID": (_n("已付给%(who)s"), _n("这笔款直接付给对方，不经过您的账户。祝您早日康复。")),
    "PAID_AND_CLOSED": (
        _n("已付给%(who)s，已办结"), _n("这笔款直接付给对方，不经过您的账户。资料和文书会为您留存。"),
    ),
}  # fmt: skip
"""The same where the money goes to a hospital or a third party instead."""
IDENTITY = Now(
    _n("已核定赔付，付款前核实您的身份"),
    _n(
        "法律要求付款前核实收款人身份。登记机关能查到的，系统自动核实，不用您做什么；"
        "短信请您带证件的，请本人带有效身份证件到任一柜面，或致电我们预约上门。核实后马上付款。"
    ),
    10,
)
"""Where nothing but that keeps the viewer's money."""
OWN_PART = Now(
    _n("您的部分已到账"),
    _n("请到银行核对。其他收款人的部分还在办，全部到账后案件办结；您不用再做什么。"),
    10,
)
"""Where only what others receive is still on its way."""
TIP = "claims.prevention_tip"
TOLD_SHOWN = 6


@access.customers_only
@require_safe
def my_claims(request: HttpRequest) -> HttpResponse:
    """Every claim of the customer's, and what is ready for one tap."""
    me = pages.me(request)
    page = {
        "claims": queries.list_for_party(me.id),
        "to_sign": queries.agreements_waiting(me.id),
        "to_answer": queries.waiting_for_me(me.id),
        "offers": queries.list_offers(me.id, at=timezone.now()),
        "service": _service_12345(),
    }
    return pages.show(request, "claims", page, tab="claims")


def _service_12345() -> standards.ProgrammeView | None:
    """What every claim may count on, while it is offered."""
    with suppress(standards.UnknownProgramme):
        found = standards.get_programme(standards.SERVICE_12345, timezone.now())
        return found if found.offered else None
    return None


@access.customers_only
@require_safe
def claim(request: HttpRequest, claim_id: int) -> HttpResponse:
    """One claim with every step, who holds it, what it waits for, the sum and the law."""
    me = pages.me(request)
    page = _page(queries.get_progress(claim_id, me, timezone.now()), me)
    page["ticket"] = push.ticket(f"party:{me.id}", for_whom=str(me))
    return pages.show(request, "claim", page, tab="claims")


@access.customers_only
@require_safe
def live(request: HttpRequest, claim_id: int) -> HttpResponse:
    """
    The moving part of the page. Nothing is sent while nothing has changed.

    Whether it has is one look at an index: the latest event of the customer's, and the minute (the
    clocks go down).
    """
    me = pages.me(request)
    version = version_of(me)
    if request.GET.get("seen") == version:
        return HttpResponse(status=204)
    if request.headers.get("If-None-Match") == f'"{version}"':
        return HttpResponseNotModified()
    page = _page(queries.get_progress(claim_id, me, timezone.now()), me)
    response = pages.show(request, "parts/claim_live_with_news", page)
    response.headers["ETag"] = f'"{version}"'
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def version_of(me: Ref) -> str:
    """Changes whenever something happened to the customer, and every minute."""
    return f"{journal.latest_event_id(me.id)}.{timezone.now():%H%M}"


def returned_for(progress: Any) -> str:
    """Why the bank sent the latest payment back; empty where it did not say."""
    return next((p.problem for p in reversed(progress.payouts) if p.problem), "")


def _page(progress: Any, me: Ref) -> dict[str, Any]:
    card = progress.card
    state = "PAID_AND_CLOSED" if card.state == "CLOSED" and card.paid_amount else card.state
    if card.nothing_due:
        state = "NOTHING_DUE"
    now = STATES.get(state, RESTING)
    told = [
        m
        for m in messaging.messages_about(progress.card.ref)
        if m.recipient == str(me) and m.sent_at
    ]
    tip = next((m.text for m in told if m.template == TIP), "")
    decision = progress.decision
    title, text = gettext(now.title), gettext(now.text)
    if progress.paid_to and state in TO_ANOTHER:
        title, text = (gettext(words) for words in TO_ANOTHER[state])
        title = title % {"who": progress.paid_to}
    elif state == "PAYOUT_PROBLEM" and (why := returned_for(progress)):
        text = gettext("银行说：%(why)s。换一张本人的卡，我们立刻重新付。") % {"why": gettext(why)}
    if state == "REVIEW" and (why := progress.cover_question):
        text = gettext(
            "%(why)s。是否如此由理赔人员核对，不由系统下结论，会书面答复您；现在不用交资料。"
            "您有缴费凭证或不同看法，可以上传或致电我们。"
        ) % {"why": gettext(why)}
    known_account = bool(progress.account) or any(
        y.has_account for y in progress.payees if y.party_id == me.id
    )
    identity_only = progress.identity_awaited and known_account
    if state in STILL_PAYING and progress.own_part_paid:
        title, text = gettext(OWN_PART.title), gettext(OWN_PART.text)
    if identity_only:
        title, text = gettext(IDENTITY.title), gettext(IDENTITY.text)
    return {
        "claim": progress,
        "to_sign": queries.agreements_waiting(me.id, card.id),
        "told": [m for m in reversed(told) if m.template != TIP][:TOLD_SHOWN],
        "tip": tip,
        "mine": [y for y in progress.payees if y.party_id == me.id],
        "declined": decision is not None
        and decision.kind == "DECLINE"
        and not decision.nothing_due,
        "by_rule": decision is not None and decision.decided_by == "系统",
        "open_clocks": [c for c in progress.clocks if c.met_at is None],
        "met_clocks": [c for c in progress.clocks if c.met_at is not None],
        "version": version_of(me),
        "account_first": "CORRECT_ACCOUNT" in progress.can and not identity_only,
        "account_open": progress.card.state in BEFORE_DECISION
        and not progress.paid_to
        and progress.card.claimant_id == me.id,
        "poll_seconds": now.poll_seconds,
        "now_title": title,
        "now_text": text,
        "now_said": f"{title}。{text}",
    }


@access.customers_only
@require_safe
def letter(request: HttpRequest, claim_id: int, letter_id: int) -> HttpResponse:
    """
    A letter of the claim as PDF; opening it is recorded as its delivery.

    :raises LetterNotFound: unless it was written to the asker about this claim.
    """
    me = pages.me(request)
    found = letters.find_letter(letter_id)
    if found is None or found.party_id != me.id or found.about != str(Ref("claim", claim_id)):
        raise letter_operations.LetterNotFound
    opened = letters.open_letter(letter_id)
    letter_operations.mark_delivered(letter_id=letter_id, proof="APP", actor=me, at=timezone.now())
    return pdf(opened.content, opened.filename)


@access.customers_only
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, claim_id: int) -> HttpResponse:
    """Take the claim back, after one look at what that means."""
    me = pages.me(request)
    progress = queries.get_progress(claim_id, me, timezone.now())
    refusal = None
    if request.method == "POST":
        try:
            claims.withdraw_claim(claim_id=claim_id, actor=me, at=timezone.now())
            messages.success(request, gettext("已撤回。需要时可以重新报案。"))
            return redirect("customer:claim", claim_id=claim_id)
        except Refusal as refused:
            refusal = refused
    page = {"claim": progress, "refusal": refusal}
    return pages.show(request, "withdraw", page, tab="claims", status=pages.status_of(refusal))


class Appeal(forms.Form):
    """Why the customer does not agree."""

    text = forms.CharField(
        label=_("您的理由"), min_length=5, max_length=2000, widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("例如：哪一项算得不对，或还有什么情况没有考虑到。"),
    )  # fmt: skip


@access.customers_only
@require_http_methods(["GET", "HEAD", "POST"])
def appeal(request: HttpRequest, claim_id: int) -> HttpResponse:
    """Ask for the decision to be looked at again by somebody else."""
    me = pages.me(request)
    progress = queries.get_progress(claim_id, me, timezone.now())
    form, refusal = Appeal(request.POST or None), None
    if request.method == "POST" and form.is_valid():
        try:
            claims.reopen_claim(
                claim_id=claim_id,
                cause="APPEAL",
                text=form.cleaned_data["text"],
                actor=me,
                at=timezone.now(),
            )
            messages.success(request, gettext("已收到。会由另一位同事重新审核，进展会通知您。"))
            return redirect("customer:claim", claim_id=claim_id)
        except Refusal as refused:
            refusal = refused
    page = {"claim": progress, "form": form, "refusal": refusal}
    status = pages.status_of(refusal, form if request.method == "POST" else None)
    return pages.show(request, "appeal", page, tab="claims", status=status)


class Rating(forms.Form):
    """One to five stars, nought to ten, and whatever else one wants to say."""

    stars = forms.IntegerField(
        min_value=1, max_value=5, error_messages={"required": _("请选几颗星")}
    )
    recommend = forms.IntegerField(
        min_value=0, max_value=10, error_messages={"required": _("请在 0 到 10 之间选一个数")}
    )
    comment = forms.CharField(
        label=_("想说的话"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


@access.customers_only
@require_http_methods(["GET", "HEAD", "POST"])
def rate(request: HttpRequest, claim_id: int) -> HttpResponse:
    """Say how it was; once."""
    me = pages.me(request)
    progress = queries.get_progress(claim_id, me, timezone.now())
    form, refusal = Rating(request.POST or None), None
    if request.method == "POST" and form.is_valid():
        try:
            claims.rate_claim(claim_id=claim_id, **form.cleaned_data, actor=me, at=timezone.now())
            messages.success(request, gettext("谢谢您的评价，我们会认真看每一条。"))
            return redirect("customer:claim", claim_id=claim_id)
        except Refusal as refused:
            refusal = refused
    page = {
        "claim": progress, "form": form, "refusal": refusal,
        "five": range(1, 6), "ten": range(11),
    }  # fmt: skip
    status = pages.status_of(refusal, form if request.method == "POST" else None)
    return pages.show(request, "rate", page, tab="claims", status=status)
