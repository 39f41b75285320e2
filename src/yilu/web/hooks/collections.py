"""The collecting bank's and the wallets' door: they tell us here what became of a payment (收款通知)."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from yilu.payments import operations as payments
from yilu.web.hooks.signed import taken


@csrf_exempt  # they have no session; their signature over the body stands in
@require_POST
def notice(request: HttpRequest) -> JsonResponse:
    """Take one signed notice of a payment in."""
    return taken(request, payments.receive_collection_notice)
