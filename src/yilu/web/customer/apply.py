"""我要投保: needs, products in plain words, the application in calm steps, and how it stands."""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yilu.kernel.days import day_of
from yilu.kernel.errors import Refusal
from yilu.letters import operations as letter_operations
from yilu.letters import queries as letters
from yilu.payments import queries as payments
from yilu.people import queries as people
from yilu.products import queries as products
from yilu.underwriting import operations as underwriting
from yilu.underwriting import queries
from yilu.underwriting.queries import talks
from yilu.video import operations as video
from yilu.web.common import access, applying, applying_family
from yilu.web.common.applying import Who
from yilu.web.common.applying_forms import amount_of, usual_sum
from yilu.web.common.numbers import whole
from yilu.web.customer import going_on, pages

HIDDEN = frozenset({"GROUP_MEDICAL"})
"""Kinds that nobody buys for themselves."""


@access.customers_only
@require_safe
def buy(request: HttpRequest) -> HttpResponse:
    """Everything on offer by itself, in plain words, with what it would cost somebody of one's age."""
    me, today = pages.me(request), day_of(timezone.now())
    person = people.get_party(me.id)
    offers = [
        (offer, applying.example_price(offer, person, today))
        for offer in products.list_offers(today)
        if not offer.is_rider and offer.kind not in HIDDEN
    ]
    page = {"offers": offers, "applications": queries.list_for_party(me.id)[:3]}
    return pages.show(request, "apply_buy", page, tab="home")


@access.customers_only
@require_http_methods(["GET", "HEAD", "POST"])
def product(request: HttpRequest, code: str) -> HttpResponse:
    """One product: what it covers, what it does not, ages and sums; one tap begins."""
    me, now = pages.me(request), timezone.now()
    offer = products.get_offer(code, day_of(now))
    if request.method == "POST":
        made = underwriting.start_application(
            holder_id=me.id, product_code=code, channel="APP", actor=me, at=now,
            request_key=request.POST.get("request_key", "")[:64],
            needs_id=whole(request.POST.get("needs")),
        )  # fmt: skip
        if request.POST.get("for") == "family":
            family = applying_family.start(Who(me, "APP"), made)
            return redirect("customer:family", family_id=family)
        return redirect("customer:apply_step", application_id=made, code="people")
    terms = products.get_terms(offer.version_id)
    person, sum_shown = people.get_party(me.id), usual_sum(offer)
    page = {
        "offer": offer,
        "sum_shown": sum_shown,
        "benefits": [
            (b, products.words_of(b, sum_shown), products.amount_of(b, sum_shown))
            for b in terms.benefits
        ],
        "notices": products.list_notices(offer.version_id),
        "price": applying.example_price(offer, person, day_of(now)),
        "request_key": uuid.uuid4().hex,
        "needs": whole(request.GET.get("needs")) or "",
    }
    return pages.show(request, "apply_product", page, tab="home")


@access.customers_only
@require_http_methods(["GET", "HEAD", "POST"])
def needs(request: HttpRequest) -> HttpResponse:
    """A few questions; then tags and plans with the reason for each. ``?id=`` shows a kept one."""
    me, now = pages.me(request), timezone.now()
    book = queries.book(day_of(now))
    shown: queries.NeedsView | None = None
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            made = underwriting.ask_needs(
                party_id=me.id, answers=_needs_told(request, book), channel="APP", actor=me, at=now,
                version=whole(request.POST.get("version")),
            )  # fmt: skip
            response = redirect("customer:needs")
            response["Location"] += f"?id={made}"
            return response
        except Refusal as refused:
            refusal = refused
    elif (wanted := whole(request.GET.get("id"))) is not None:
        shown = queries.get_needs(wanted, me.id, day_of(now))
    page = {
        "questions": [
            (q, request.POST.getlist(q.code) or ["0" if q.code == queries.DEBTS else ""])
            for q in book.questions
        ],
        "version": book.number,
        "shown": shown, "refusal": refusal,
        "latest": queries.latest_needs(me.id, day_of(now)) if shown is None else None,
    }  # fmt: skip
    return pages.show(request, "apply_needs", page, tab="home", status=pages.status_of(refusal))


@access.customers_only
@require_safe
def applications(request: HttpRequest) -> HttpResponse:
    """Everything one ever applied for, as holder or insured."""
    page = {"applications": queries.list_for_party(pages.me(request).id)}
    return pages.show(request, "applications", page, tab="home")


@access.customers_only
@require_safe
def application(request: HttpRequest, application_id: int) -> HttpResponse:
    """How it stands, step by step; what to do next; the verdict with its reasons."""
    me = pages.me(request)
    view = queries.get_for_party(application_id, me.id)
    page = {
        "application": view, "is_holder": me.id == view.holder_id, "me_id": me.id,
        "letters": _letters(view, me.id), "paid": _paid(view),
        "talk": next(iter(talks.talks_of(view.id)), None), "wishes": talks.WISHES,
        "may_talk": me.id == view.holder_id and talks.may_ask(view.state),
        "consented": people.has_consent(me.id, "UNDERWRITING"),
        "text": people.consent_text("UNDERWRITING"),
    }  # fmt: skip
    return pages.show(request, "application", page, tab="home")


@access.customers_only
@require_http_methods(["GET", "HEAD", "POST"])
def step(request: HttpRequest, application_id: int, code: str) -> HttpResponse:
    """One step of filling in; done, it leads to the next."""
    me = pages.me(request)
    view = queries.get_for_party(application_id, me.id)
    if me.id != view.holder_id or code not in (*applying.STEPS, "sign"):
        raise queries.UnknownApplication
    if not view.fills_in:
        return redirect("customer:application", application_id=view.id)
    if view.family_id is not None and code in applying_family.ONCE:
        return redirect("customer:family", family_id=view.family_id)
    if code == "sign":
        return _page(request, view, code, {"consented": True})
    shown = applying.step(request, Who(me, "APP"), view, code)
    if shown.done:
        following = queries.get_for_party(application_id, me.id).next_step
        return redirect("customer:apply_step", application_id=view.id, code=following)
    return _page(request, view, code, shown.page, refusal=shown.refusal, status=shown.status)


@access.customers_only
@require_POST
def act(request: HttpRequest, application_id: int, code: str) -> HttpResponse:
    """Ask for a code, sign, hand in a paper, take back."""
    me = pages.me(request)
    view = queries.get_for_party(application_id, me.id)
    try:
        said = applying.act(request, Who(me, "APP"), view, code)
    except Refusal as refused:
        if (
            code in {"code", "sign"}
            and view.fills_in
            and me.id == view.holder_id
            and not view.family_id
        ):
            page = {"consented": True, "sent": code == "sign"}
            return _page(request, view, "sign", page, refusal=refused, status=refused.status)
        raise
    if code == "sign":
        video.note_signed(about=view.ref, party_id=me.id, at=timezone.now())
    if said:
        messages.success(request, said)
    if code == "code" and view.fills_in and me.id == view.holder_id:
        return _page(request, view, "sign", {"consented": True, "sent": True})
    if code == "code":
        response = redirect("customer:application", application_id=view.id)
        response["Location"] += "?sent=1"
        return response
    if code == "paper" and view.fills_in:
        return redirect("customer:apply_step", application_id=view.id, code="beneficiaries")
    return redirect("customer:application", application_id=view.id)


def _page(
    request: HttpRequest,
    view: queries.ApplicationView,
    code: str,
    page: dict[str, Any],
    *,
    refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    if refusal is not None:
        going_on.failed(request, refusal, journey="application", kind=code, about=view.ref)
    given = {
        "application": view, "code": code, "refusal": refusal,
        **going_on.frame(request, watch=refusal is not None, about=view.ref),
        "at": next((n for n, s in enumerate(view.steps, 1) if s.code == code), len(view.steps) + 1),
        "of": len(view.steps) + 1, **page,
    }  # fmt: skip
    return pages.show(request, f"apply_{code}", given, tab="home", status=status)


@access.customers_only
@require_safe
def letter(request: HttpRequest, application_id: int, letter_id: int) -> HttpResponse:
    """
    A letter about the application as PDF; opening it is recorded as its delivery.

    :raises LetterNotFound: unless it was written to the asker about this application.
    """
    me = pages.me(request)
    view = queries.get_for_party(application_id, me.id)
    if letter_id not in {each.id for each in _letters(view, me.id)}:
        raise letter_operations.LetterNotFound
    opened = letters.open_letter(letter_id)
    letter_operations.mark_delivered(letter_id=letter_id, proof="APP", actor=me, at=timezone.now())
    response = HttpResponse(opened.content, content_type="application/pdf")
    response.headers["Content-Disposition"] = f"inline; filename*=UTF-8''{quote(opened.filename)}"
    return response


def _paid(view: queries.ApplicationView) -> bool:
    """Whether the first premium is in or on its way, and the policy not made yet: nobody pays twice."""
    if view.collection_id is None or view.state != "AWAITING_PAYMENT":
        return False
    return payments.get_collection(view.collection_id).state in {"SENT", "COLLECTED"}


def _letters(view: queries.ApplicationView, party_id: int) -> list[letters.LetterView]:
    """What was written to this person about the application."""
    return [each for each in letters.list_letters(view.ref) if each.party_id == party_id]


def _needs_told(request: HttpRequest, book: queries.Book) -> dict[str, Any]:
    """The answers as the rules read them: codes, lists of codes, amounts."""
    told: dict[str, Any] = {}
    for question in book.questions:
        given = request.POST.getlist(question.code)
        if question.many:
            told[question.code] = given
        elif question.choices:
            told[question.code] = given[0] if given else ""
        else:
            told[question.code] = amount_of(given[0]) if given and given[0].strip() else Decimal(-1)
    return told
