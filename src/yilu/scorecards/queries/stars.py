"""Boards of stars: those everybody may read, and those the committee still works on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import QuerySet

from yilu.people.queries import Access
from yilu.scorecards.models import Star, StarBoard
from yilu.scorecards.queries.candidates import candidates_of
from yilu.scorecards.refusals import StarBoardNotFound
from yilu.scorecards.rules import terms
from yilu.scorecards.rules.standing import Candidate
from yilu.scorecards.rules.terms import Period

MANAGE = "scorecards.manage"


@dataclass(frozen=True, slots=True, kw_only=True)
class StarView:
    """Somebody named."""

    staff_id: int
    place: int
    total: Decimal
    volume: int
    reason: str
    named_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardView:
    """One board with who was named so far."""

    id: int
    period: Period
    office_id: int
    least_volume: int
    stars: tuple[StarView, ...]
    published_by: str
    published_at: datetime | None


def published_boards(limit: int = 40) -> list[BoardView]:
    """Every published board, the latest span first; for everybody who works here."""
    rows = StarBoard.objects.filter(published_at__isnull=False)
    return [_view(row) for row in _newest(rows)[:limit]]


def open_boards(access: Access) -> list[BoardView]:
    """Those not yet published of the offices one names for."""
    rows = StarBoard.objects.filter(published_at=None, office_id__in=access.offices_for(MANAGE))
    return [_view(row) for row in _newest(rows)]


def get_board(board_id: int, access: Access) -> tuple[BoardView, tuple[Candidate, ...]]:
    """A board and, while it is open, its candidates. :raises StarBoardNotFound: another office's."""
    row = StarBoard.objects.filter(pk=board_id, office_id__in=access.offices_for(MANAGE)).first()
    if row is None:
        raise StarBoardNotFound
    return _view(row), candidates_of(row, access) if row.published_at is None else ()


def times_a_star(staff_id: int) -> int:
    """How often somebody was published as one."""
    return Star.objects.filter(staff_id=staff_id, board__published_at__isnull=False).count()


def _newest(rows: QuerySet[StarBoard]) -> QuerySet[StarBoard]:
    return rows.prefetch_related("stars").order_by("-start", "-pk")


def _view(row: StarBoard) -> BoardView:
    return BoardView(
        id=row.pk, period=terms.read(row.period), office_id=row.office_id,
        least_volume=row.least_volume, published_by=row.published_by, published_at=row.published_at,
        stars=tuple(
            StarView(
                staff_id=star.staff_id, place=star.place, total=star.total, volume=star.volume,
                reason=star.reason, named_by=star.named_by,
            )
            for star in sorted(row.stars.all(), key=lambda star: (star.place, star.pk))
        ),
    )  # fmt: skip
