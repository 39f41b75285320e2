"""信息披露: what the insurer publishes of each year and of major matters, until when, and where it was published."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from yilu.insight import operations
from yilu.insight.queries.disclosures import list_disclosures
from yilu.kernel.errors import NotFound, Refusal
from yilu.people import queries as people
from yilu.web.common.access import staff_only
from yilu.web.staff.asked import acting, day_of
from yilu.web.staff.page import access_of, show

RIGHT = "insight.view"


@require_GET
@staff_only(right=RIGHT)
def page(request: HttpRequest, disclosure_id: int | None = None) -> HttpResponse:
    """Everything that was published is public; what is still to be, everybody with the right sees."""
    return _page(request, disclosure_id)


def _page(
    request: HttpRequest, disclosure_id: int | None, refusal: Refusal | None = None
) -> HttpResponse:
    rows = list_disclosures(timezone.now())
    if disclosure_id and disclosure_id not in {row.id for row in rows}:
        raise operations.DisclosureNotFound
    head = next(office.id for office in people.list_offices() if office.level == "HEAD")
    return show(
        request,
        "staff/disclosures.html",
        {
            "rows": rows, "asked": disclosure_id, "refusal": refusal,
            "given": request.POST, "publishes": access_of(request).may(RIGHT, office_id=head),
            "today": timezone.localdate(),
        },
        here="disclosures",
        status=refusal.status if refusal else 200,
    )  # fmt: skip


@require_POST
@staff_only(right=RIGHT)
def publish(request: HttpRequest, disclosure_id: int) -> HttpResponse:
    """Say that something was published, and where."""
    try:
        operations.publish_disclosure(
            disclosure_id=disclosure_id, address=request.POST.get("address", ""), **acting(request)
        )
    except NotFound:
        raise
    except Refusal as refused:
        return _page(request, disclosure_id, refused)
    messages.success(request, _("已登记公布，时限已经结束。"))
    return redirect("staff:disclosures")


@require_POST
@staff_only(right=RIGHT)
def enter(request: HttpRequest) -> HttpResponse:
    """Enter a major matter; its clock runs from the day it happened."""
    told = request.POST.get("happened_on", "")
    try:
        made = operations.enter_matter(
            matter=request.POST.get("matter", ""), happened_on=day_of(told) if told else None,
            **acting(request),
        )  # fmt: skip
    except Refusal as refused:
        return _page(request, 0, refused)
    messages.success(request, _("已登记，十个工作日的时限从发生日起算。"))
    return redirect("staff:disclosure", made)
