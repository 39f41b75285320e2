"""After a new sealing key: places and links of visits and numbers of third parties, again, in small batches."""

from __future__ import annotations

from datetime import datetime

from yilu.kernel import tx
from yilu.kernel.resealing import SealedColumn, reseal

COLUMNS = (
    SealedColumn("care_visit", "place"),
    SealedColumn("care_visit", "location"),
    SealedColumn("care_visit", "arrival"),
    SealedColumn("care_visit", "secret"),
    SealedColumn("care_visitevent", "place"),
    SealedColumn("care_visitevent", "location"),
    SealedColumn("care_visitevent", "arrival"),
    SealedColumn("care_visitevent", "secret"),
    SealedColumn("care_way", "point"),
    SealedColumn("care_talk", "third_phone"),
)

_rows = reseal(*COLUMNS)


@tx.use_case
def reseal_batch(*, at: datetime, limit: int = 500) -> int:
    """Seal up to ``limit`` values anew with the newest key; 0 when none is outdated."""
    return _rows.renew_some(limit)
