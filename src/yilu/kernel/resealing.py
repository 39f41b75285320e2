"""
After a new key was put first in the ring: seal everything again, in small batches (换密钥).

Each room names its sealed columns and its drawer; ``yilu reseal`` asks every room until nothing
outdated is left. Work goes on beside it; it may be stopped and started at any time.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

import orjson

from yilu.kernel import sealing, tx
from yilu.kernel.sealed_files import Drawer

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SealedColumn:
    """A sealed column, and what it is found by."""

    table: str
    column: str
    index: str = ""
    domain: str = ""
    said_by: str = ""  # a column whose text and a colon begin the indexed text
    found_by: str = ""  # the primary key's column, where it is not the usual one

    @property
    def name(self) -> str:
        """Table and column."""
        return f"{self.table}.{self.column}"

    @property
    def place(self) -> str:
        """What its values are bound to: a history row was sealed as the row it is a version of."""
        return f"{self.table.removesuffix('event')}.{self.column}"

    @property
    def key(self) -> str:
        """The primary key's column."""
        return self.found_by or ("pgh_id" if self.table.endswith("event") else "id")


Part = Callable[[int, int], tuple[int, int]]
"""Renews up to ``limit`` outdated rows after an id: how many, and the last one's id."""


@dataclass(slots=True)
class Pass:
    """
    A room's tables gone through from one end to the other, some rows at a time.

    Where it stands is a convenience of this process and may be forgotten or overtaken by a rollback:
    0 is said only when a whole pass from the beginning has found nothing.
    """

    parts: Sequence[Part]
    _part: int = field(default=0, init=False)
    _after: int = field(default=0, init=False)
    _found: bool = field(default=False, init=False)

    def renew_some(self, limit: int) -> int:
        """Renew up to ``limit`` rows of one table; 0 when nothing outdated is left in any."""
        while True:
            while self._part < len(self.parts):
                count, last = self.parts[self._part](self._after, limit)
                if count:
                    self._after, self._found = last, True
                    return count
                self._part, self._after = self._part + 1, 0
            self._part = 0
            if not self._found:
                return 0
            self._found = False


def reseal(*columns: SealedColumn) -> Pass:
    """A pass over sealed columns: what is outdated is sealed, and its index made, with the newest key."""
    return Pass([partial(_reseal, column) for column in columns])


@tx.step
def _reseal(column: SealedColumn, after: int, limit: int) -> tuple[int, int]:
    rows = []
    row_id = after
    for row_id, sealed, said in _outdated(column, after, limit):
        content = sealing.unseal_bytes(sealed, column.place)
        row: dict[str, object] = {
            "id": row_id, "sealed": sealing.seal_bytes(content, column.place).hex(),
        }  # fmt: skip
        if column.index:
            text = f"{said}:{content.decode()}" if column.said_by else content.decode()
            row["index"] = sealing.blind_index(text, column.domain)
        rows.append(row)
    if rows:
        _write(column, rows)
    return len(rows), row_id


def _outdated(column: SealedColumn, after: int, limit: int) -> list[tuple[int, memoryview, str]]:
    """Locked in order; rows that somebody is changing are waited for, so that none is passed over."""
    return tx.rows(
        f"""
        select {column.key}, {column.column}, {column.said_by or "''"} from {column.table}
         where {column.key} > %s::bigint and length({column.column}) > 0
           and substr({column.column}, 1, 2) <> %s::bytea
         order by {column.key} limit %s::int for no key update
        """,
        [after, sealing.newest_prefix(), limit],
    )


def _write(column: SealedColumn, rows: list[dict[str, object]]) -> None:
    index = f", {column.index} = row.index" if column.index else ""
    tx.changed(
        f"""
        update {column.table} as kept set {column.column} = decode(row.sealed, 'hex'){index}
          from json_to_recordset(%s::json) as row(id bigint, sealed text, index text)
         where kept.{column.key} = row.id
        """,
        [orjson.dumps(rows).decode()],
    )


@dataclass(slots=True)
class FilePass:
    """A drawer gone through from one end to the other, some files at a time."""

    drawer: Drawer
    _left: Iterator[str] | None = field(default=None, init=False)

    def reseal_some(self, limit: int) -> int:
        """
        Seal up to ``limit`` outdated files anew; 0 once a whole pass has found none.

        One that no longer opens is left as it is and named in the log: it must come from a backup.
        """
        if self._left is None:
            self._left = self.drawer.keys()
        done = 0
        for key in self._left:
            try:
                done += self.drawer.reseal(key)
            except (sealing.CannotUnseal, OSError) as failed:
                log.error("file %s cannot be sealed anew: %s", key, type(failed).__name__)
            if done >= limit:
                return done
        self._left = None
        return done
