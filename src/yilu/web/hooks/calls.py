"""A telephone exchange tells us what happened to a call, and is answered what it does next (话务接入)."""

from __future__ import annotations

import json

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from yilu.contact import operations as contact
from yilu.gateways.calls import BadEvent, read_event, write_verbs
from yilu.gateways.calls.webhook_verbs import is_genuine
from yilu.gateways.push import SIGNATURE_HEADER, TIMESTAMP_HEADER
from yilu.web.common import hotline


@csrf_exempt  # an exchange has no session; its signature over time and body stands in
@require_POST
def event(request: HttpRequest) -> JsonResponse:
    """
    Take one signed event; the answer holds the verbs.

    The same event again is answered the same and changes nothing; one that is not the latest any more
    gets no verbs. 403 not signed or old, 404 no such call, 409 its number with other content, 422
    unreadable: nothing was changed.
    """
    now = timezone.now()
    stamp = request.headers.get(TIMESTAMP_HEADER, "")
    signature = request.headers.get(SIGNATURE_HEADER, "")
    if not is_genuine(settings.CALLS_SECRET, stamp, request.body, signature, now.timestamp()):
        return JsonResponse({"code": "not_signed"}, status=403)
    try:
        told = read_event(json.loads(request.body))
    except BadEvent as bad:
        return JsonResponse({"code": "unreadable", "field": str(bad)}, status=422)
    except (ValueError, RecursionError):
        return JsonResponse({"code": "unreadable"}, status=422)
    heard = contact.hear(driver="webhook_verbs", event=told, tell=hotline.tell, at=now)
    return JsonResponse({"verbs": write_verbs(heard.verbs), "repeated": heard.repeated})
