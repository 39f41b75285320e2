"""The collecting bank's and the wallets' door: they tell us here what became of a payment (收款通知)."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from yilu.gateways import bank
from yilu.payments import operations as payments


@csrf_exempt  # they have no session; their signature over the body stands in
@require_POST
def notice(request: HttpRequest) -> JsonResponse:
    """Take one signed notice; 200 says it was taken, 409 that we had this very one before."""
    try:
        effect = payments.receive_collection_notice(
            body=request.body,
            signature=request.headers.get(bank.SIGNATURE_HEADER, ""),
            timestamp=request.headers.get(bank.TIMESTAMP_HEADER, ""),
            at=timezone.now(),
        )
    except payments.ReplayedNotice as replayed:
        return JsonResponse({"code": replayed.code, "message": replayed.message}, status=409)
    return JsonResponse({"effect": effect})
