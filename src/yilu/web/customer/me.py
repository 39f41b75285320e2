"""消息 and 我的."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages as toasts
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _
from django.views.decorators.http import require_POST, require_safe

from yilu.contact import queries as contact
from yilu.messaging import operations as messaging_operations
from yilu.messaging import queries as messaging
from yilu.people import queries as people
from yilu.web.common import access
from yilu.web.common.numbers import whole
from yilu.web.customer import leading, pages

PAGE = 30
CHANNELS = (
    ("OUTBOX", _("站内消息"), _("只在这里看")),
    ("SMS", _("短信"), _("发到您登记的手机号")),
    ("WECHAT", _("微信"), _("绑定公众号后可收到")),
    ("SMTP", _("电子邮件"), _("发到您登记的邮箱")),
)


WAYS = {
    "CLAIM": ("customer:report", []), "CALL": ("common:help", []), "VIDEO": ("customer:chat", []),
    "ASSIST": ("customer:service", ["assistance"]),
}  # fmt: skip
"""Where each way of using a service begins."""


@dataclass(frozen=True)
class Channel:
    """A way to be told."""

    code: str
    label: str
    words: str


@dataclass(frozen=True)
class Note:
    """A message in the inbox; ``url`` leads to what it is about."""

    title: str
    text: str
    at: datetime
    url: str


@access.customers_only
@require_safe
def messages(request: HttpRequest) -> HttpResponse:
    """Everything we told the customer, newest first."""
    me = pages.me(request)
    before = whole(request.GET.get("after"))
    found = messaging.mailbox(me, before=before, limit=PAGE + 1)
    places = leading.places_of(found[:PAGE], me, timezone.now())
    inbox = [Note(m.title, m.text, m.sent_at or m.promised_at, places[m.id]) for m in found[:PAGE]]
    following = found[PAGE - 1].id if len(found) > PAGE else None
    return pages.show(request, "messages", {"inbox": inbox, "following": following}, tab="messages")


@access.customers_only
@require_safe
def me(request: HttpRequest) -> HttpResponse:
    """The customer's own page: cards, privacy, how to be told, how soon a person comes."""
    who = pages.me(request)
    page = {
        "me": people.get_party(who.id),
        "account_count": len(people.list_accounts(who.id)),
        "channels": [Channel(*each) for each in CHANNELS],
        "chosen_channel": messaging.preferences([who]).get(who, "SMS"),
        "wechat_bound": messaging.is_bound(who),
        "tier": contact.tier_of(who.id, at=timezone.now()),
        "services": [
            (each, reverse(WAYS[each.way][0], args=WAYS[each.way][1]))
            for each in contact.services_of(who.id, at=timezone.now())
        ],
    }
    return pages.show(request, "me", page, tab="me")


@access.customers_only
@require_POST
def notify(request: HttpRequest) -> HttpResponse:
    """Choose how to be told first."""
    who = pages.me(request)
    messaging_operations.prefer_channel(
        who=who, channel=request.POST.get("channel", ""), actor=who, at=timezone.now()
    )
    toasts.success(request, gettext("已保存。"))
    return redirect("customer:me")
