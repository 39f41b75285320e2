"""The bank's door: it tells us here how a payment went (银行回盘)."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from yilu.gateways import bank
from yilu.payments import operations as payments


@csrf_exempt  # the bank has no session; its signature over the body stands in
@require_POST
def notice(request: HttpRequest) -> JsonResponse:
    """
    Take one signed notice.

    200 says it was taken, also when it told us nothing new, so that the bank stops repeating it; a bad
    or old signature and a malformed body are refused and change nothing.
    """
    try:
        effect = payments.receive_bank_notice(
            body=request.body,
            signature=request.headers.get(bank.SIGNATURE_HEADER, ""),
            timestamp=request.headers.get(bank.TIMESTAMP_HEADER, ""),
            at=timezone.now(),
        )
    except payments.ReplayedNotice as replayed:
        # Its content was taken before; saying 409 tells an honest bank that it may stop.
        return JsonResponse({"code": replayed.code, "message": replayed.message}, status=409)
    return JsonResponse({"effect": effect})
