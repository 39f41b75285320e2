"""After a new sealing key: what was said, whom and about what, again, in small batches."""

from __future__ import annotations

from datetime import datetime

from yilu.contact import storage
from yilu.kernel import tx
from yilu.kernel.resealing import FilePass, SealedColumn, reseal

COLUMNS = (
    SealedColumn(
        "contact_conversation", "address", index="address_index", domain="contact address"
    ),
    SealedColumn("contact_conversation", "note"),
    SealedColumn("contact_turn", "text"),
    SealedColumn("contact_call", "state"),
    SealedColumn("contact_deskphone", "secret", found_by="seat_id"),
    SealedColumn("contact_knownfact", "value"),
    SealedColumn("contact_problem", "what"),
    SealedColumn("contact_problem", "answer"),
    SealedColumn("contact_problemevent", "what"),
    SealedColumn("contact_problemevent", "answer"),
    SealedColumn("contact_problemstep", "note"),
    SealedColumn("contact_followupanswer", "said"),
)

_rows = reseal(*COLUMNS)
_files = FilePass(storage.drawer)
_prompts = FilePass(storage.prompts)


def reseal_batch(*, at: datetime, limit: int = 500) -> int:
    """Seal up to ``limit`` values or files anew with the newest key; 0 when none is outdated."""
    return (
        tx.use_case(_rows.renew_some)(limit)
        or _files.reseal_some(limit)
        or _prompts.reseal_some(limit)
    )
