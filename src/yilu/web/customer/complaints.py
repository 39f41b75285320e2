"""我的投诉: say what went wrong, see who answers for it and by when, answer the answer."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yilu.complaints import operations as complaints
from yilu.complaints import queries
from yilu.kernel.errors import Refusal
from yilu.letters import operations as letter_operations
from yilu.letters import queries as letters
from yilu.obligations import queries as obligations
from yilu.web.common import access, complaining
from yilu.web.common.files import pdf
from yilu.web.customer import pages


@access.customers_only
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """The customer's complaints, the latest first."""
    rows = queries.list_for_customer(pages.me(request).id)
    return pages.show(request, "complaints/mine", {"rows": rows}, tab="me")


@access.customers_only
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Say what went wrong; nothing is asked for that we have."""
    me, refusal = pages.me(request), None
    if request.method == "POST":
        try:
            got = complaints.receive(
                party_id=me.id, channel="APP", told=complaining.told_in(request.POST, me.id),
                actor=me, at=timezone.now(),
            )  # fmt: skip
            messages.success(
                request,
                _("同一件事您已投诉过，已并入原来的投诉并加急。")
                if got.joined
                else _("投诉已登记。"),
            )
            return redirect("customer:complaint", got.id)
        except Refusal as problem:
            refusal = problem
    page = {
        "businesses": queries.BUSINESSES, "reasons": queries.REASONS, "given": request.POST,
        "chosen": request.POST.get("about") or request.GET.get("about", ""),
        "subjects": complaining.subjects(me.id), "refusal": refusal,
    }  # fmt: skip
    return pages.show(request, "complaints/new", page, tab="me", status=pages.status_of(refusal))


@access.customers_only
@require_safe
def complaint(request: HttpRequest, complaint_id: int) -> HttpResponse:
    """One complaint: who answers for it, until when, what was decided, and what one may do."""
    return _page(request, complaint_id)


def _page(request: HttpRequest, complaint_id: int, refusal: Refusal | None = None) -> HttpResponse:
    case = queries.get_for_customer(complaint_id, pages.me(request).id)
    now = timezone.now()
    clocks = [
        c
        for c in obligations.list_clocks(case.ref, now)
        if c.state in {"RUNNING", "PAUSED", "BREACHED"} and c.grade == "LAW"
    ]
    page = {
        "case": case, "clocks": clocks, "letters": letters.list_letters(case.ref),
        "refusal": refusal,
    }  # fmt: skip
    return pages.show(
        request, "complaints/complaint", page, tab="me", status=pages.status_of(refusal)
    )


@access.customers_only
@require_POST
def act(request: HttpRequest, complaint_id: int, name: str) -> HttpResponse:
    """One step by the complainant: facts, content, not_content, review, withdraw."""
    me, now, words = pages.me(request), timezone.now(), request.POST.get("words", "")
    try:
        if name == "facts":
            complaints.add_facts(complaint_id=complaint_id, words=words, actor=me, at=now)
        elif name in {"content", "not_content"}:
            complaints.say_content(
                complaint_id=complaint_id, content=name == "content", words=words, actor=me, at=now
            )
        elif name == "review":
            complaints.ask_review(complaint_id=complaint_id, words=words, actor=me, at=now)
        elif name == "withdraw":
            complaints.withdraw(complaint_id=complaint_id, actor=me, at=now)
        else:
            raise Http404
    except complaints.ComplaintNotFound:
        raise
    except Refusal as refusal:
        return _page(request, complaint_id, refusal)
    messages.success(request, _("已收到。"))
    return redirect("customer:complaint", complaint_id)


@access.customers_only
@require_safe
def letter(request: HttpRequest, complaint_id: int, letter_id: int) -> HttpResponse:
    """One of the letters about it; opening it proves that it arrived."""
    me = pages.me(request)
    case = queries.get_for_customer(complaint_id, me.id)
    if letter_id not in {each.id for each in letters.list_letters(case.ref)}:
        raise complaints.ComplaintNotFound
    opened = letters.open_letter(letter_id)
    letter_operations.mark_delivered(letter_id=letter_id, proof="APP", actor=me, at=timezone.now())
    return pdf(opened.content, opened.filename)
