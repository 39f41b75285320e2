"""软电话: the seat's telephone in a window of its own, and the recordings of calls."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from yilu.contact import operations, queries
from yilu.gateways.calls import NotDone, drivers
from yilu.gateways.calls.builtin.client import Refused, SwitchClient
from yilu.kernel.errors import Refusal
from yilu.people import queries as people
from yilu.web.common import push, sound
from yilu.web.common.access import staff_only
from yilu.web.staff.asked import actor_of
from yilu.web.staff.hotline import only_beeps
from yilu.web.staff.page import access_of, show

HERE = "contact"
POLL = 3


@require_GET
@staff_only(right="contact.handle")
def phone(request: HttpRequest) -> HttpResponse:
    """The window: my line, what rings, whom I talk to."""
    staff_id = access_of(request).staff_id
    page = _now(request) | {
        "ticket": push.ticket(f"seat:{staff_id}", for_whom=f"staff:{staff_id}"),
        "ice": json.dumps([{"urls": settings.VIDEO_STUN}] if settings.VIDEO_STUN else []),
        "switch": bool(settings.SWITCH_URL), "tones": only_beeps(),
        "desk_phone": queries.desk_phone_of(staff_id), "lines": queries.LINES,
    }  # fmt: skip
    return sound.with_microphone(show(request, "staff/contact/phone.html", page, here=HERE))


@require_GET
@staff_only(right="contact.handle")
def phone_now(request: HttpRequest) -> HttpResponse:
    """What moves in the window."""
    return render(request, "staff/contact/phone_now.html", _now(request))


@require_POST
@staff_only(right="contact.handle")
def line(request: HttpRequest) -> HttpResponse:
    """The seat's browser describes its sound, the switch answers. One line a seat: a new one replaces."""
    staff_id = access_of(request).staff_id
    if not settings.SWITCH_URL or queries.seat_of(staff_id) is None:
        raise Http404
    offer = sound.offer_of(request)
    return sound.answered(lambda: drivers.switch().seat(staff_id, offer))


@require_POST
@staff_only(right="contact.handle")
def act(request: HttpRequest, name: str) -> HttpResponse:
    """Answer, pass to a colleague, hold, go on, hang up: without leaving the window."""
    told: dict[str, Any] = {
        "access": access_of(request), "actor": actor_of(request), "at": timezone.now()
    }  # fmt: skip
    refused: Refusal | None = None
    try:
        number = _number(request, name)
        if name == "accept":
            operations.accept(conversation_id=number, **told)
        elif name == "decline":
            operations.decline(conversation_id=number, **told)
        elif name == "hang-up":
            operations.hang_up(
                conversation_id=number, by="SEAT", actor=actor_of(request), at=timezone.now()
            )
        elif name == "ring":
            _ring(access_of(request).staff_id, number)
        else:
            _hold(number, name == "hold")
    except Refusal as refusal:
        refused = refusal
    return render(request, "staff/contact/phone_now.html", _now(request) | {"refusal": refused})


def _number(request: HttpRequest, name: str) -> int:
    """Which conversation: what rings here for the first two, what is talked in here for the rest."""
    if name not in {"accept", "decline", "hold", "go-on", "hang-up", "ring"}:
        raise Http404
    hands = queries.hands_of(access_of(request).staff_id)
    mine = [hands.offered] if name in {"accept", "decline"} else list(hands.at_hand)
    asked = request.POST.get("conversation", "")
    for each in mine:
        if each is not None and str(each.id) == asked:
            return each.id
    raise operations.NoOffer if name in {"accept", "decline"} else operations.ConversationOver


def _hold(conversation_id: int, on: bool) -> None:
    found = queries.line_of(conversation_id)
    if found is None or not settings.SWITCH_URL:
        raise operations.ConversationOver
    try:
        drivers.switch().hold(found.key, on)
    except (NotDone, Refused):
        raise operations.ConversationOver from None


def _ring(staff_id: int, conversation_id: int) -> None:
    """The seat's own telephone rings for the call it has taken."""
    try:
        rings = drivers.switch().ring(staff_id, conversation_id, operations.RING_SECONDS)
    except (NotDone, Refused):
        rings = False
    if not rings:
        raise operations.DeskPhoneAway


def _now(request: HttpRequest) -> dict[str, Any]:
    staff_id = access_of(request).staff_id
    hands = queries.hands_of(staff_id)
    talk = next((each for each in hands.at_hand if each.channel == "PHONE"), None)
    found = queries.line_of(talk.id) if talk is not None else None
    known = [each.party_id for each in (hands.offered, talk) if each is not None and each.party_id]
    seat = queries.seat_of(staff_id)
    return {
        "seat": seat, "desk": seat is not None and seat.line == "DESK", "offered": hands.offered,
        "offered_until": hands.offered_until, "seconds": hands.seconds, "talk": talk, "poll_seconds": POLL,
        "rings": hands.offered is not None and hands.offered.channel in ("PHONE", "VIDEO"),
        "callers": {party_id: people.get_party(party_id) for party_id in known},
        **_stands(staff_id, found.key if found else ""),
    }  # fmt: skip


def _stands(staff_id: int, key: str) -> dict[str, Any]:
    """How the switch sees this seat and its call; ``away`` where it does not answer."""
    if not settings.SWITCH_URL:
        return {"away": True, "stands": {}}
    switch: SwitchClient = drivers.switch()
    try:
        return {"away": False, "stands": switch.state(staff_id, key)}
    except (NotDone, Refused):
        return {"away": True, "stands": {}}


@require_GET
@staff_only(right="contact.view")
def recording(request: HttpRequest, conversation_id: int) -> HttpResponse:
    """A call's recording, to be played: the caller left, the seat right; never kept by the browser."""
    access = access_of(request)
    queries.get_for_staff(conversation_id, access)
    found = queries.recording_of(conversation_id, access, verify=False)
    if found is None or not found.may_hear:
        raise operations.RecordingNotFound
    content = queries.sound_of(conversation_id, access)
    operations.hear_recording(
        conversation_id=found.conversation_id, access=access, actor=actor_of(request),
        at=timezone.now(),
    )  # fmt: skip
    from yilu.gateways.calls.builtin import audio  # numpy: only where somebody listens

    response = HttpResponse(audio.as_wav(content, channels=2), content_type="audio/wav")
    response.headers["Cache-Control"] = "no-store"
    return response
