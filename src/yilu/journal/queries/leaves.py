"""Events as the evidence log sees them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson

from yilu.journal.rules import leaves
from yilu.kernel import tx

# Position, nonce, and what a leaf commits to.
COLUMNS = "xact, id, nonce, kind, subject, actor, party_id, happened_at, recorded_at, facts"
Row = Sequence[Any]


def next_rows(xact: int, event_id: int, limit: int) -> list[Row]:
    """The events after a position that are older than every open transaction."""
    return list(
        tx.rows(
            f"""
            select {COLUMNS} from journal_event
             where (xact, id) > (%s::bigint, %s::bigint)
               and xact < pg_snapshot_xmin(pg_current_snapshot())::text::bigint
             order by xact, id limit %s
            """,
            [xact, event_id, limit],
        )
    )


def canonical(row: Row) -> bytes:
    """The event in its canonical form."""
    _, id, _, kind, subject, actor, party_id, at, recorded_at, facts = row
    return leaves.canonical(
        id=id,
        kind=kind,
        about=subject,
        actor=actor,
        party=party_id,
        at=at,
        recorded_at=recorded_at,
        facts=orjson.loads(facts),
    )


def leaf_data(row: Row) -> bytes:
    """What the event's leaf holds."""
    return leaves.commitment(bytes(row[2]), canonical(row))
