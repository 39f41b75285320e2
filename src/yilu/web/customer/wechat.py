"""我的微信: bind one's WeChat by a QR code, see whether it is bound, undo it."""

from __future__ import annotations

from django.contrib import messages as toasts
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from yilu.kernel.errors import Refusal
from yilu.messaging import operations as messaging
from yilu.messaging import queries
from yilu.web.common import access
from yilu.web.common.qr import picture_of
from yilu.web.customer import pages


@access.customers_only
@require_http_methods(["GET", "HEAD", "POST"])
def wechat(request: HttpRequest) -> HttpResponse:
    """``act=show`` makes a code that is good for half an hour, ``act=undo`` ends the binding."""
    me, now, link, refusal = pages.me(request), timezone.now(), "", None
    if request.POST.get("act") == "undo":
        messaging.unbind_wechat(party_id=me.id, actor=me, at=now)
        toasts.success(request, _("已解除，不再往微信发。"))
        return redirect("customer:wechat")
    if request.method == "POST":
        try:
            link = messaging.binding_link(messaging.offer_binding(party_id=me.id, actor=me, at=now))
        except Refusal as problem:
            refusal = problem
    page = {
        "bound": queries.is_bound(me), "can_bind": messaging.can_bind(), "refusal": refusal,
        "link": link, "picture": picture_of(link) if link else "",
        "minutes": int(messaging.BINDS_FOR.total_seconds() // 60),
    }  # fmt: skip
    return pages.show(request, "wechat", page, tab="me", status=pages.status_of(refusal))
