"""全景图: journeys × touchpoints, what breaks, who goes on with it; one break with its whole context."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from yilu.journeys import operations, queries
from yilu.kernel.days import day_of
from yilu.kernel.errors import Refusal
from yilu.people import queries as people
from yilu.web.common import push
from yilu.web.common.access import staff_only
from yilu.web.common.numbers import whole
from yilu.web.staff.asked import actor_of, names
from yilu.web.staff.journeys_branches import RIGHT, chosen
from yilu.web.staff.page import access_of, show
from yilu.web.staff.video import with_rooms

SPANS = (1, 7, 30, 90)


@dataclass(frozen=True, slots=True)
class Span:
    """The days a picture covers."""

    days: int
    since: date
    until: date


def span_of(request: HttpRequest) -> Span:
    """The days asked for, a month unless said otherwise."""
    days = whole(request.GET.get("days")) or 30
    days = days if days in SPANS else 30
    today = day_of(timezone.now())
    return Span(days, today - timedelta(days=days - 1), today)


@require_GET
@staff_only(right=RIGHT)
def panorama(request: HttpRequest) -> HttpResponse:
    """Every journey by touchpoint; the part that moves is read again by itself."""
    span = span_of(request)
    page = {
        "span": span, "spans": SPANS,
        "ticket": push.ticket("board:journeys", for_whom=str(actor_of(request))),
        **_picture(request, span, ""),
    }  # fmt: skip
    return show(request, "staff/journeys/panorama.html", page, here="journeys")


@require_GET
@staff_only(right=RIGHT)
def live(request: HttpRequest) -> HttpResponse:
    """The moving part of the panorama, of all journeys or of one."""
    family = request.GET.get("journey", "")
    span = span_of(request)
    page = {"span": span, **_picture(request, span, family)}
    return show(request, "staff/journeys/parts/grid.html", page, here="journeys")


def _picture(request: HttpRequest, span: Span, family: str) -> dict[str, Any]:
    here = chosen(request)
    told, branches = queries.pictures(here.parts, span.since, span.until, family)
    return {
        "told": told, "family": family, "branches": branches,
        "office": here.office, "office_asked": here.asked,
        "office_top": here.top, "divided": len(here.parts) > 1,
        "breaks": queries.list_breaks(access_of(request), family=family, within=here.offices)[:8],
        "at": timezone.now(),
    }  # fmt: skip


@require_GET
@staff_only(right=RIGHT)
def journey(request: HttpRequest, code: str) -> HttpResponse:
    """One journey: its steps by touchpoint, the flow, the ways really taken, where it waits."""
    card = _card(code)
    span = span_of(request)
    here, picture = chosen(request), _picture(request, span, code)
    lived = queries.process(code, span.since, sorted(here.offices))
    flows = queries.links(here.offices, code, span.since, span.until)
    steps = {line.code: line.name for line in picture["told"].lines}
    slow = sorted((f for f in flows if f.median), key=lambda f: -(f.median or 0))[:6]
    page = {
        "card": card, "code": code, "span": span, "spans": SPANS, "lived": lived,
        "slow": [(steps.get(f.source, f.source), steps.get(f.target, f.target), f) for f in slow],
        "edges": queries.edges(code, span.since, here.narrowed)[:20], **picture,
        "ticket": push.ticket("board:journeys", for_whom=str(actor_of(request))),
    }  # fmt: skip
    return show(request, "staff/journeys/journey.html", page, here="journeys")


def _card(code: str) -> queries.JourneyCard:
    found = next((card for card in queries.list_journeys() if card.code == code), None)
    if found is None:
        raise operations.JourneyNotFound
    return found


@require_GET
@staff_only(right=RIGHT)
def chart(request: HttpRequest, code: str) -> JsonResponse:
    """The flow from step to step as a picture; ways back are in the table beside it."""
    _card(code)
    span = span_of(request)
    here = chosen(request)
    told = queries.panorama(here.offices, span.since, span.until, code)
    order = {line.code: place for place, line in enumerate(told.lines)}
    flows = [
        link
        for link in queries.links(here.offices, code, span.since, span.until)
        if link.source in order and order[link.source] < order.get(link.target, -1)
    ]
    used = {link.source for link in flows} | {link.target for link in flows}
    return JsonResponse(
        {
            "nodes": [
                {
                    "name": line.code, "label": _(line.name),
                    "tone": "bad" if line.whole.open else "good" if line.whole.continued else "info",
                    "note": _("现在 %(now)d 件，断点 %(breaks)d 个")
                    % {"now": line.whole.now, "breaks": line.whole.breaks},
                    "url": _cases_url(code, line.code, office=here.asked),
                }
                for line in told.lines
                if line.code in used
            ],
            "links": [
                {"source": f.source, "target": f.target, "value": f.count} for f in flows
            ],
        }
    )  # fmt: skip


def _cases_url(family: str, step: str = "", office: str = "") -> str:
    asked = {"journey": family, "step": step, "office": office}
    return f"{reverse('staff:journey_cases')}?{urlencode({k: v for k, v in asked.items() if v})}"


@require_GET
@staff_only(right=RIGHT)
def cases(request: HttpRequest) -> HttpResponse:
    """The cases that are somewhere now."""
    asked = _asked(request)
    rows = queries.list_cases(
        access_of(request), family=asked["journey"], step=asked["step"],
        touchpoint=asked["touchpoint"], at=timezone.now(), late=asked["late"] == "1",
        before=whole(request.GET.get("before")), within=chosen(request).offices,
    )  # fmt: skip
    page = {
        "rows": rows[:50], "more": rows[49].id if len(rows) > 50 else None, "asked": asked,
        "at": timezone.now(), "touchpoints": queries.TOUCHPOINTS.items(),
        "journeys": queries.list_journeys(),
    }  # fmt: skip
    return show(request, "staff/journeys/cases.html", page, here="journeys")


def _asked(request: HttpRequest) -> dict[str, str]:
    names = ("journey", "step", "touchpoint", "kind", "late", "all", "office")
    return {name: request.GET.get(name, "")[:40] for name in names}


@require_GET
@staff_only(right=RIGHT)
def case(request: HttpRequest, case_id: int) -> HttpResponse:
    """One case on its way."""
    seen = queries.get_case(case_id, access_of(request))
    page = {"seen": seen, "at": timezone.now(), "url": page_of(seen.row.subject, seen.row.code)}
    return show(request, "staff/journeys/case.html", page, here="journeys")


@require_GET
@staff_only(right=RIGHT)
def breaks(request: HttpRequest) -> HttpResponse:
    """The breaks, open ones unless all are asked for."""
    asked = _asked(request)
    rows = queries.list_breaks(
        access_of(request), family=asked["journey"], step=asked["step"], kind=asked["kind"],
        touchpoint=asked["touchpoint"], only_open=asked["all"] != "1",
        before=whole(request.GET.get("before")), within=chosen(request).offices,
    )  # fmt: skip
    page = {
        "rows": rows[:50], "more": rows[49].id if len(rows) > 50 else None, "asked": asked,
        "kinds": queries.BREAKS.items(), "journeys": queries.list_journeys(),
        "manages": access_of(request).may("journeys.manage"),
    }  # fmt: skip
    return show(request, "staff/journeys/breaks.html", page, here="journey_breaks")


@require_GET
@staff_only(right=RIGHT)
def broken(request: HttpRequest, breakpoint_id: int) -> HttpResponse:
    """One break with its whole context."""
    return _broken(request, breakpoint_id)


def _broken(
    request: HttpRequest, breakpoint_id: int, refusal: Refusal | None = None
) -> HttpResponse:
    access, now = access_of(request), timezone.now()
    seen = queries.get_break(breakpoint_id, access, now)
    row = seen.row
    party = people.list_parties([row.party_id]).get(row.party_id) if row.party_id else None
    page = {
        "seen": seen, "row": row, "refusal": refusal, "at": now, "party": party,
        "handles": access.may("journeys.handle", row.office_id),
        "manages": access.may("journeys.manage", row.office_id),
        "url": page_of(row.subject, row.code), "room": with_rooms([row], access)[0][1],
        "who": names(seen.closed_by).get(seen.closed_by, "") if seen.closed_by else "",
    }  # fmt: skip
    status = refusal.status if refusal else 200
    return show(request, "staff/journeys/break.html", page, here="journey_breaks", status=status)


@require_POST
@staff_only(right="journeys.handle")
def act(request: HttpRequest, breakpoint_id: int, name: str) -> HttpResponse:
    """Take a break up, or say how it ended."""
    told: dict[str, Any] = {
        "breakpoint_id": breakpoint_id, "access": access_of(request), "actor": actor_of(request),
        "at": timezone.now(),
    }  # fmt: skip
    try:
        if name == "take":
            operations.take_up(**told)
            said = _("已由您接续。客户填写的内容和前后经过都在这一页。")
        elif name == "finish":
            operations.finish(
                **told, needed=request.POST.get("needed") != "no", note=request.POST.get("note", "")
            )
            said = _("已记录，断点关闭。")
        else:
            raise Http404
    except operations.BreakpointNotFound:
        raise
    except Refusal as refused:
        return _broken(request, breakpoint_id, refused)
    messages.success(request, said)
    return redirect("staff:journey_break", breakpoint_id)


_PAGES = {
    "claim": "staff:claim", "servicing_request": "staff:service_request",
    "application": "staff:application", "complaint": "staff:complaint", "visit": "staff:visit",
}  # fmt: skip
_PAGES_OF_JOURNEYS = {"direct_billing": "staff:direct_visit"}
"""A hospital's visit and ours to a customer are both called a visit: the journey tells them apart."""


def page_of(subject: Any, code: str = "") -> str:
    """Where the thing itself is worked on; empty where it has no page of its own."""
    name = _PAGES_OF_JOURNEYS.get(code) or _PAGES.get(subject.kind)
    return reverse(name, args=[subject.id]) if name else ""
