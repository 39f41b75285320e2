"""What was recorded goes when nothing keeps it any longer: one way for every room that records."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.retention.rules import Kept


@tx.step
def sweep(
    due: Sequence[Any], found: Sequence[Kept], forget: Callable[[Any, Kept, datetime], None], *,
    at: datetime, limit: int,
) -> journal.Page:  # fmt: skip
    """
    Hold a page of locked rows whose day came against the law, as ``found`` says of each, in their order.

    ``forget`` deletes one that nothing keeps; any other is looked at again when that can have changed.
    """
    gone = 0
    for row, kept in zip(due, found, strict=True):
        if kept.over(day_of(at)):
            gone += 1
            forget(row, kept, at)
        else:
            row.keep_until = kept.sure_until
            row.save(update_fields=["keep_until"])
    return journal.Page(gone, due[-1].pk if len(due) == limit else 0)
