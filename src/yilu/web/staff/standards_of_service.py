"""服务标准: what counts here today at each touchpoint, its versions, trials and exceptions; the part shown beside work."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yilu.kernel.days import day_of
from yilu.kernel.errors import NotFound, Refusal
from yilu.obligations import queries as obligations
from yilu.people import queries as people
from yilu.quality import operations, queries
from yilu.quality.queries import shapes
from yilu.web.common.access import staff_only
from yilu.web.common.errors import telling
from yilu.web.common.numbers import whole
from yilu.web.staff import shaped
from yilu.web.staff.asked import acting, actor_of, names_said, number_in
from yilu.web.staff.asked import day_of as day_in
from yilu.web.staff.page import access_of, show

HERE = "service_standards"


@require_GET
@staff_only()
def listing(request: HttpRequest) -> HttpResponse:
    """Every touchpoint with what counts in my office today; everybody at the insurer may read."""
    access, today = access_of(request), day_of(timezone.now())
    page = {
        "rows": queries.standards_now(office_id=access.office_id, on=today),
        "touchpoints": queries.TOUCHPOINTS, "may_manage": access.may("quality.manage"),
        "may_view": access.may("quality.view"),
    }  # fmt: skip
    return show(request, "staff/service_standards/list.html", page, here=HERE)


@require_GET
@staff_only()
def standard(request: HttpRequest, touchpoint: str) -> HttpResponse:
    """One touchpoint's standard as it counts in my office, with what was allowed beside it."""
    return _standard(request, touchpoint, None)


def _standard(request: HttpRequest, touchpoint: str, refusal: Refusal | None) -> HttpResponse:
    access, today = access_of(request), day_of(timezone.now())
    if touchpoint not in queries.TOUCHPOINTS:
        raise Http404
    asked = queries.list_deviations(access, touchpoint=touchpoint)
    here = queries.standard_for(touchpoint, office_id=access.office_id, on=today)
    page = {
        "touchpoint": touchpoint, "label": queries.TOUCHPOINTS[touchpoint],
        "here": here, "opening": _opening(here, access), "pledges": _pledges(here),
        "allowed": queries.deviations_of(touchpoint, office_id=access.office_id, on=today),
        "asked": asked, "clients": queries.CLIENTS, "may_manage": access.may("quality.manage"),
        "refusal": refusal, "given": request.POST, "me": str(actor_of(request)),
        "offices": {each.id: each.name for each in people.list_offices()},
        "who": names_said(*(each.asked_by for each in asked), *(each.decided_by for each in asked)),
    }  # fmt: skip
    return show(
        request, "staff/service_standards/standard.html", page, here=HERE,
        status=refusal.status if refusal else 200,
    )  # fmt: skip


def _pledges(found: queries.VersionView | None) -> dict[str, obligations.DefinitionView]:
    """The promises that times are taken from, as they stand now."""
    now = timezone.now()
    codes = {each.pledge for each in found.standard.times} if found else set()
    return {
        code: obligations.definition(code, now)
        for code in codes
        if obligations.is_pledged(code, now)
    }


@require_GET
@staff_only()
def beside(request: HttpRequest, touchpoint: str) -> HttpResponse:
    """The script and the checklist, to be read beside the work; nothing where no standard counts."""
    access = access_of(request)
    if touchpoint not in queries.TOUCHPOINTS:
        raise Http404
    found = queries.standard_for(touchpoint, office_id=access.office_id, on=day_of(timezone.now()))
    page = {
        "here": found, "clients": queries.CLIENTS,
        "opening": _opening(found, access),
    }  # fmt: skip
    return render(request, "staff/service_standards/beside.html", page)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(right="quality.manage")
def versions(request: HttpRequest, touchpoint: str) -> HttpResponse:
    """Every version of a touchpoint; write the next one, approve it, end a trial."""
    if touchpoint not in queries.TOUCHPOINTS:
        raise Http404
    shape, rows = shapes.standard_shape(timezone.now()), queries.list_versions(touchpoint)
    writing = shaped.write(
        request, shape, text=rows[0].text if rows else "",
        save=lambda text: operations.write_draft(
            touchpoint=touchpoint, text=text, revision=number_in(request, "revision"), **acting(request)
        ),
    )  # fmt: skip
    if writing is None:
        messages.success(request, _("草稿已保存，请另一位同事批准。"))
        return redirect("staff:service_standard_versions", touchpoint)
    page = shaped.versions(shape, rows) | {
        "touchpoint": touchpoint, "label": queries.TOUCHPOINTS[touchpoint], "rows": rows,
        "writing": writing, "today": day_of(timezone.now()), "me": str(actor_of(request)),
        "offices": {each.id: each.name for each in people.list_offices()},
        "who": names_said(*(row.author for row in rows), *(row.approver for row in rows)),
    }  # fmt: skip
    return show(
        request, "staff/service_standards/versions.html", page, here=HERE, status=writing.status
    )


@require_POST
@staff_only()
def ask(request: HttpRequest, touchpoint: str) -> HttpResponse:
    """Ask for an exception for my office."""
    try:
        operations.ask_deviation(
            version_id=number_in(request, "version"), what=request.POST.get("what", ""),
            why=request.POST.get("why", ""), until=day_in(request.POST.get("until", "")),
            **acting(request),
        )  # fmt: skip
    except NotFound:
        raise
    except Refusal as refused:
        return _standard(request, touchpoint, refused)
    messages.success(request, _("已提交，批准前仍按标准办理。"))
    return redirect("staff:service_standard", touchpoint)


@require_POST
@staff_only(right="quality.manage")
def act(request: HttpRequest, touchpoint: str, name: str) -> HttpResponse:
    """Approve or give up a draft, end a trial, decide an exception."""
    if name not in _ACTS:
        raise Http404
    if touchpoint not in queries.TOUCHPOINTS:
        raise Http404
    with telling(request):
        _ACTS[name](request)
    where = "service_standard" if name == "decide" else "service_standard_versions"
    return redirect(f"staff:{where}", touchpoint)


def _approve(request: HttpRequest) -> None:
    chosen = [whole(each) for each in request.POST.getlist("office")]
    operations.approve(
        version_id=number_in(request, "version"), revision=number_in(request, "revision"),
        since=day_in(request.POST.get("since", "")),
        pilot_offices=[each for each in chosen if each is not None], **acting(request),
    )  # fmt: skip
    messages.success(request, _("已批准，从生效日起按这一版办理。"))


def _discard(request: HttpRequest) -> None:
    operations.discard(version_id=number_in(request, "version"), **acting(request))
    messages.success(request, _("草稿已放弃。"))


def _end_pilot(request: HttpRequest) -> None:
    roll_out = request.POST.get("roll_out") == "yes"
    operations.end_pilot(
        version_id=number_in(request, "version"), roll_out=roll_out, **acting(request)
    )
    messages.success(request, _("已推广到全部机构。") if roll_out else _("试点已终止。"))


def _decide(request: HttpRequest) -> None:
    operations.decide_deviation(
        deviation_id=number_in(request, "deviation"), allowed=request.POST.get("allowed") == "yes",
        answer=request.POST.get("answer", ""), **acting(request),
    )  # fmt: skip
    messages.success(request, _("已决定。"))


_ACTS: dict[str, Callable[[HttpRequest], None]] = {
    "approve": _approve, "discard": _discard, "end-pilot": _end_pilot, "decide": _decide,
}  # fmt: skip


def _opening(found: queries.VersionView | None, access: people.Access) -> str:
    """The first sentence as this person says it."""
    if found is None:
        return ""
    return found.standard.opening_of(settings.INSURER_SHORT_NAME, access.name, _("办理业务"))
