"""Figures follow the journal: in order, in batches, once."""

from __future__ import annotations

from datetime import datetime

from yilu.kernel import tx

BATCH = 2_000


@tx.use_case
def follow(at: datetime, limit: int = BATCH) -> int:
    """Read the next events of the journal; how many there were."""
    return 0
