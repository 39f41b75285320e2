"""意见反馈: tell us something, and see what became of what one told us."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from yilu.kernel.errors import Refusal
from yilu.voice import operations as voice
from yilu.voice import queries
from yilu.web.common import access
from yilu.web.customer import pages

TOPICS = ("claim", "servicing", "renewal", "application", "contact", "other")


@access.customers_only
@require_http_methods(["GET", "HEAD", "POST"])
def feedback(request: HttpRequest) -> HttpResponse:
    """Write to us, and the answers to what one wrote."""
    me, refusal = pages.me(request), None
    if request.method == "POST":
        try:
            voice.take_comment(
                comment=request.POST.get("comment", ""), topic=request.POST.get("topic", ""), actor=me,
                request_key=f"page:{me.id}:{request.POST.get('key', '')[:40]}", at=timezone.now(),
            )  # fmt: skip
            messages.success(request, _("收到了。我们会在一个工作日内答复您。"))
            return redirect("customer:feedback")
        except Refusal as problem:
            refusal = problem
    page = {
        "rows": queries.feedback_of_party(me.id), "refusal": refusal, "given": request.POST,
        "topics": [(code, queries.JOURNEYS[code]) for code in TOPICS],
        "key": request.POST.get("key") or uuid.uuid4().hex,
    }  # fmt: skip
    return pages.show(request, "feedback", page, tab="me", status=pages.status_of(refusal))
