"""视频服务 at the workbench: begin it beside the case, serve in it, look at what was recorded."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from yilu.claims import queries as claims
from yilu.contact import operations as conversing
from yilu.contact import queries as contact
from yilu.documents import queries as documents
from yilu.journeys import queries as journeys
from yilu.kernel.errors import Invalid, Refusal
from yilu.kernel.refs import Ref
from yilu.people import queries as people
from yilu.people.queries import Access
from yilu.servicing import operations as servicing
from yilu.servicing import queries as requests
from yilu.underwriting import queries as applications
from yilu.video import operations as video
from yilu.video import queries
from yilu.web.common import push
from yilu.web.common import video as talk
from yilu.web.common.access import staff_only
from yilu.web.staff.asked import acting, actor_of, names
from yilu.web.staff.kept import told_kept
from yilu.web.staff.page import access_of, show

HERE = "video"
PLACES = {
    "claim": "staff:claim",
    "servicing_request": "staff:service_request",
    "conversation": "staff:contact_conversation",
    "application": "staff:application",
    "breakpoint": "staff:journey_break",
}
"""What a session may continue, and its page."""


@require_GET
@staff_only(right="video.view")
def listing(request: HttpRequest) -> HttpResponse:
    """The latest sessions of one's offices; ``?state=``."""
    state = request.GET.get("state", "")
    rows = queries.list_for_staff(access_of(request), state)
    known = people.list_parties(row.party_id for row in rows)
    page = {
        "rows": [(row, known[row.party_id]) for row in rows], "state": state,
        "states": queries.STATES, "seats": names(*{Ref("staff", r.seat_id) for r in rows if r.seat_id}),
    }  # fmt: skip
    return show(request, "staff/video/list.html", page, here=HERE)


@require_POST
@staff_only(right="video.serve")
def ask(request: HttpRequest) -> HttpResponse:
    """Begin a session about a claim, a servicing request or a conversation that one may see."""
    access = access_of(request)
    try:
        about = Ref.parse(request.POST.get("about", ""))
    except ValueError:
        raise Invalid from None
    session_id = video.ask(about=about, **_case(about, access), **acting(request))
    return redirect("staff:video", session_id)


def _case(about: Ref, access: Access) -> dict[str, Any]:
    """Whose it is and what it is called, as far as the asker may see it."""
    if about.kind == "claim":
        card = claims.get_for_staff(about.id, access)
        return {"party_id": card.claimant_id, "case_number": card.number}
    if about.kind == "servicing_request":
        found = requests.get_for_staff(about.id, access, timezone.now())
        return {
            "party_id": found.party_id, "case_number": found.number or "", "request": found.kind
        }  # fmt: skip
    if about.kind == "conversation":
        talked = contact.get_for_staff(about.id, access)
        if talked.party_id is not None:
            return {"party_id": talked.party_id, "case_number": talked.number}
    if about.kind == "application":
        asked = applications.get_for_staff(about.id, access)
        return {"party_id": asked.holder_id, "case_number": asked.number}
    if about.kind == "breakpoint":
        broken = journeys.get_break(about.id, access, timezone.now()).row
        if broken.party_id is not None:
            return {"party_id": broken.party_id, "case_number": ""}
    raise Invalid(_("请先确认是哪位客户，再发起视频"))


def with_rooms(
    rows: Sequence[journeys.BreakRow], access: Access
) -> list[tuple[journeys.BreakRow, int | None]]:
    """Breaks, each with the open video session in which its customer waits or talks; None without."""
    open_rooms = queries.open_rooms(
        {about for row in rows for about in (row.subject, Ref("breakpoint", row.id))}, access
    )
    return [
        (row, open_rooms.get(row.subject) or open_rooms.get(Ref("breakpoint", row.id)))
        for row in rows
    ]


def _signs(seen: queries.SessionView, access: Access) -> str:
    """What of the case the customer may be asked to sign: "YES", "NONE" yet, "DONE", or "" where nothing is signed."""
    if seen.about.kind == "claim":
        return "YES" if claims.agreements_waiting(seen.party_id, seen.about.id) else "NONE"
    if seen.about.kind == "servicing_request" and access.may(
        "servicing.view", office_id=seen.office_id
    ):
        asked = requests.get_for_staff(seen.about.id, access, timezone.now())
        return "YES" if asked.state in {"DRAFT", "PREPARED", "CONFIRMED"} else "DONE"
    return "YES" if seen.about.kind in {"servicing_request", "application"} else ""


@require_GET
@staff_only(right="video.view")
def session(request: HttpRequest, session_id: int) -> HttpResponse:
    """The seat while it lasts; afterwards the recording, checked piece by piece."""
    access, now = access_of(request), timezone.now()
    seen = queries.get_for_staff(session_id, access)
    page: dict[str, Any] = {
        "seen": seen, "party": people.get_party(seen.party_id), "place": PLACES[seen.about.kind],
        "who": names(*{check.by for check in seen.checks}),
    }  # fmt: skip
    if seen.over:
        page["recording"] = queries.recording(session_id, access)
        page["kept"] = told_kept(queries.recording_kept(session_id, now), access)
        return show(request, "staff/video/recording.html", page, here=HERE)
    page |= {
        "may_serve": access.may("video.serve", office_id=seen.office_id),
        "compared": queries.COMPARED.items(), "kinds": documents.FILE_KINDS, "sign": queries.SIGN, "guide": queries.GUIDE,
        "minutes": queries.lasting().link_minutes, "signs": _signs(seen, access),
        "likely": "" if seen.about.kind == "claim" else "ID_CARD",
        "ice": queries.ice_servers(whose=f"seat-{access.staff_id}", at=now),
        "ticket": push.ticket(f"video:{session_id}", for_whom=f"staff:{access.staff_id}"),
    }  # fmt: skip
    return talk.with_camera(show(request, "staff/video/seat.html", page, here=HERE))


@require_POST
@staff_only(right="video.serve")
def act(request: HttpRequest, session_id: int, name: str) -> HttpResponse:
    """What the seat's page does: sit, connect, exchange, piece, invite, identity, want, unguide, end."""
    if name not in _ACTS:
        raise Http404
    return JsonResponse(_ACTS[name](request, session_id)) if name != "exchange" else _exchange(
        request, session_id
    )  # fmt: skip


def _exchange(request: HttpRequest, session_id: int) -> HttpResponse:
    said = talk.heard(request)
    return talk.answer(
        video.exchange_as_seat(
            session_id=session_id, connection=said.connection, after=said.after, send=said.send,
            connected=said.connected, **acting(request),
        )
    )  # fmt: skip


def _sit(request: HttpRequest, session_id: int) -> dict[str, Any]:
    video.sit(session_id=session_id, **acting(request))
    return {}


def _connect(request: HttpRequest, session_id: int) -> dict[str, Any]:
    return {"connection": video.connect(session_id=session_id, **acting(request))}


def _piece(request: HttpRequest, session_id: int) -> dict[str, Any]:
    kept = video.record_piece(
        session_id=session_id, number=talk.number_of(request, "X-Piece"),
        take=talk.number_of(request, "X-Take"), sha256=request.headers.get("X-Sha256", ""),
        content=request.body, **acting(request),
    )  # fmt: skip
    return {"pieces": kept}


def _invite(request: HttpRequest, session_id: int) -> dict[str, Any]:
    token = video.invite(session_id=session_id, **acting(request))
    told = {"says": _("链接已发到客户登记的手机。")}
    if settings.DEMO:  # nobody's phone rings in the demo
        told["link"] = f"{settings.PUBLIC_URL}/c/video/{token}"
    _say_in_chat(request, session_id)
    return told


def _say_in_chat(request: HttpRequest, session_id: int) -> None:
    """Whoever is invited out of a chat reads there where the link is; another seat's talk is left alone."""
    about = queries.get_for_staff(session_id, access_of(request)).about
    if about.kind != "conversation":
        return
    chat = contact.get_conversation(about.id)
    if chat.channel == "CHAT" and chat.state == "CONNECTED":
        with suppress(Refusal):
            conversing.add_turn(
                conversation_id=chat.id, who="SEAT", actor=actor_of(request), at=timezone.now(),
                text=_("我请您视频：链接在“消息”里，也发到了您登记的手机，点开就能接通。"),
            )  # fmt: skip


def _identity(request: HttpRequest, session_id: int) -> dict[str, Any]:
    if request.POST.get("matched") not in {"yes", "no"}:
        raise Invalid
    matched = request.POST["matched"] == "yes"
    video.compare_identity(
        session_id=session_id, compared=request.POST.getlist("compared"), matched=matched,
        **acting(request),
    )  # fmt: skip
    about = queries.get_for_staff(session_id, access_of(request)).about
    if matched and about.kind == "servicing_request":
        try:
            servicing.note_identity_seen(request_id=about.id, proof="VIDEO", **acting(request))
        except (
            Refusal
        ):  # theirs is handed in already, or another's to serve: the check itself stands
            return {
                "says": _(
                    "核身已登记在这次视频里；这件保全已经提交，或由别的同事在办，那边不用再改。"
                )
            }
    return {"says": _("核身已登记。") if matched else _("已登记为不一致，请不要继续办理。")}


def _want(request: HttpRequest, session_id: int) -> dict[str, Any]:
    video.ask_customer(session_id=session_id, what=request.POST.get("what", ""), **acting(request))
    return {"says": _("已在客户手机上提示。")}


def _unguide(request: HttpRequest, session_id: int) -> dict[str, Any]:
    video.stop_guiding(session_id=session_id, **acting(request))
    return {"says": _("已停止。")}


def _end(request: HttpRequest, session_id: int) -> dict[str, Any]:
    video.end(session_id=session_id, **acting(request))
    return {"over": True}


_ACTS: dict[str, Callable[[HttpRequest, int], Any]] = {
    "sit": _sit, "connect": _connect, "exchange": _exchange, "piece": _piece, "invite": _invite,
    "identity": _identity, "want": _want, "unguide": _unguide, "end": _end,
}  # fmt: skip


@require_GET
@staff_only(right="video.view")
def take(request: HttpRequest, session_id: int, take_number: int) -> HttpResponse:
    """One part of a recording, to be played; never kept by the browser."""
    video.watch(session_id=session_id, take=take_number, **acting(request))
    pieces = queries.take_of(session_id, take_number, access_of(request))
    response = HttpResponse(b"".join(pieces), content_type="video/webm")
    response.headers["Cache-Control"] = "no-store"
    return response


urls = [
    path("video", listing, name="video_list"),
    path("video/ask", ask, name="video_ask"),
    path("video/<int:session_id>", session, name="video"),
    path("video/<int:session_id>/takes/<int:take_number>", take, name="video_take"),
    path("video/<int:session_id>/<slug:name>", act, name="video_act"),
]
