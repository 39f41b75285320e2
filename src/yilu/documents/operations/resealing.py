"""After a new sealing key: the sealed fields and the files again, in small batches."""

from __future__ import annotations

from datetime import datetime

from yilu.documents import storage
from yilu.kernel import tx
from yilu.kernel.resealing import FilePass, SealedColumn, reseal

COLUMNS = (SealedColumn("documents_field", "sealed"),)

_fields = reseal(*COLUMNS)
_files = FilePass(storage.drawer)


def reseal_batch(*, at: datetime, limit: int = 500) -> int:
    """Seal up to ``limit`` values or files anew with the newest key; 0 when nothing is outdated."""
    return tx.use_case(_fields.renew_some)(limit) or _files.reseal_some(limit)
