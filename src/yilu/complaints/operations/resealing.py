"""After a new sealing key: what was said in complaints, again, in small batches."""

from __future__ import annotations

from datetime import datetime

from yilu.kernel import tx
from yilu.kernel.resealing import SealedColumn, reseal

_KEPT = ("words", "demand", "representatives", "findings")
COLUMNS = (
    *(SealedColumn("complaints_complaint", column) for column in _KEPT),
    *(SealedColumn("complaints_complaintevent", column) for column in _KEPT),
    SealedColumn("complaints_complaintword", "text"),
    SealedColumn("complaints_complaintreview", "words"),
    SealedColumn("complaints_complaintreview", "findings"),
    SealedColumn("complaints_complaintreviewevent", "words"),
    SealedColumn("complaints_complaintreviewevent", "findings"),
)

_rows = reseal(*COLUMNS)


@tx.use_case
def reseal_batch(*, at: datetime, limit: int = 500) -> int:
    """Seal up to ``limit`` values anew with the newest key; 0 when none is outdated."""
    return _rows.renew_some(limit)
