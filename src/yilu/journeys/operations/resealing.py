"""After a new sealing key: forms kept for who could not finish them, and printed minutes, again, in small batches."""

from __future__ import annotations

from datetime import datetime

from yilu.kernel import tx
from yilu.kernel.resealing import SealedColumn, reseal

COLUMNS = (
    SealedColumn("journeys_keptform", "form"),
    SealedColumn("journeys_reviewminutes", "content", found_by="review_id"),
)

_rows = reseal(*COLUMNS)


@tx.use_case
def reseal_batch(*, at: datetime, limit: int = 500) -> int:
    """Seal up to ``limit`` values anew with the newest key; 0 when none is outdated."""
    return _rows.renew_some(limit)
