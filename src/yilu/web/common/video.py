"""What both ends of a video session share: the browsers' talk as JSON, and the right to use a camera."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse

from yilu.kernel.errors import Invalid
from yilu.kernel.texts import keepable
from yilu.video import operations as video

CAMERA = "camera=(self), microphone=(self), geolocation=(), payment=()"


@dataclass(frozen=True, slots=True)
class Said:
    """What a browser says each time it is heard."""

    connection: int
    after: int
    send: tuple[str, ...]
    connected: bool


def heard(request: HttpRequest) -> Said:
    """Read a browser's words. :raises BadSignal: they are none of ours."""
    try:
        given = json.loads(request.body)
        said = Said(
            int(given.get("connection", 0)), int(given.get("after", 0)),
            tuple(given.get("send", ())), bool(given.get("connected")),
        )  # fmt: skip
    except (ValueError, TypeError, AttributeError, OverflowError, RecursionError):
        raise video.BadSignal from None
    whole = all(isinstance(each, str) and keepable(each) == each for each in said.send)
    if not whole or not 0 <= said.connection < 2**31 or not 0 <= said.after < 2**63:
        raise video.BadSignal
    return said


def answer(news: video.News) -> JsonResponse:
    """What the other browser told, and how the session stands."""
    told: dict[str, Any] = {
        "state": news.state, "connection": news.connection, "arrivals": news.arrivals,
        "customerHere": news.customer_here, "seatHere": news.seat_here, "wants": news.wants,
        "guided": news.guided,
        "recording": news.recording, "pieces": news.pieces, "takes": news.takes,
        "signals": news.signals,
    }  # fmt: skip
    return JsonResponse(told)


def with_camera(response: HttpResponse) -> HttpResponse:
    """Let this one page use camera and microphone; nobody in between keeps it or learns its address."""
    response.headers["Permissions-Policy"] = CAMERA
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Referrer-Policy"] = "same-origin"
    return response


def number_of(request: HttpRequest, header: str) -> int:
    """A whole number in a header. :raises Invalid: it is none."""
    text = request.headers.get(header, "")
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise Invalid
    return int(text)
