"""After a new sealing key: partners' keys, their files and what these say, again, in small batches."""

from __future__ import annotations

from datetime import datetime

from yilu.direct_billing import storage
from yilu.kernel import tx
from yilu.kernel.resealing import FilePass, SealedColumn, reseal

COLUMNS = (
    SealedColumn("direct_billing_credential", "secret"),
    SealedColumn("direct_billing_batchrow", "content"),
)

_rows = reseal(*COLUMNS)
_files = FilePass(storage.drawer)


def reseal_batch(*, at: datetime, limit: int = 500) -> int:
    """Seal up to ``limit`` values or files anew with the newest key; 0 when none is outdated."""
    return tx.use_case(_rows.renew_some)(limit) or _files.reseal_some(limit)
