"""
接续: when a page cannot go on, ways of going on appear on it within the second.

The failure is told to the journal (what was filled in is kept, sealed); the worker decides by the
insurer's rules what to offer; the page looks until it has it.
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from yilu.contact import queries as talks
from yilu.journeys import operations as journeys
from yilu.journeys import queries
from yilu.kernel.errors import Invalid, NotFound, Refusal, Stale
from yilu.kernel.refs import Ref
from yilu.servicing import operations as servicing
from yilu.web.common import access, push
from yilu.web.common.numbers import whole
from yilu.web.customer import going_on_chat, leading, pages

LOOKS = 12
"""How often a page that failed asks for ways on before it slows down."""
NEVER_KEPT = frozenset({"csrfmiddlewaretoken", "code", "request_key", "agreed", "next"})
_WAYS = {"VIDEO": "VIDEO", "ADVISER": "ADVISER", "CALLBACK": "ADVISER", "COUNTER": "COUNTER"}
"""How servicing calls the ways."""


def failed(
    request: HttpRequest, refusal: Refusal, *, journey: str, kind: str = "",
    policy_id: int | None = None, about: Ref | None = None,
) -> None:  # fmt: skip
    """
    Tell that a page refused what a customer wanted, so that somebody goes on with it.

    Not what is no failure: something gone, something newer, a form sent to the wrong place.
    """
    if isinstance(refusal, NotFound | Stale):
        return
    me, now = pages.me(request), timezone.now()
    if about is not None:
        journeys.note_failure(
            about=about, party_id=me.id, journey=journey, request=kind, code=refusal.code, actor=me,
            at=now,
        )  # fmt: skip
        return
    form = {
        name: values if len(values) > 1 else values[0]
        for name, values in request.POST.lists()
        if name not in NEVER_KEPT and any(values)
    }
    journeys.keep_failed_form(
        party_id=me.id, journey=journey, request=kind, form=form, code=refusal.code, actor=me, at=now,
        policy_id=policy_id,
    )  # fmt: skip


def restored(me: Ref, journey: str, kind: str, policy_id: int | None) -> QueryDict | None:
    """What was filled in last time and refused, as a browser would send it; None of nothing."""
    kept = queries.kept_form(me.id, journey, kind, policy_id)
    if not kept:
        return None
    data = QueryDict(mutable=True)
    for name, value in kept.items():
        data.setlist(name, value if isinstance(value, list) else [str(value)])
    return data


def frame(request: HttpRequest, *, watch: bool, about: Ref | None = None) -> dict[str, Any]:
    """
    What a page needs to show offers: a ticket for news, and how eagerly it looks.

    ``about``: what the page is about. Nothing of another of its kind is shown there: a new application is not
    the one that somebody goes on with.
    """
    me = pages.me(request)
    return {
        "going_on": True, "going_on_looks": 0 if watch else LOOKS, "going_on_about": about or "",
        "going_on_ticket": push.ticket(f"offer:{me.id}", for_whom=str(me)),
    }  # fmt: skip


@access.customers_only
@require_safe
def offers(request: HttpRequest) -> HttpResponse:
    """The card with ways of going on, or nothing yet; asks again by itself for a while."""
    me = pages.me(request)
    looks = min((whole(request.GET.get("n")) or 0) + 1, LOOKS + 1)
    about = _about(request)
    found = [
        each
        for each in queries.open_offers(me.id, timezone.now())
        if about is None or each.subject == about or each.subject.kind != about.kind
    ]
    poll = 20 if found or looks > LOOKS else 1
    page = {
        "offers": found, "going_on_looks": looks, "poll_seconds": poll,
        "going_on_about": about or "",
    }  # fmt: skip
    if any(not each.accepted and going_on_chat.TALKS & dict(each.ways).keys() for each in found):
        page["somebody"] = talks.opening(timezone.now())
    response = render(request, "customer/parts/going_on.html", page)
    response.headers["Cache-Control"] = "no-store"
    return response


def _about(request: HttpRequest) -> Ref | None:
    """What the page that asks is about; None of none, or of what cannot be read."""
    try:
        return Ref.parse(request.GET.get("about", ""))
    except ValueError:
        return None


@access.customers_only
@require_POST
def answer(request: HttpRequest, offer_id: int) -> HttpResponse:
    """Take one of the ways, or none."""
    me, now, way = pages.me(request), timezone.now(), request.POST.get("way", "")
    if way == "NONE":
        journeys.decline_offer(offer_id=offer_id, actor=me, at=now)
        messages.info(request, gettext("好的。需要时可以随时致电我们。"))
        return redirect("customer:home")
    wanted, way = way, going_on_chat.way_now(way, offer_id, me, now)
    done = journeys.accept_offer(offer_id=offer_id, way=way, actor=me, at=now)
    if done.subject.kind == "servicing_request" and way in _WAYS:
        _tell_servicing(done, me)
    if way in going_on_chat.TALKS:
        return _talk(request, offer_id, me, done)
    if wanted != way:
        messages.info(request, going_on_chat.nobody_there(now))
    else:
        messages.success(request, gettext("已安排，工作人员会按您填写的内容接着办，不用重新填写。"))
    return redirect(leading.place_of(done.subject) or reverse("customer:home"))


def _talk(request: HttpRequest, offer_id: int, me: Ref, done: journeys.Accepted) -> HttpResponse:
    """Into the chat or the video waiting room, what was filled in goes along; a seat is called either way."""
    now = timezone.now()
    token = going_on_chat.waiting_room(offer_id, me, now) if done.way == "VIDEO" else ""
    if going_on_chat.talk(offer_id, me, now) is None:
        return redirect(leading.place_of(done.subject) or reverse("customer:home"))
    return redirect("customer:video", token) if token else redirect("customer:chat")


def _tell_servicing(done: journeys.Accepted, me: Ref) -> None:
    """The request itself keeps the way, where it is still being filled in."""
    try:
        servicing.continue_with(
            request_id=done.subject.id, way=_WAYS[done.way], actor=me, at=timezone.now()
        )
    except Invalid:
        raise
    except Refusal:  # handed in meanwhile: nothing is left to be continued there
        return
