"""全国共享作业: what is pooled across branches, who helps, how much each may take a day."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from yilu.kernel.errors import Refusal
from yilu.kernel.refs import Ref
from yilu.people import queries as people
from yilu.web.common.access import staff_only
from yilu.web.common.numbers import whole
from yilu.web.staff.page import access_of, show
from yilu.work import operations as work
from yilu.work import queries


@require_GET
@staff_only(right="work.lead")
def overview(request: HttpRequest) -> HttpResponse:
    """The shared pool: queues, offices, helpers and their day."""
    return _show(request)


@require_POST
@staff_only(right="work.lead")
def helper(request: HttpRequest) -> HttpResponse:
    """Register a helper for a queue with a day's measure, or let them go."""
    access, given = access_of(request), request.POST
    try:
        work.set_helper(
            queue=given.get("queue", ""), staff_id=whole(given.get("staff")) or 0,
            daily_max=whole(given.get("daily_max")) or 0, access=access,
            actor=Ref("staff", access.staff_id), at=timezone.now(),
        )  # fmt: skip
    except Refusal as refusal:
        return _show(request, refusal)
    messages.success(request, _("共享作业人员已更新。"))
    return redirect("staff:pool_overview")


def _show(request: HttpRequest, refusal: Refusal | None = None) -> HttpResponse:
    access, now = access_of(request), timezone.now()
    pool = queries.pool_overview(now)
    names = people.names_of(Ref("staff", h.staff_id) for h in pool.helpers)
    offices = {o.id: o.name for o in people.list_offices()}
    told = {
        "refusal": refusal,
        "waiting": [(row, offices.get(row.office_id, "")) for row in pool.waiting],
        "helpers": [(h, names.get(Ref("staff", h.staff_id), "")) for h in pool.helpers],
        "queues": queries.list_queues(),
        "staff": people.list_colleagues(access.office_id, "claims.view"),
    }  # fmt: skip
    return show(
        request, "staff/pool.html", told, here="pool", status=refusal.status if refusal else 200
    )
