"""Until when sessions' recordings are kept, and why (保存期限)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from yilu.kernel.days import day_of
from yilu.kernel.years import add_years
from yilu.retention import queries as retention
from yilu.video.catalogue import lasting
from yilu.video.models import Session


def kept(rows: Sequence[Session], at: datetime) -> list[retention.Kept]:
    """Until when the recordings of ended sessions are kept, and why, in their order."""
    return retention.kept(
        [
            retention.Recorded(frozenset({row.subject}), row.party_id, general_until(row))
            for row in rows
        ],
        at,
    )


def general_until(row: Session) -> date:
    """How long an ended session's recording is kept where no contract asks for more."""
    assert row.ended_at is not None
    return add_years(day_of(row.ended_at), lasting().keep_years)
