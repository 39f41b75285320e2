"""What is remembered of a thing is forgotten when nothing was heard of it for long."""

from __future__ import annotations

from datetime import datetime, timedelta

from yilu.kernel import tx
from yilu.kernel.days import day_of

REMEMBERED = timedelta(days=2 * 366)
"""So long a late event of a thing still finds its office, product and handler; sums and cases stay."""


@tx.use_case
def forget_silent(at: datetime, limit: int = 5_000) -> int:
    """Forget things of which nothing was heard for two years; how many, at most ``limit``."""
    return tx.changed(
        """
        with silent as (
            select subject from scorecards_heardsubject where heard_on < %s::date
             order by heard_on limit %s::int for update skip locked)
        delete from scorecards_heardsubject h using silent where h.subject = silent.subject
        """,
        [day_of(at) - REMEMBERED, limit],
    )
