"""调解方案: worked out by a template, tried first, then kept; at once in force or for a lead to confirm."""

from __future__ import annotations

from decimal import Decimal

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_http_methods

from yilu.care import operations as care
from yilu.care import queries
from yilu.claims import queries as claims
from yilu.kernel.days import day_of
from yilu.kernel.errors import Invalid, Refusal, Sentence
from yilu.web.common.access import staff_only
from yilu.web.common.numbers import whole
from yilu.web.staff.asked import acting, money_of
from yilu.web.staff.care import next_on_of
from yilu.web.staff.page import access_of, show


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(right="claims.assess")
def plan(request: HttpRequest, claim_id: int) -> HttpResponse:
    """A plan by the template ``?kind=``; ``do=try`` works it out, ``do=make`` keeps it."""
    access, today = access_of(request), day_of(timezone.now())
    card = claims.get_for_staff(claim_id, access)
    given = request.POST if request.method == "POST" else request.GET
    form = queries.plan_form(given.get("kind", ""))
    start = queries.start_plan(
        claim_id, form.code, access, today=today, third_party_id=whole(given.get("third"))
    )
    hurt, worked, refusal = start.hurt, None, None
    missing: tuple[str, ...] = ()
    if request.method == "POST":
        try:
            start = _said(request.POST, form, start)
            if request.POST.get("do") == "make":
                return _make(request, claim_id, form, start)
            worked = care.work_out_plan(
                form.code, start.answers, papers=start.papers, share=start.share, age=start.age,
                at=timezone.now(),
            )  # fmt: skip
            missing = worked.missing
        except Refusal as problem:
            refusal, missing = problem, getattr(problem, "papers", ())
    page = {
        "claim": card, "form": form, "start": start, "worked": worked, "refusal": refusal,
        "fields": [(h, start.answers.get(h.code), _opened(request, h.code, start)) for h in form.heads],
        "missing": queries.papers_said(list(missing)), "grades": queries.GRADES, "today": today, "hurt": hurt,
        "doubts": queries.doubts_said([[d.code, d.about] for d in worked.doubts]) if worked else (),
    }  # fmt: skip
    status = refusal.status if refusal else 200
    return show(request, "staff/care/plan.html", page, here="talks", status=status)


def _make(
    request: HttpRequest, claim_id: int, form: queries.PlanForm, said: queries.PlanStart
) -> HttpResponse:
    care.plan_by_template(
        claim_id=claim_id, kind=form.code, answers=said.answers, papers=said.papers,
        share=said.share, age=said.age, third_party_id=said.chosen, why_without=said.why_without,
        offer=said.offer, next_on=next_on_of(request), **acting(request),
    )  # fmt: skip
    messages.success(request, _("方案已保存。"))
    return redirect("staff:claim_care", claim_id)


def _opened(request: HttpRequest, head: str, start: queries.PlanStart) -> bool:
    """Whether a head stands open: it has an answer, or something was typed into it."""
    typed = (request.POST.get(f"{head}:{each}") for each in ("amount", "days", "grade", "ground"))
    return head in start.answers or any(typed)


def _money(head: str, text: str) -> Decimal:
    """The amount of a head. :raises Invalid: if it is none; says of which head."""
    try:
        return money_of(text)
    except Invalid as wrong:
        said = Sentence(gettext_noop("{head}：金额填写有误"), head=head)
        raise Invalid(said, hint=wrong.hint) from None


def _said(given: QueryDict, form: queries.PlanForm, begun: queries.PlanStart) -> queries.PlanStart:
    """The form as it was filled in; a head without an amount is not in the plan."""
    answers = {}
    for head in form.heads:
        amount = given.get(f"{head.code}:amount", "").strip()
        if amount:
            answers[head.code] = queries.Answer(
                amount=_money(head.name, amount), days=whole(given.get(f"{head.code}:days")) or 0,
                grade=whole(given.get(f"{head.code}:grade")) or 0,
                ground=given.get(f"{head.code}:ground", "").strip()[:80],
            )  # fmt: skip
    return queries.PlanStart(
        chosen=whole(given.get("third")), age=whole(given.get("age")),
        share=whole(given.get("share")) or 0, papers=frozenset(given.getlist("papers")),
        answers=answers, why_without=given.get("why_without", ""), returned_for=begun.returned_for,
        next_on=given.get("next_on", ""), offer=given.get("offer") == "1",
    )  # fmt: skip
