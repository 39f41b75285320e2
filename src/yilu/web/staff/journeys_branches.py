"""分机构: the viewer's own offices, the one chosen among them, and how they divide into rows of a table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.http import HttpRequest

from yilu.people import queries as people
from yilu.web.common.numbers import whole
from yilu.web.staff.page import access_of

RIGHT = "journeys.view"


@dataclass(frozen=True, slots=True)
class Chosen:
    """
    The offices a picture counts: all of the viewer's own, or one with all below it.

    ``parts``: what a table by branch has rows for, each with the offices counted in it; the chosen
    office itself, ``top``, is one of them, alone. ``office``: None of all, and where another's or none was named.
    """

    office: people.OfficeView | None
    offices: frozenset[int]
    parts: Mapping[int, Collection[int]]
    top: int
    whole_company: bool = False

    @property
    def narrowed(self) -> frozenset[int] | None:
        """The offices to count, None for the whole company."""
        return None if self.whole_company else self.offices

    @property
    def asked(self) -> str:
        """The choice as a link carries it."""
        return str(self.office.id) if self.office else ""


def chosen(request: HttpRequest) -> Chosen:
    """The choice of ``?office=``; an office that is not one's own reads like none."""
    own = access_of(request).offices_for(RIGHT)
    listed = [office for office in people.list_offices() if office.id in own]
    below: dict[int | None, list[people.OfficeView]] = defaultdict(list)
    for each in listed:
        below[each.parent_id if each.parent_id in own else None].append(each)
    wanted = whole(request.GET.get("office"))
    office = next((each for each in listed if each.id == wanted), None)
    tops = below[None]
    top = office or (tops[0] if len(tops) == 1 else None)
    parts = {each.id: _under(each.id, below) for each in (below[top.id] if top else tops)}
    if top is not None:
        parts[top.id] = frozenset({top.id})
    offices = _under(office.id, below) if office else frozenset(own)
    every = {each.id for each in people.list_offices()}
    return Chosen(office, offices, parts, top.id if top else 0, offices >= every)


def _under(office_id: int, below: Mapping[int | None, list[people.OfficeView]]) -> frozenset[int]:
    found, left = {office_id}, [office_id]
    while left:
        for each in below.get(left.pop(), ()):
            found.add(each.id)
            left.append(each.id)
    return frozenset(found)
