"""After a new sealing key: originals of comments, codes of cards and files, again, in small batches."""

from __future__ import annotations

from datetime import datetime

from yilu.kernel import tx
from yilu.kernel.resealing import FilePass, SealedColumn, reseal
from yilu.voice import storage

COLUMNS = (SealedColumn("voice_feedback", "original"), SealedColumn("voice_card", "code"))
_rows = reseal(*COLUMNS)
_files = FilePass(storage.drawer)


def reseal_batch(*, at: datetime, limit: int = 500) -> int:
    """Seal up to ``limit`` values or files anew with the newest key; 0 when none is outdated."""
    return tx.use_case(_rows.renew_some)(limit) or _files.reseal_some(limit)
