"""Stars of service: figures say who may be named, a committee names with a reason and publishes (A147)."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.errors import joined
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.people.queries import Access
from yilu.scorecards import events
from yilu.scorecards.models import Star, StarBoard
from yilu.scorecards.queries.candidates import candidates_of
from yilu.scorecards.refusals import (
    BadStar,
    BoardPublished,
    NeedsReason,
    NotACandidate,
    NotOver,
    OneselfNamed,
    StarBoardNotFound,
)
from yilu.scorecards.rules import terms

RIGHT = "scorecards.manage"
UNITS = frozenset({"WEEK", "MONTH", "YEAR"})


@tx.use_case
def open_stars(
    *, period: str, office_id: int, least_volume: int, access: Access, actor: Ref, at: datetime
) -> int:
    """
    Look for the stars of a span that is over, in an office and those below it; the board's id.

    The same span and office again is the same board.
    """
    access.require(RIGHT, office_id=office_id)
    span = terms.read(period, units=UNITS)
    if day_of(at) < span.end:
        raise NotOver
    if not 1 <= least_volume <= 1_000_000:
        raise BadStar(hint=_("最低工作量请填 1 以上的整数。"))
    try:
        with tx.savepoint():
            board = StarBoard.objects.create(
                period=span.code, start=span.start, office_id=office_id, opened_by=str(actor),
                least_volume=least_volume, opened_at=at,
            )  # fmt: skip
    except IntegrityError:
        return StarBoard.objects.get(period=span.code, office_id=office_id).pk
    fact = events.StarBoardOpened(period=span.code, office_id=office_id)
    journal.record(fact, about=board.ref, actor=actor, at=at)
    return board.pk


@tx.use_case
def name_star(
    *, board_id: int, staff_id: int, reason: str, access: Access, actor: Ref, at: datetime
) -> None:
    """
    Name somebody, with the reason; named again, the reason is rewritten.

    :raises OneselfNamed: oneself. :raises NotACandidate: the figures, a finding or a complaint speak
      against it, and which. :raises BoardPublished: it is done.
    """
    board = _open(board_id, access)
    if staff_id == access.staff_id:
        raise OneselfNamed
    reason = reason.strip()
    if not 5 <= len(reason) <= 300:
        raise NeedsReason
    found = next((c for c in candidates_of(board, access) if c.standing.staff_id == staff_id), None)
    if found is None:
        raise NotACandidate(hint=_("本期没有这位同事的考核成绩。"))
    if found.place is None or found.standing.total is None:
        raise NotACandidate(hint=joined(found.why_not))
    Star.objects.update_or_create(
        board=board, staff_id=staff_id,
        defaults={
            "place": found.place, "total": found.standing.total, "volume": found.standing.volume,
            "reason": reason, "named_by": str(actor), "named_at": at,
        },
    )  # fmt: skip
    fact = events.StarNamed(period=board.period, staff_id=staff_id)
    journal.record(fact, about=board.ref, actor=actor, at=at)


@tx.use_case
def withdraw_star(
    *, board_id: int, staff_id: int, access: Access, actor: Ref, at: datetime
) -> None:
    """Take a name back before it is published. :raises BadStar: nobody of that name was named."""
    board = _open(board_id, access)
    gone, _which = Star.objects.filter(board=board, staff_id=staff_id).delete()
    if not gone:
        raise BadStar(_("这位同事没有被提名"))
    fact = events.StarWithdrawn(period=board.period, staff_id=staff_id)
    journal.record(fact, about=board.ref, actor=actor, at=at)


@tx.use_case
def publish_stars(*, board_id: int, access: Access, actor: Ref, at: datetime) -> int:
    """Let everybody read them; how many. :raises BadStar: nobody was named."""
    board = _open(board_id, access)
    stars = list(board.stars.values_list("staff_id", flat=True))
    if not stars:
        raise BadStar(_("还没有提名，不能公布"))
    if access.staff_id in stars:
        raise OneselfNamed(_("您本人被提名，请由其他同事公布"))
    board.published_by, board.published_at = str(actor), at
    board.save(update_fields=["published_by", "published_at"])
    fact = events.StarsPublished(period=board.period, office_id=board.office_id, stars=len(stars))
    journal.record(fact, about=board.ref, actor=actor, at=at)
    return len(stars)


def _open(board_id: int, access: Access) -> StarBoard:
    board = (
        StarBoard.objects.select_for_update()
        .filter(pk=board_id, office_id__in=access.offices_for(RIGHT)).first()
    )  # fmt: skip
    if board is None:
        access.require(RIGHT)
        raise StarBoardNotFound
    if board.published_at is not None:
        raise BoardPublished
    return board
