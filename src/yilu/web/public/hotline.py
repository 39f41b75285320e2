"""
拨打客服热线: call the hotline from a page (the driver `web`).

The call carries keys and words; prompts are shown, and spoken by the browser's own voice where it has
one. With our switch it carries sound too, once the caller opens the microphone. Its address is the
call's secret: whoever has it holds the telephone.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yilu.contact import operations, queries
from yilu.gateways.calls import BadEvent, drivers, read_event
from yilu.kernel.errors import NotFound, Refusal
from yilu.kernel.phones import read_phone
from yilu.web.common import access, hotline, push, sound

DRIVER = "web"
POLL_SECONDS = 3
NUMBER_MAX = 20
PAD = tuple("123456789*0#")
View = Callable[..., HttpResponse]


def _where_set_up(view: View) -> View:
    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not settings.CALL_PAGE:
            raise Http404
        response = never_cache(view)(request, *args, **kwargs)
        response.headers["Referrer-Policy"] = (
            "same-origin"  # with none, a form has no origin either
        )
        return response

    return checked


@require_http_methods(["GET", "HEAD", "POST"])
@_where_set_up
def call(request: HttpRequest) -> HttpResponse:
    """Say from which number, and dial."""
    refusal: Refusal | None = None
    if request.method == "POST":
        number = request.POST.get("number", "").strip()
        try:
            return redirect("public:call_one", _dial(request, number))
        except Refusal as refused:
            refusal = refused
    page = {
        "refusal": refusal, "hotline": settings.HOTLINE, "sound": bool(settings.SWITCH_URL),
        "given": request.POST.get("number", request.GET.get("from", "")),
        "to": _dialled(request),
        "line": queries.hotline_of(_dialled(request), at=timezone.now()),
    }  # fmt: skip
    return render(request, "public/call.html", page, status=refusal.status if refusal else 200)


def _dial(request: HttpRequest, number: str) -> str:
    try:
        read_phone(number)
    except ValueError:
        raise operations.BadAddress from None
    operations.allow_page_call(address=access.address(request), at=timezone.now())
    secret = secrets.token_urlsafe(24)
    _tell(secret, "offered", "begin", number=number, dialled=_dialled(request))
    return secret


def _dialled(request: HttpRequest) -> str:
    """The number of the hotline that a link led here for; empty for the national one, and for what is none of ours."""
    told = request.POST.get("to", request.GET.get("to", ""))[:NUMBER_MAX]
    return told if queries.hotline_of(told, at=timezone.now()).listed else ""


@require_GET
@_where_set_up
def one(request: HttpRequest, secret: str) -> HttpResponse:
    """The telephone in one's hand."""
    page = _page(secret)
    number = page["call"].talk.id
    page["ticket"] = push.ticket(f"conversation:{number}", for_whom=f"call:{number}")
    if settings.SWITCH_URL:
        page["ice"] = json.dumps([{"urls": settings.VIDEO_STUN}] if settings.VIDEO_STUN else [])
        page["sound"] = True
    return sound.with_microphone(render(request, "public/call_one.html", page))


@require_GET
@_where_set_up
def voice(request: HttpRequest, recording_id: int) -> HttpResponse:
    """What a person recorded for every caller to hear; 404 where it is not played any more."""
    if not queries.is_played(recording_id):
        raise Http404
    return HttpResponse(queries.prompt_recording(recording_id), content_type="audio/wav")


@require_POST
@_where_set_up
def bring_sound(request: HttpRequest, secret: str) -> HttpResponse:
    """The caller's browser describes its sound, the switch answers; 404 once the call is over."""
    if not settings.SWITCH_URL:
        raise Http404
    offer = sound.offer_of(request)
    verbs = operations.open_sound(driver=DRIVER, key=_key(secret), at=timezone.now())
    line = drivers.switch(DRIVER)
    return sound.answered(lambda: line.attach(_key(secret), offer, verbs))


@require_GET
@_where_set_up
def now(request: HttpRequest, secret: str) -> HttpResponse:
    """What moves; nothing while nothing has changed. Looking says that the caller is still there."""
    page = _page(secret)
    operations.see_call(driver=DRIVER, key=_key(secret), at=timezone.now())
    if request.GET.get("seen") == page["version"]:
        return HttpResponse(status=204)
    return render(request, "public/call_now.html", page)


@require_POST
@_where_set_up
def act(request: HttpRequest, secret: str) -> HttpResponse:
    """A key, a number, some words, or the receiver put down."""
    given, refusal = request.POST, None
    number = f"p-{given.get('event', '')[:20]}"
    try:
        if "hang" in given:
            _tell(secret, "released", number)
        elif given.get("words", "").strip() and "leave" in given:
            _tell(secret, "recording_ready", number, words=given["words"][:500])
        elif given.get("words", "").strip():
            operations.say_on_call(
                driver=DRIVER, key=_key(secret), text=given["words"][:500],
                request_key=number, at=timezone.now(),
            )  # fmt: skip
        else:
            _tell(secret, "digits", number, digits=given.get("key") or given.get("digits", ""))
    except NotFound:
        queries.call_of(
            DRIVER, _key(secret), at=timezone.now()
        )  # over, not unknown: say how it ended
    except Refusal as refused:
        refusal = refused
    if not request.headers.get("HX-Request"):
        return redirect("public:call_one", secret)
    return render(request, "public/call_now.html", _page(secret) | {"refusal": refusal})


def _tell(
    secret: str, kind: str, event: str, *, number: str = "", digits: str = "", words: str = "",
    dialled: str = "",
) -> None:  # fmt: skip
    at = timezone.now()
    told = {
        "event": event, "call": _key(secret), "kind": kind, "at": at.isoformat(), "from": number,
        "digits": digits, "to": dialled,
    }  # fmt: skip
    try:
        event_read = read_event(told)
    except BadEvent:
        raise operations.BadConversation from None
    operations.hear(driver=DRIVER, event=event_read, tell=hotline.tell, words=words, at=at)


def _key(secret: str) -> str:
    """The call's name in the tables: the secret itself is kept nowhere."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _page(secret: str) -> dict[str, Any]:
    at = timezone.now()
    found = queries.call_of(DRIVER, _key(secret), at=at)
    talk = found.talk
    place = talk.place.number if talk.place else 0
    return {
        "call": found, "secret": secret, "pad": PAD, "key": f"{at:%H%M%S%f}",
        "recorded": queries.played_recordings(),
        "over": talk.over, "poll_seconds": 0 if talk.over else POLL_SECONDS,
        "version": f"{talk.state}.{talk.last}.{place}.{found.digits}.{found.records:d}",
    }  # fmt: skip
