"""客户类型: how to speak with whoever one is serving, put right by the seat; what of it was wrong."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from yilu.contact import queries as contact
from yilu.kernel.days import day_of
from yilu.kernel.errors import NotFound, Refusal
from yilu.quality import operations, queries
from yilu.web.common.access import staff_only
from yilu.web.staff.asked import acting
from yilu.web.staff.page import access_of, show

DAYS = 30


@require_GET
@staff_only(right="contact.handle")
def beside(request: HttpRequest, conversation_id: int) -> HttpResponse:
    """What sort of client it is now and what to say; nothing beside a talk that is not one's own."""
    return _beside(request, conversation_id)


@require_POST
@staff_only(right="contact.handle")
def judge(request: HttpRequest, conversation_id: int) -> HttpResponse:
    """The seat's own word on it; the words to say change at once."""
    try:
        operations.judge_client(
            conversation_id=conversation_id, sort=request.POST.get("sort", ""), **acting(request)
        )
    except NotFound:
        raise
    except Refusal as refused:
        return _beside(request, conversation_id, refused)
    return _beside(request, conversation_id)


def _beside(
    request: HttpRequest, conversation_id: int, refusal: Refusal | None = None
) -> HttpResponse:
    access = access_of(request)
    talk = contact.get_for_staff(conversation_id, access)
    mine = talk.seat_id == access.staff_id and talk.state in ("CONNECTED", "WRAPPING")
    page = {
        "talk": talk, "refusal": refusal,
        "client": queries.client_of(talk, office_id=access.office_id, at=timezone.now()) if mine else None,
    }  # fmt: skip
    status = refusal.status if refusal else 200
    return render(request, "staff/service_standards/client.html", page, status=status)


@require_GET
@staff_only(right="quality.view")
def counts(request: HttpRequest) -> HttpResponse:
    """How often each sort was told in the last month, and how often the seat said otherwise."""
    today = day_of(timezone.now())
    rows = queries.client_counts(access_of(request), today - timedelta(days=DAYS), today)
    page = {
        "rows": rows, "days": DAYS, "told": sum(row.told for row in rows),
        "corrected": sum(row.corrected for row in rows),
        "may_manage": access_of(request).may("quality.manage"),
    }  # fmt: skip
    return show(request, "staff/service_standards/clients.html", page, here="service_standards")
