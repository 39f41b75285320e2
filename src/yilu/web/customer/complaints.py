"""我的投诉: say what went wrong, see who answers for it and by when, answer the answer."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yilu.complaints import operations as complaints
from yilu.complaints import queries
from yilu.kernel.errors import Refusal
from yilu.letters import operations as letter_operations
from yilu.letters import queries as letters
from yilu.obligations import queries as obligations
from yilu.voice import operations as voice_operations
from yilu.voice import queries as voice
from yilu.web.common import access, complaining
from yilu.web.common.files import pdf
from yilu.web.common.numbers import whole
from yilu.web.customer import pages

_DONE = {
    "urge": gettext_noop("已提醒负责人，请留意来电。"), "facts": gettext_noop("已补充，负责人会接着核实。"),
    "content": gettext_noop("谢谢您，这件投诉就办结了。"), "not_content": gettext_noop("已交上级重新处理，十五日内再答复您。"),
    "review": gettext_noop("已收到核查申请，三十日内答复您。"), "withdraw": gettext_noop("已撤回。"),
    "rate": gettext_noop("谢谢您的评价，我们会认真看每一条。"),
}  # fmt: skip


@access.customers_only
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """The customer's complaints, the latest first."""
    rows = queries.list_for_customer(pages.me(request).id)
    due = {
        clock.about: clock.due_at
        for clock in obligations.open_promises([row.ref for row in rows], timezone.now())
        if clock.grade == "LAW"
    }
    page = {"rows": [(row, due.get(str(row.ref))) for row in rows]}
    return pages.show(request, "complaints/mine", page, tab="me")


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


def _page(
    request: HttpRequest, complaint_id: int, refusal: Refusal | None = None, did: str = ""
) -> HttpResponse:
    """The page of a case; after a refusal with what was typed into the form of ``did``, which stands open."""
    case = queries.get_for_customer(complaint_id, pages.me(request).id)
    steps, now = _steps(case)
    page = {
        "case": case, "steps": steps, "step_now": now, "told": queries.story_for_customer(case),
        "clocks": obligations.open_promises([case.ref], timezone.now()),
        "letters": letters.list_letters(case.ref), "hotline": settings.HOTLINE,
        "refusal": refusal, "did": did, "given": _given(request, did), "five": range(1, 6),
        "rated": voice.is_rated(_rating_key(complaint_id)),
    }  # fmt: skip
    return pages.show(
        request, "complaints/complaint", page, tab="me", status=pages.status_of(refusal)
    )


def _steps(case: queries.CaseView) -> tuple[tuple[str, ...], int]:
    """The steps of a complaint, and which of them it is at; past the last one when it is over."""
    steps = (_("登记"), _("联系您"), _("核实"), _("答复"), _("办结"))
    at = {"OPEN": 2 if case.contacted else 1, "DECIDED": 3, "REVIEWING": 3}
    return steps, at.get(case.row.state, len(steps))


def _given(request: HttpRequest, did: str) -> dict[str, str]:
    """What was typed into the form that was refused."""
    if not did:
        return {}
    words = request.POST.get("words", "")
    return {
        "facts" if did == "facts" else "words": words,
        "comment": request.POST.get("comment", ""),
    }


@access.customers_only
@require_POST
def act(request: HttpRequest, complaint_id: int, name: str) -> HttpResponse:
    """One step by the complainant: urge, facts, content, not_content, review, withdraw, rate."""
    me, now, words = pages.me(request), timezone.now(), request.POST.get("words", "")
    try:
        if name == "urge":
            complaints.urge(complaint_id=complaint_id, actor=me, at=now)
        elif name == "facts":
            complaints.add_facts(complaint_id=complaint_id, words=words, actor=me, at=now)
        elif name in {"content", "not_content"}:
            complaints.say_content(
                complaint_id=complaint_id, content=name == "content", words=words, actor=me, at=now
            )
        elif name == "review":
            complaints.ask_review(complaint_id=complaint_id, words=words, actor=me, at=now)
        elif name == "withdraw":
            complaints.withdraw(complaint_id=complaint_id, actor=me, at=now)
        elif name == "rate":
            _rate(request, complaint_id)
        else:
            raise Http404
    except complaints.ComplaintNotFound:
        raise
    except Refusal as refusal:
        return _page(request, complaint_id, refusal, name)
    messages.success(request, _(_DONE[name]))
    return redirect("customer:complaint", complaint_id)


def _rating_key(complaint_id: int) -> str:
    return f"complaint:{complaint_id}"


def _rate(request: HttpRequest, complaint_id: int) -> None:
    """Stars for how it was handled, once it is over; a second time is the first."""
    me = pages.me(request)
    case = queries.get_for_customer(complaint_id, me.id)
    if case.row.state != "CLOSED":
        raise complaints.NotNow
    voice_operations.take_rating(
        said=voice_operations.Said(
            stars=whole(request.POST.get("stars")), comment=request.POST.get("comment", "")
        ),
        touchpoint="complaint", journey="complaint", about=case.ref, staff_id=case.row.owner_id,
        request_key=_rating_key(complaint_id), actor=me, at=timezone.now(),
    )  # fmt: skip


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
