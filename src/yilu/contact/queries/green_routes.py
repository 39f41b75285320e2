"""Whether the green route is on, where, and what it says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case, IntegerField, Q, QuerySet, When

from yilu.contact.models import GreenRoute
from yilu.people import queries as people


@dataclass(frozen=True, slots=True)
class GreenRouteView:
    """A disaster for which service is made easier."""

    id: int
    title: str
    notice: str
    why: str
    branch_ids: tuple[int, ...]
    about: str
    on_at: datetime
    on_by: str
    off_at: datetime | None
    off_by: str
    off_why: str


def is_green(branch_id: int) -> bool:
    """Whether the green route is on for a branch."""
    return _on(branch_id).exists()


def green_route_for(branch_id: int | None) -> GreenRouteView | None:
    """
    The green route that is on for a branch; the latest anywhere, where nobody knows the branch.

    Also what the hotline asks before it says anything (IVR).
    """
    row = _on(branch_id).order_by("-on_at").first()
    return _view(row) if row else None


def green_route_of_office(office_id: int) -> GreenRouteView | None:
    """The green route that is on where a customer's office is."""
    return green_route_for(branch_of(office_id)) if _on(None).exists() else None


def branch_of(office_id: int) -> int:
    """The branch an office belongs to; head office is its own."""
    office = people.get_office(office_id)
    while office.level not in ("BRANCH", "HEAD") and office.parent_id is not None:
        office = people.get_office(office.parent_id)
    return office.id


def list_green_routes(limit: int = 50) -> list[GreenRouteView]:
    """Those that are on first, then the latest that were."""
    rows = GreenRoute.objects.order_by(
        Case(When(off_at=None, then=0), default=1, output_field=IntegerField()), "-on_at"
    )[:limit]
    return [_view(row) for row in rows]


def _on(branch_id: int | None) -> QuerySet[GreenRoute]:
    rows = GreenRoute.objects.filter(off_at=None)
    if branch_id is None:
        return rows
    return rows.filter(Q(branch_ids=[]) | Q(branch_ids__contains=[branch_id]))


def _view(row: GreenRoute) -> GreenRouteView:
    return GreenRouteView(
        id=row.pk, title=row.title, notice=row.notice, why=row.why,
        branch_ids=tuple(row.branch_ids), about=row.about, on_at=row.on_at, on_by=row.on_by,
        off_at=row.off_at, off_by=row.off_by, off_why=row.off_why,
    )  # fmt: skip
