"""A new ticket for a page that has been open for long."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from yilu.web.common import access, push


@require_safe
def renew_ticket(request: HttpRequest) -> HttpResponse:
    """
    Exchange a ticket of today's for a fresh one, for whoever it was signed for and is still signed in.

    Answers 403 to everybody else: the page then looks by itself now and then.
    """
    principal = access.current(request)
    try:
        if principal is None:
            raise push.BadTicket
        fresh = push.renew(request.GET.get("ticket", ""), for_whom=str(principal.ref))
    except push.BadTicket:
        return JsonResponse({}, status=403)
    answer = JsonResponse({"ticket": fresh})
    answer["Cache-Control"] = "no-store"
    return answer
