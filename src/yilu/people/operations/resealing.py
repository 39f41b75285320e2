"""After a new key was put first in the ring: seal everything again, in small batches."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import orjson

from yilu.journal import operations as journal
from yilu.kernel import sealing, tx
from yilu.kernel.refs import SYSTEM, Ref
from yilu.people import events

from .search_keys import build_search_keys


@dataclass(frozen=True, slots=True)
class _Sealed:
    """A sealed column, and what it is found by."""

    table: str
    column: str
    index: str = ""
    domain: str = ""
    said_by: str = ""  # a column whose text and a colon begin the indexed text

    @property
    def place(self) -> str:
        return f"{self.table}.{self.column}"


COLUMNS = (
    _Sealed("people_party", "identity", "identity_index", "identity", "identity_kind"),
    _Sealed("people_party", "phone", "phone_index", "phone"),
    _Sealed("people_party", "email"),
    _Sealed("people_bankaccount", "number", "number_index", "account"),
    _Sealed("people_agent", "phone", "phone_index", "phone"),
    _Sealed("people_agent", "email"),
    _Sealed("people_staff", "phone"),
    _Sealed("people_staff", "email"),
    _Sealed("people_staff", "totp_secret"),
    _Sealed("people_provider", "hook_secret"),
    # Earlier versions of rows hold sealed values too: without these a key could never be dropped.
    _Sealed("people_partyevent", "identity"),
    _Sealed("people_partyevent", "phone"),
    _Sealed("people_partyevent", "email"),
    _Sealed("people_bankaccountevent", "number"),
    _Sealed("people_agentevent", "phone"),
    _Sealed("people_agentevent", "email"),
    _Sealed("people_staffevent", "phone"),
    _Sealed("people_staffevent", "email"),
    _Sealed("people_staffevent", "totp_secret"),
)


def reseal_all(*, at: datetime, batch: int = 500) -> int:
    """
    Seal every value of this room with the newest key (换密钥); how many were sealed anew.

    Search keys that are missing or of an older edition are made anew as well. Batches of their own
    transactions, so that work goes on beside it; it may be stopped and started
    at any time. When it returns 0 the older keys may leave the ring.
    """
    total = 0
    while done := reseal_batch(at=at, limit=batch):
        total += done
    last = 0
    while last := build_search_keys(after=last):
        pass
    return total


@tx.use_case
def reseal_batch(*, at: datetime, limit: int = 500) -> int:
    """Seal up to ``limit`` values anew, of the first column that has outdated ones; how many."""
    for column in COLUMNS:
        found = _outdated(column, limit)
        if not found:
            continue
        # History rows were sealed in the place of the row they are a version of.
        place = column.place.replace("event.", ".")
        rows = []
        for row_id, sealed, said in found:
            text = sealing.unseal(sealed, place)
            row: dict[str, object] = {"id": row_id, "sealed": sealing.seal(text, place).hex()}
            if column.index:
                indexed = f"{said}:{text}" if column.said_by else text
                row["index"] = sealing.blind_index(indexed, column.domain)
            rows.append(row)
        _write(column, rows)
        journal.record(
            events.Resealed(table=column.table, rows=len(rows)),
            about=Ref("system", 0), actor=SYSTEM, at=at,
        )  # fmt: skip
        return len(rows)
    return 0


def _outdated(column: _Sealed, limit: int) -> list[tuple[int, memoryview, str]]:
    key = "pgh_id" if column.table.endswith("event") else "id"
    return tx.rows(
        f"""
        select {key}, {column.column}, {column.said_by or "''"} from {column.table}
         where length({column.column}) > 0 and substr({column.column}, 1, 2) <> %s::bytea
         order by {key} limit %s::int for update skip locked
        """,
        [sealing.newest_prefix(), limit],
    )


def _write(column: _Sealed, rows: list[dict[str, object]]) -> None:
    key = "pgh_id" if column.table.endswith("event") else "id"
    index = f", {column.index} = row.index" if column.index else ""
    tx.changed(
        f"""
        update {column.table} as kept set {column.column} = decode(row.sealed, 'hex'){index}
          from jsonb_to_recordset(%s::jsonb) as row(id bigint, sealed text, index text)
         where kept.{key} = row.id
        """,
        [orjson.dumps(rows).decode()],
    )
