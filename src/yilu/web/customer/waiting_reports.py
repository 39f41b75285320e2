"""有人为您报案: who reported what for me, and my own word on it before anything is done with my health data."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_http_methods

from yilu.claims import operations as claims
from yilu.claims import queries
from yilu.kernel.errors import NotFound, Refusal
from yilu.people import queries as people
from yilu.web.common import access
from yilu.web.customer import pages


@access.customers_only
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, waiting_id: int) -> HttpResponse:
    """Read it; agree (``answer=agree``), refuse, or say that one asked nobody. The claimant only looks."""
    refusal = None
    if request.method == "POST":
        try:
            return _answer(request, waiting_id)
        except NotFound:
            raise
        except Refusal as refused:
            refusal = refused
    me = pages.me(request)
    found = queries.waiting_report_for_customer(waiting_id, me.id)
    page = {
        "found": found,
        "refusal": refusal,
        "mine": found.subject.id == me.id,
        "reported_by_me": found.reported_by == me,
        "text": people.consent_text("HEALTH_DATA", get_language() or ""),
    }
    return pages.show(
        request, "waiting_report", page, tab="claims", status=pages.status_of(refusal)
    )


def _answer(request: HttpRequest, waiting_id: int) -> HttpResponse:
    me, now, answer = pages.me(request), timezone.now(), request.POST.get("answer", "")
    if answer == "agree":
        claim_id = claims.agree_to_report(
            waiting_id=waiting_id, text_version=request.POST.get("version", ""), actor=me, at=now
        )
        messages.success(request, gettext("谢谢。报案已经提交，日期按最早报案的那天算。"))
        return redirect("customer:claim", claim_id)
    if answer == "take-back":
        claims.take_report_back(waiting_id=waiting_id, actor=me, at=now)
        messages.info(request, gettext("已撤回，没有提交报案。"))
        return redirect("customer:claims")
    claims.refuse_report(
        waiting_id=waiting_id, answer=answer, words=request.POST.get("words", ""), actor=me, at=now
    )
    messages.info(
        request,
        gettext("已记下：您没有委托这次报案，我们会核实是谁、为什么代报。")
        if answer == "DISOWNED"
        else gettext("已记下您不同意。报案日期仍为您留着；改主意可以再来，也可以到柜面办理。"),
    )
    return redirect("customer:waiting_report", waiting_id)


urls = [path("c/waiting-reports/<int:waiting_id>", report, name="waiting_report")]
