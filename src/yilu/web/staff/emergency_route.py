"""
One switch for a disaster, from either page: declaring an emergency opens contact's green route too,
ending one ends both; the route's page opens it for an emergency that stands, and may end both as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from yilu.catastrophe import operations as catastrophe
from yilu.catastrophe import queries as emergencies
from yilu.contact import operations as contact
from yilu.contact import queries
from yilu.kernel.errors import Invalid
from yilu.kernel.refs import Ref
from yilu.people import queries as people
from yilu.people.queries import Access
from yilu.web.staff.asked import actor_of
from yilu.web.staff.page import access_of

RIGHT = "contact.supervise"


@dataclass(frozen=True, slots=True)
class Route:
    """The green route of an emergency: what customers read and hear, and how many reserves there are."""

    on: bool
    notice: str
    reserves: int


def checked(request: HttpRequest, office_id: int) -> str:
    """
    The notice of the route to be opened with the emergency; empty where only the emergency is declared.

    Looked at before anything is declared: both are opened, or neither.

    :raises Invalid: wanted without a notice. :raises NotAllowed: without the right to open it.
    """
    if request.POST.get("green") != "1" or request.POST.get("drill") == "1":
        return ""
    access_of(request).require(RIGHT, office_id=office_id)
    notice = request.POST.get("notice", "").strip()
    if not 0 < len(notice) <= 300:
        raise Invalid(_("请写给客户的公告，不超过300字"))
    return notice


def open_with(
    request: HttpRequest, event_id: int, office_id: int, *, name: str, notice: str
) -> None:
    """Open the route over the emergency's branch, or over the country where head office leads."""
    office = people.get_office(office_id)
    branches = [] if office.level == "HEAD" else [queries.branch_of(office_id)]
    contact.open_green_route(
        title=name.strip()[:60], notice=notice, why=_("随重大突发事件宣布开通"), branch_ids=branches,
        about=_about(event_id), access=access_of(request), actor=actor_of(request),
        at=timezone.now(),
    )  # fmt: skip


def close_with(request: HttpRequest, event_id: int) -> int:
    """Close what was opened with it; how many."""
    on = _of(event_id)
    for route_id in on:
        contact.close_green_route(
            green_route_id=route_id, why=_("随应急结束关闭"), access=access_of(request),
            actor=actor_of(request), at=timezone.now(),
        )  # fmt: skip
    return len(on)


def without_route(access: Access) -> list[emergencies.EventCard]:
    """Emergencies that stand and have no green route on: what the route's page may open it for."""
    routed = {route.about for route in queries.list_green_routes() if route.off_at is None}
    return [
        event for event in emergencies.list_events(access)
        if event.is_open and not event.drill and str(_about(event.id)) not in routed
    ]  # fmt: skip


def open_for(request: HttpRequest, event_id: int) -> None:
    """
    Open the route for an emergency that stands, under its name and over its branch.

    :raises Invalid: no such emergency, or its route is on. :raises NotAllowed: without the right.
    """
    found = [each for each in without_route(access_of(request)) if each.id == event_id]
    if not found:
        raise Invalid(_("请选择仍在应急中、还没有开通绿色通道的事件"))
    notice = request.POST.get("notice", "")
    open_with(request, event_id, found[0].office_id, name=found[0].name, notice=notice)


def may_end_both(routes: Sequence[queries.GreenRouteView], access: Access) -> dict[int, int]:
    """The emergency to be ended along with each route, where one stands and the asker may end it."""
    if not access.may("catastrophe.declare"):
        return {}
    standing = {
        str(_about(event.id)): event.id for event in emergencies.list_events(access)
        if event.is_open and access.may("catastrophe.declare", office_id=event.office_id)
    }  # fmt: skip
    return {each.id: standing[each.about] for each in routes if each.about in standing}


def end_both(request: HttpRequest, event_id: int, *, words: str) -> int:
    """End an emergency and its route; how many particulars were erased. :raises Refusal: as close_event."""
    erased = catastrophe.close_event(
        event_id=event_id, words=words, access=access_of(request), actor=actor_of(request),
        at=timezone.now(),
    )  # fmt: skip
    close_with(request, event_id)
    return erased


def route_of(event_id: int, access: Access) -> Route:
    """How the route stands, for the emergency's page."""
    found = [r for r in queries.list_green_routes() if r.about == str(_about(event_id))]
    on = next((each for each in found if each.off_at is None), None)
    seats = queries.list_seats(access) if access.may(RIGHT) else ()
    return Route(on is not None, on.notice if on else "", sum(seat.reserve for seat in seats))


def _of(event_id: int) -> list[int]:
    about = str(_about(event_id))
    return [r.id for r in queries.list_green_routes() if r.off_at is None and r.about == about]


def _about(event_id: int) -> Ref:
    return Ref("catastrophe", event_id)
