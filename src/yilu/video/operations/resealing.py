"""After a new sealing key: recorded pieces, again, in small batches."""

from __future__ import annotations

from datetime import datetime

from yilu.kernel.resealing import FilePass
from yilu.video import storage

_files = FilePass(storage.drawer)


def reseal_batch(*, at: datetime, limit: int = 500) -> int:
    """Seal up to ``limit`` pieces anew with the newest key; 0 when none is outdated."""
    return _files.reseal_some(limit)
