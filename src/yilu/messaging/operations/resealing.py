"""After a new sealing key: the codes and links in messages, addresses and replies again, in small batches."""

from __future__ import annotations

from datetime import datetime

from yilu.kernel import tx
from yilu.kernel.resealing import SealedColumn, reseal

COLUMNS = (
    SealedColumn("messaging_message", "secrets"),
    SealedColumn("messaging_address", "address"),
    SealedColumn("messaging_reply", "address"),
    SealedColumn("messaging_reply", "text"),
)

_secrets = reseal(*COLUMNS)


@tx.use_case
def reseal_batch(*, at: datetime, limit: int = 500) -> int:
    """Seal up to ``limit`` rows anew with the newest key; 0 when none is outdated."""
    return _secrets.renew_some(limit)
