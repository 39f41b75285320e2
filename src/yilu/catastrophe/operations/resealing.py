"""After a new sealing key: lists of casualties and what they say, again, in small batches."""

from __future__ import annotations

from datetime import datetime

from yilu.catastrophe import storage
from yilu.kernel import tx
from yilu.kernel.resealing import FilePass, SealedColumn, reseal

COLUMNS = (
    SealedColumn("catastrophe_casualtyrow", "identity"),
    SealedColumn("catastrophe_casualtyrow", "phone"),
)

_rows = reseal(*COLUMNS)
_files = FilePass(storage.drawer)


def reseal_batch(*, at: datetime, limit: int = 500) -> int:
    """Seal up to ``limit`` values or files anew with the newest key; 0 when none is outdated."""
    return tx.use_case(_rows.renew_some)(limit) or _files.reseal_some(limit)
