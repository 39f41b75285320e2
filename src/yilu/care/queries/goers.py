"""Who may go to a visit, and what they have to do already."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q

from yilu.care.models import Visit
from yilu.kernel.days import start_of_day
from yilu.people import queries as people

from .visits import VisitView


@dataclass(frozen=True, slots=True, kw_only=True)
class Goer:
    """A colleague who may go: how many other visits that day, and whether they are out at this moment."""

    id: int
    name: str
    out: bool
    planned: int


def who_may_go(visit: VisitView, at: datetime) -> tuple[Goer, ...]:
    """Who holds ``care.visit`` over the visit's office, the freest on its day (or today) first; two statements."""
    begin = start_of_day(visit.planned_at or at)
    that_day = Q(planned_at__gte=begin, planned_at__lt=begin + timedelta(days=1))
    colleagues = people.list_colleagues(visit.office_id, "care.visit")
    under_way = Visit.objects.filter(
        staff_id__in=[staff_id for staff_id, _name in colleagues],
        state__in=["PLANNED", "ON_WAY", "ARRIVED"],
    ).exclude(pk=visit.id)
    busy = {
        staff_id: (out, planned)
        for staff_id, out, planned in under_way.values_list("staff_id").annotate(
            out=Count("pk", filter=Q(state__in=["ON_WAY", "ARRIVED"])),
            planned=Count("pk", filter=that_day),
        )
    }
    found = []
    for staff_id, name in colleagues:
        out, planned = busy.get(staff_id, (0, 0))
        found.append(Goer(id=staff_id, name=name, out=bool(out), planned=planned))
    return tuple(sorted(found, key=lambda each: (each.out, each.planned, each.name)))
