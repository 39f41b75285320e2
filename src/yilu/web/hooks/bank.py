"""The bank's door: it tells us here how a payment went (银行回盘)."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from yilu.payments import operations as payments
from yilu.web.hooks.signed import taken


@csrf_exempt  # the bank has no session; its signature over the body stands in
@require_POST
def notice(request: HttpRequest) -> JsonResponse:
    """Take one signed notice of a payment out."""
    return taken(request, payments.receive_bank_notice)
