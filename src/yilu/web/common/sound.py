"""What a caller's page and a seat's softphone share: the offer of a browser, and the switch's answer."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _

from yilu.gateways.calls import NotDone
from yilu.gateways.calls.builtin.client import Refused
from yilu.kernel.errors import Invalid

log = logging.getLogger(__name__)

MICROPHONE = "microphone=(self), camera=(), geolocation=(), payment=()"
OFFER_MAX = 16_000


def offer_of(request: HttpRequest) -> str:
    """The browser's description of its sound. :raises Invalid: there is none."""
    try:
        found = json.loads(request.body)["sdp"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise Invalid from None
    if not isinstance(found, str) or not 0 < len(found) <= OFFER_MAX:
        raise Invalid
    return found


def answered(ask: Callable[[], str]) -> JsonResponse:
    """The switch's answer for the browser; 503 where it is away or full, 422 where the offer is none."""
    try:
        return JsonResponse({"sdp": ask()})
    except Refused as refused:
        if refused.status == 422:
            raise Invalid from None
        log.warning("the switch refused a line: %s", refused.status)
    except NotDone as away:
        log.warning("the switch does not answer: %s", away)
    told = {"code": "no_switch", "message": _("电话交换暂时没有应答")}
    return JsonResponse(told, status=503)


def with_microphone(response: HttpResponse) -> HttpResponse:
    """Let this one page use the microphone; nobody in between keeps it or learns its address."""
    response.headers["Permissions-Policy"] = MICROPHONE
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Referrer-Policy"] = "same-origin"
    return response
