"""系统运行: what waits and what failed behind the screens, tried again from here; processes; size."""

from __future__ import annotations

import resource
import sys

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from yilu.journal import operations
from yilu.journal import queries as journal
from yilu.web.common.access import staff_only
from yilu.web.staff.asked import actor_of
from yilu.web.staff.page import show


@require_GET
@staff_only(right="system.operate")
def system(request: HttpRequest) -> HttpResponse:
    """What an operator looks at first; refreshed by itself every ten seconds."""
    health = journal.health(timezone.now())
    page = {
        "health": health,
        "dead": journal.list_dead(),
        "failed": journal.list_failed_jobs(),
        "alive": any(each.alive for each in health.processes),
        "web_bytes": _memory(),
        "now": timezone.now(),
    }
    template = (
        "staff/system/health.html"
        if request.headers.get("HX-Request")
        else "staff/system/system.html"
    )
    return show(request, template, page, here="system")


@require_POST
@staff_only(right="system.operate")
def retry_reaction(request: HttpRequest, reaction_id: int) -> HttpResponse:
    """Have a stopped reaction tried again."""
    operations.retry_dead(reaction_id=reaction_id, actor=actor_of(request), at=timezone.now())
    messages.success(request, _("已重新发起，几秒后刷新查看结果。"))
    return redirect("staff:system")


@require_POST
@staff_only(right="system.operate")
def retry_job(request: HttpRequest, job_id: int) -> HttpResponse:
    """Have a failed background job tried again."""
    operations.retry_failed_job(job_id=job_id, actor=actor_of(request), at=timezone.now())
    messages.success(request, _("已重新发起，几秒后刷新查看结果。"))
    return redirect("staff:system")


def _memory() -> int:
    """The most memory this web process ever held, in bytes."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024
