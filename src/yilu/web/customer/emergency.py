"""One tap of a customer who was hurt in a declared disaster (一键报案)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yilu.catastrophe import operations
from yilu.kernel.refs import Ref
from yilu.web.common import access
from yilu.web.customer import pages


@access.customers_only
@require_POST
def report(request: HttpRequest, event_id: int) -> HttpResponse:
    """Say that one was hurt; the claims come into being by themselves."""
    me = pages.me(request)
    opened = operations.report_myself(
        event_id=event_id, actor=Ref("party", me.id), at=timezone.now()
    )
    if opened:
        messages.success(request, _("已为您报案。先安心治疗，资料以后再补；我们会主动联系您。"))
    else:
        messages.info(
            request, _("我们已经记下您受到影响，会尽快联系您；目前没有可以直接报案的保单。")
        )
    return redirect("customer:home")
