"""服务质检: what was found in conversations, one's own findings, and a warning while a seat types."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from yilu.contact import queries as contact
from yilu.kernel.days import day_of
from yilu.kernel.refs import Ref
from yilu.quality import operations, queries
from yilu.web.common.access import staff_only
from yilu.web.common.numbers import whole
from yilu.web.staff.asked import actor_of, names
from yilu.web.staff.page import access_of, show


@require_GET
@staff_only(right="quality.view")
def listing(request: HttpRequest) -> HttpResponse:
    """Findings of one's offices, the latest first; ``?kind=``, ``?before=``."""
    kind = request.GET.get("kind", "")
    rows = queries.list_findings(
        access_of(request), kind=kind, before=whole(request.GET.get("before"))
    )
    who = names(*{Ref("staff", row.seat_id) for row in rows})
    page = {
        "rows": rows, "kind": kind, "kinds": queries.KINDS, "full": len(rows) == 50,
        "who": {ref.id: name for ref, name in who.items()},
    }  # fmt: skip
    return show(request, "staff/service_quality/findings.html", page, here="service_findings")


@require_GET
@staff_only()
def mine(request: HttpRequest) -> HttpResponse:
    """What was found in my own conversations, and what to say instead."""
    page = {"rows": queries.my_findings(access_of(request).staff_id)}
    return show(request, "staff/service_quality/mine.html", page, here="service_mine")


@require_POST
@staff_only(right="contact.handle")
def typing(request: HttpRequest, conversation_id: int) -> HttpResponse:
    """Warn of what is about to be said in one's own conversation; nothing is held up."""
    access = access_of(request)
    talk = contact.get_for_staff(conversation_id, access)
    text = request.POST.get("text", "")
    hits: tuple[queries.Hit, ...] = ()
    if talk.seat_id == access.staff_id and text.strip():
        hits = operations.warn(
            conversation_id=talk.id, text=text, staff_id=access.staff_id, actor=actor_of(request),
            at=timezone.now(),
        )  # fmt: skip
    found = {hit.code: hit for hit in hits}
    told = "".join(text.split())
    page = {
        "found": [
            (told[hit.start : hit.end], queries.better_for(code, day_of(timezone.now())))
            for code, hit in found.items()
        ]
    }
    return render(request, "staff/service_quality/typing.html", page)
