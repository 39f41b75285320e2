"""在线咨询: ask, be answered with what it rests on, or be handed to a person."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from yilu.contact import operations, queries
from yilu.kernel.errors import NotFound, Refusal
from yilu.kernel.refs import Ref
from yilu.knowledge import operations as knowledge
from yilu.people import queries as people
from yilu.web.common import access, asking_knowledge, own_answers, push
from yilu.web.common.numbers import whole
from yilu.web.customer import pages

POLL_SECONDS = 3


@access.customers_only
@require_safe
def chat(request: HttpRequest) -> HttpResponse:
    """The chat of now, opened with a greeting if there is none."""
    me, now = pages.me(request), timezone.now()
    conversation_id = operations.open_chat(party_id=me.id, actor=me, at=now)
    page = _page(request, conversation_id) | {
        "ticket": push.ticket(f"conversation:{conversation_id}", for_whom=str(me)),
        "starters": own_answers.STARTERS,
    }
    return pages.show(request, "chat/chat", page)


@access.customers_only
@require_safe
def live(request: HttpRequest, conversation_id: int) -> HttpResponse:
    """The lines and who is there; nothing while nothing has changed."""
    page = _page(request, conversation_id)
    if request.GET.get("seen") == page["version"]:
        return HttpResponse(status=204)
    return render(request, "customer/chat/live.html", page)


@access.customers_only
@require_POST
def say(request: HttpRequest, conversation_id: int) -> HttpResponse:
    """
    One thing typed. What it asks of one's own claims and policies is read here, for the asker only.

    Whatever it says, it is looked up: nothing typed into a chat does anything else.
    """
    me, now = pages.me(request), timezone.now()
    text = request.POST.get("text", "")[:2000]
    intent = queries.recognise(text)
    prepared = None
    if intent is not None and intent.kind == "own":
        prepared = own_answers.answer(intent.code, me, now)
    return _done(
        request, conversation_id,
        lambda: operations.ask(
            conversation_id=conversation_id, text=text, actor=me, at=now, prepared=prepared,
            phrased=None if prepared else asking_knowledge.phrased(text, at=now),
            request_key=request.POST.get("key", "")[:40] or None,
        ),
    )  # fmt: skip


@access.customers_only
@require_POST
def choose(request: HttpRequest, conversation_id: int) -> HttpResponse:
    """One of the questions offered is meant."""
    me, now = pages.me(request), timezone.now()
    question_id = whole(request.POST.get("question")) or 0
    return _done(
        request, conversation_id,
        lambda: operations.choose(
            conversation_id=conversation_id, question_id=question_id, actor=me, at=now
        ),
    )  # fmt: skip


@access.customers_only
@require_POST
def rate(request: HttpRequest, conversation_id: int) -> HttpResponse:
    """Was this it?"""
    me, now = pages.me(request), timezone.now()
    helpful = request.POST.get("helpful") == "1"

    def note() -> None:
        asked_id = operations.rate(
            conversation_id=conversation_id, turn_id=whole(request.POST.get("turn")) or 0,
            helpful=helpful, actor=me, at=now,
        )  # fmt: skip
        if asked_id:
            knowledge.rate_answer(
                asked_id=asked_id,
                about=Ref("conversation", conversation_id),
                helpful=helpful,
                actor=me,
                at=now,
            )

    return _done(request, conversation_id, note)


@access.customers_only
@require_POST
def person(request: HttpRequest, conversation_id: int) -> HttpResponse:
    """A person, please."""
    me, now = pages.me(request), timezone.now()
    return _done(
        request, conversation_id,
        lambda: operations.call_a_person(conversation_id=conversation_id, actor=me, at=now),
    )  # fmt: skip


@access.customers_only
@require_POST
def leave(request: HttpRequest, conversation_id: int) -> HttpResponse:
    """A message, and a call back when somebody is there; the chat ends with it."""
    me, now = pages.me(request), timezone.now()

    def keep() -> None:
        begins = operations.leave_word(
            conversation_id=conversation_id, text=request.POST.get("text", ""), actor=me, at=now
        )
        phone = people.get_contact(me).phone
        operations.request_callback(
            conversation_id=conversation_id, address=phone, not_before=begins, actor=me, at=now
        )

    return _done(request, conversation_id, keep)


@access.customers_only
@require_POST
def end(request: HttpRequest, conversation_id: int) -> HttpResponse:
    """Enough: the chat is over, or the wait is."""
    me, now = pages.me(request), timezone.now()

    def close() -> None:
        found = queries.get_for_customer(conversation_id, me.id)
        if found.state == "QUEUED":
            operations.abandon(conversation_id=conversation_id, actor=me, at=now)
        else:
            operations.hang_up(conversation_id=conversation_id, by="CUSTOMER", actor=me, at=now)

    return _done(request, conversation_id, close)


def _done(request: HttpRequest, conversation_id: int, act: Any) -> HttpResponse:
    refusal = None
    try:
        act()
    except NotFound:
        raise
    except Refusal as refused:
        refusal = refused
    if not request.headers.get("HX-Request"):
        return redirect("customer:chat")
    page = _page(request, conversation_id) | {"refusal": refusal}
    return render(request, "customer/chat/live.html", page)


def _page(request: HttpRequest, conversation_id: int) -> dict[str, Any]:
    now = timezone.now()
    found = queries.chat_of(conversation_id, pages.me(request).id, at=now)
    place = found.place
    version = f"{found.state}.{found.last}.{place.number if place else 0}.{found.opening.open:d}"
    return {
        "chat": found, "version": version, "poll_seconds": 0 if found.over else POLL_SECONDS,
        "key": f"{now:%H%M%S%f}",
    }  # fmt: skip
