"""在线咨询: the chats at one's seat in real time, and answers from the knowledge room to give quickly."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from yilu.contact import operations, queries
from yilu.journeys import queries as journeys
from yilu.kernel.errors import NotFound, Refusal
from yilu.knowledge import queries as knowledge
from yilu.people import queries as people
from yilu.web.common import push
from yilu.web.common.access import staff_only
from yilu.web.common.numbers import whole
from yilu.web.staff.asked import actor_of
from yilu.web.staff.page import access_of, show
from yilu.web.staff.video import with_rooms

HERE = "contact"
POLL_SECONDS = 3
QUICK = 3


@require_GET
@staff_only(right="contact.handle")
def desk(request: HttpRequest, conversation_id: int | None = None) -> HttpResponse:
    """My chats on the left, the one I am at beside them."""
    access = access_of(request)
    mine = queries.chats_at(access.staff_id)
    if conversation_id is None and mine:
        conversation_id = mine[0].id
    topics = [f"seat:{access.staff_id}", *(f"conversation:{each.id}" for each in mine[:8])]
    page = _list(request) | {
        "ticket": push.ticket(*topics, for_whom=f"staff:{access.staff_id}"),
        "here": conversation_id, "pane": _pane(request, conversation_id) if conversation_id else None,
        "skills": queries.SKILLS,
    }  # fmt: skip
    return show(request, "staff/chat/desk.html", page, here=HERE)


@require_GET
@staff_only(right="contact.handle")
def listing(request: HttpRequest) -> HttpResponse:
    """The list: what rings, what is at hand."""
    page = _list(request) | {"here": whole(request.GET.get("here"))}
    return render(request, "staff/chat/list.html", page)


@require_GET
@staff_only(right="contact.handle")
def lines(request: HttpRequest, conversation_id: int) -> HttpResponse:
    """What was said: nothing is sent while nothing has changed, so that typing is not disturbed."""
    pane = _pane(request, conversation_id)
    if request.GET.get("seen") == pane["version"]:
        return HttpResponse(status=204)
    return render(request, "staff/chat/lines.html", {"pane": pane})


@require_POST
@staff_only(right="contact.handle")
def say(request: HttpRequest, conversation_id: int) -> HttpResponse:
    """Say something to the customer."""
    queries.get_for_staff(conversation_id, access_of(request))
    refusal = None
    try:
        operations.add_turn(
            conversation_id=conversation_id, who="SEAT", text=request.POST.get("text", ""),
            actor=actor_of(request), at=timezone.now(),
            request_key=request.POST.get("key", "")[:40] or None,
        )  # fmt: skip
    except NotFound:
        raise
    except Refusal as refused:
        refusal = refused
    if not request.headers.get("HX-Request"):
        return redirect("staff:chat_with", conversation_id)
    page = {"pane": _pane(request, conversation_id), "refusal": refusal}
    return render(request, "staff/chat/lines.html", page, status=refusal.status if refusal else 200)


@require_GET
@staff_only(right="contact.handle")
def quick(request: HttpRequest, conversation_id: int) -> HttpResponse:
    """Approved answers near what is typed, or near what the customer said last."""
    queries.get_for_staff(conversation_id, access_of(request))
    text = request.GET.get("q", "").strip()
    if not text:
        said = [t for t in queries.turns_of(conversation_id) if t.who == "CUSTOMER"]
        text = said[-1].text if said else ""
    found = knowledge.find_answers(text, at=timezone.now(), top=QUICK) if text else ()
    return render(request, "staff/chat/quick.html", {"found": found, "text": text})


def _list(request: HttpRequest) -> dict[str, Any]:
    hands = queries.hands_of(access_of(request).staff_id)
    chats = [each for each in hands.at_hand if each.channel == "CHAT"]
    callers = [hands.offered, *chats] if hands.offered else chats
    return {
        "hands": hands, "chats": chats, "poll_seconds": POLL_SECONDS,
        "callers": {c.party_id: people.get_party(c.party_id) for c in callers if c.party_id},
        "seat": queries.seat_of(access_of(request).staff_id),
    }  # fmt: skip


def _pane(request: HttpRequest, conversation_id: int) -> dict[str, Any]:
    access, now = access_of(request), timezone.now()
    talk = queries.get_for_staff(conversation_id, access)
    chat = queries.view_chat(conversation_id, at=now)
    return {
        "talk": talk, "chat": chat, "mine": talk.seat_id == access.staff_id,
        "party": people.get_party(talk.party_id) if talk.party_id else None,
        "why": with_rooms(journeys.list_taken_up(talk.party_id, access), access) if talk.party_id else [],
        "known": queries.known_in(talk.id, at=now), "version": f"{chat.state}.{chat.last}",
        "key": f"{now:%H%M%S%f}", "poll_seconds": 0 if chat.state == "CLOSED" else POLL_SECONDS,
    }  # fmt: skip
