"""After a new sealing key: what inspectors, people and customers said, again, in small batches."""

from __future__ import annotations

from datetime import datetime

from yilu.kernel import tx
from yilu.kernel.resealing import SealedColumn, reseal

COLUMNS = (
    SealedColumn("quality_inspection", "answers"),
    SealedColumn("quality_inspection", "appeal"),
    SealedColumn("quality_inspection", "decision"),
    SealedColumn("quality_recovery", "wrong"),
    SealedColumn("quality_recovery", "result"),
    SealedColumn("quality_recoverytry", "words"),
)

_rows = reseal(*COLUMNS)


@tx.use_case
def reseal_batch(*, at: datetime, limit: int = 500) -> int:
    """Seal up to ``limit`` values anew with the newest key; 0 when none is outdated."""
    return _rows.renew_some(limit)
