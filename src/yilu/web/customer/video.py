"""视频办理 on the customer's phone: through the link we sent, without signing in."""

from __future__ import annotations

import hashlib
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_POST

from yilu.claims import queries as claims
from yilu.people import queries as people
from yilu.underwriting import queries as applications
from yilu.video import operations as video
from yilu.video import queries
from yilu.web.common import push
from yilu.web.common import video as talk
from yilu.web.customer import pages

COOKIE = "yilu_video"
KEYS_MAX = 5
PLACES = {
    "claim": "customer:claim",
    "servicing_request": "customer:service_request",
    "application": "customer:application",
}
"""The customer's own page of what a session continues."""


@require_http_methods(["GET", "HEAD", "POST"])
def room(request: HttpRequest, token: str) -> HttpResponse:
    """Three steps on one address: whose phone is it, may it be recorded, and the call itself."""
    refusal, now = None, timezone.now()
    if request.method == "POST":
        try:
            if request.POST.get("act") == "agree":
                agreed = request.POST.get("agreed") == "yes"
                video.agree(token=token, key=_key(request, token), agreed=agreed, at=now)
            else:
                opened = video.open_invitation(
                    token=token, digits=request.POST.get("digits", ""), at=now,
                    signed_in=pages.find_me(request),
                )  # fmt: skip
                return _keep(request, token, opened)
            return redirect("customer:video", token)
        except (video.WrongDigits, video.NotAgreed) as refused:
            refusal = refused
    link = queries.read_link(token, key=_key(request, token), at=now)
    who = f"party:{link.party_id}"
    page = {
        "link": link, "refusal": refusal, "signed_in": pages.find_me(request) is not None,
        "ice": queries.ice_servers(whose=f"customer-{link.session_id}", at=now),
        "ticket": push.ticket(f"video:{link.session_id}", for_whom=who) if link.agreed else "",
        "case": queries.customer_view(link) if link.opened else {},
        "text": people.consent_text("RECORDING", get_language() or ""),
        "years": queries.lasting().keep_years, "sign_url": _sign_url(link), "known": pages.find_me(request) is not None
        and str(pages.find_me(request)) == who,
        "place": _place(link),
    }  # fmt: skip
    status = pages.status_of(refusal)
    return talk.with_camera(render(request, "customer/video.html", page, status=status))


@require_POST
def act(request: HttpRequest, token: str, name: str) -> HttpResponse:
    """What the page does by itself: arrive, exchange, leave, picture, sign, guide, guide-stop."""
    told: dict[str, Any] = {"token": token, "key": _key(request, token), "at": timezone.now()}
    if name == "exchange":
        said = talk.heard(request)
        return talk.answer(
            video.exchange_as_customer(
                connection=said.connection, after=said.after, send=said.send, **told
            )
        )
    if name == "arrive":
        return JsonResponse({"arrivals": video.arrive(**told)})
    if name == "leave":
        video.leave(**told)
        return JsonResponse({})
    if name == "picture":
        video.hand_in_picture(content=request.body, **told)
        return JsonResponse({})
    if name == "sign":  # what is to be signed may have been put to them since the page was opened
        return JsonResponse({"opens": _sign_url(_link(request, token))})
    if name == "guide":
        agreed = request.POST.get("agreed") == "yes"
        video.answer_guidance(**told, agreed=agreed)
        return JsonResponse({"opens": _own_page(request, token)} if agreed else {})
    if name == "guide-stop":
        video.stop_guidance(**told)
        return JsonResponse({})
    raise Http404


def _own_page(request: HttpRequest, token: str) -> str:
    """Where guidance begins: what the session is about, on the customer's own page."""
    return _place(_link(request, token))


def _place(link: queries.LinkView) -> str:
    """The customer's own page of what a session is about: a talk goes on in the chat."""
    about = link.about
    if about.kind == "conversation":
        return reverse("customer:chat")
    if about.kind in PLACES:
        return reverse(PLACES[about.kind], args=[about.id])
    return reverse("customer:home")


def _link(request: HttpRequest, token: str) -> queries.LinkView:
    return queries.read_link(token, key=_key(request, token), at=timezone.now())


def _sign_url(link: queries.LinkView) -> str:
    """Where the customer signs what the session is about: their own page, by code."""
    if link.about.kind == "claim":
        waiting = claims.agreements_waiting(link.party_id, link.about.id)
        return reverse("customer:agreement", args=[waiting[0].id]) if waiting else ""
    if link.about.kind == "application":
        asked = applications.get_for_party(link.about.id, link.party_id)
        if asked.fills_in and link.party_id == asked.holder_id:
            return reverse("customer:apply_step", args=[asked.id, "sign"])
    if link.about.kind in {"servicing_request", "application"}:
        return reverse(PLACES[link.about.kind], args=[link.about.id])
    return ""


def _name(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()[:16]


def _key(request: HttpRequest, token: str) -> str:
    """What this browser holds for a link it has opened."""
    return _held(request).get(_name(token), "")


def _held(request: HttpRequest) -> dict[str, str]:
    """Not in the session: signing in on the page that is being helped with ends the session before."""
    kept = request.get_signed_cookie(COOKIE, "", salt=COOKIE) or ""
    pairs = (each.partition("=") for each in kept.split("&"))
    return {name: held for name, _is, held in pairs if held}


def _keep(request: HttpRequest, token: str, key: str) -> HttpResponse:
    held = {**dict(list(_held(request).items())[-KEYS_MAX + 1 :]), _name(token): key}
    response = redirect("customer:video", token)
    response.set_signed_cookie(
        COOKIE, "&".join(f"{name}={kept}" for name, kept in held.items()), salt=COOKIE,
        path=reverse("customer:video", args=["-"])[:-2], samesite="Lax", secure=settings.SECURE,
        httponly=True,
    )  # fmt: skip
    return response


urls = [
    path("c/video/<str:token>", room, name="video"),
    path("c/video/<str:token>/<slug:name>", act, name="video_act"),
]
