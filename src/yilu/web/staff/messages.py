"""通知: what was sent to whom, by which channel, whether it arrived and how soon it went."""

from __future__ import annotations

import re

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from yilu.messaging import queries as messaging
from yilu.people.queries import Access
from yilu.web.common.access import staff_only
from yilu.web.staff.asked import id_after
from yilu.web.staff.links import called, link_to, links_to, place_of
from yilu.web.staff.message_pages import TABS
from yilu.web.staff.page import access_of, show

FAILED_SHOWN = 5
TONES = {
    "QUEUED": "info", "SENDING": "info", "SENT": "info", "DELIVERED": "good", "FAILED": "bad",
    "SUPPRESSED": "", "UNKNOWN": "warn",
}  # fmt: skip


@require_GET
@staff_only(right="claims.view")
def listing(request: HttpRequest) -> HttpResponse:
    """Messages of one's offices, newest first; those that did not arrive stand on top."""
    access, given = access_of(request), request.GET
    state = given.get("state", "") if given.get("state") in dict(messaging.STATES) else ""
    channel = given.get("channel", "") if given.get("channel") in dict(messaging.CHANNELS) else ""
    about = given.get("about", "").strip()
    about = about if re.fullmatch(r"[a-z_]{2,20}:\d{1,18}", about) else ""
    after = id_after(request)
    page = messaging.sent_page(access, state=state, channel=channel, about=about, before=after)
    first = not (state or channel or about or after)
    failed = messaging.sent_page(access, state="FAILED", limit=FAILED_SHOWN) if first else None
    return show(
        request,
        "staff/messages.html",
        {
            "tab": "messages",
            "tabs": TABS,
            "rows": _linked(page, access),
            "next": page.next,
            "failed": _linked(failed, access) if failed else [],
            "state": state,
            "channel": channel,
            "about": about,
            "about_said": _said(about, page, access),
            "states": messaging.STATES,
            "channels": messaging.CHANNELS,
            "latency": messaging.latency(),
            "demo": settings.DEMO,
            "now": timezone.now(),
        },
        here="messages",
    )


def _said(about: str, page: messaging.SentPage, access: Access) -> str:
    """What the list is narrowed down to: by its number only where something of it is seen."""
    if not about:
        return ""
    return link_to(about, access).label if page.rows else called(about)


def _linked(page: messaging.SentPage, access: Access) -> list[dict[str, object]]:
    named = links_to((row.message.about for row in page.rows), access)
    return [
        {
            "row": row,
            "tone": TONES[row.message.state],
            "link": named[row.message.about],
            "who": place_of(row.recipient),
        }
        for row in page.rows
    ]
