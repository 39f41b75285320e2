"""培训概况: how far one's people are, who is late; courses given."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from yilu.kernel.errors import Refusal
from yilu.kernel.refs import Ref
from yilu.people import queries as people
from yilu.quality.operations import coursing
from yilu.quality.queries import training
from yilu.web.common.access import staff_only
from yilu.web.common.numbers import whole
from yilu.web.staff.asked import acting, names
from yilu.web.staff.page import access_of, show

HERE = "training_overview"
RIGHT = "quality.view"


@require_GET
@staff_only(right=RIGHT)
def overview(request: HttpRequest) -> HttpResponse:
    """Each course over the people of my offices, and who is late."""
    return _overview(request, None)


def _overview(request: HttpRequest, refusal: Refusal | None) -> HttpResponse:
    access, now = access_of(request), timezone.now()
    rows, late = training.figures(access, at=now), training.overdue(access, at=now)
    who = names(*{Ref("staff", task.staff_id) for task in late})
    page = {
        "rows": rows, "late": late, "refusal": refusal, "given": request.POST,
        "done": sum(row.done for row in rows), "going": sum(row.going for row in rows),
        "behind": sum(row.late for row in rows), "may_train": access.may("quality.train"),
        "may_manage": access.may("quality.manage"), "staff": people.list_staff(access),
        "who": {ref.id: name for ref, name in who.items()}, "language": _place(),
        "unapproved": training.course_drafts(access) if access.may("quality.manage") else [],
        "offices": {office.id: office.name for office in people.list_offices()},
    }  # fmt: skip
    return show(
        request, "staff/training/overview.html", page, here=HERE,
        status=refusal.status if refusal else 200,
    )  # fmt: skip


@require_GET
@staff_only(right=RIGHT)
def chart(request: HttpRequest) -> JsonResponse:
    """Done, going on and late, by course."""
    rows = training.figures(access_of(request), at=timezone.now())
    return JsonResponse(
        {
            "direction": "down", "names": [row.titles[_place()] for row in rows],
            "series": [
                {"name": _("已完成"), "tone": "good", "stack": "a", "data": [r.done for r in rows]},
                {"name": _("进行中"), "tone": "info", "stack": "a", "data": [r.going for r in rows]},
                {"name": _("已逾期"), "tone": "bad", "stack": "a", "data": [r.late for r in rows]},
            ],
        }
    )  # fmt: skip


@require_POST
@staff_only(right="quality.train")
def assign(request: HttpRequest) -> HttpResponse:
    """Give colleagues a course."""
    chosen = [whole(each) for each in request.POST.getlist("staff")]
    try:
        count = coursing.assign(
            course=request.POST.get("course", ""),
            staff_ids=[each for each in chosen if each is not None], **acting(request),
        )  # fmt: skip
    except Refusal as refused:
        return _overview(request, refused)
    messages.success(
        request, _("已安排给 %(count)s 位同事；已在学的不重复安排。") % {"count": count}
    )
    return redirect("staff:training_overview")


def _place() -> int:
    """Which of the two titles the reader reads."""
    return 0 if (get_language() or "zh").startswith("zh") else 1
