"""What every signed notice has in common, whoever sends it."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, JsonResponse
from django.utils import timezone

from yilu.gateways import bank
from yilu.payments import operations as payments


def taken(request: HttpRequest, receive: Callable[..., str]) -> JsonResponse:
    """
    Hand a notice to the operation that checks its signature, and say what it changed.

    200 says it was taken, also when it told us nothing new, so that the sender stops repeating it; 409
    that this very one was taken before. Refusals are the operation's and change nothing.
    """
    try:
        effect = receive(
            body=request.body,
            signature=request.headers.get(bank.SIGNATURE_HEADER, ""),
            timestamp=request.headers.get(bank.TIMESTAMP_HEADER, ""),
            at=timezone.now(),
        )
    except payments.ReplayedNotice as replayed:
        return JsonResponse({"code": replayed.code, "message": replayed.message}, status=409)
    return JsonResponse({"effect": effect})
