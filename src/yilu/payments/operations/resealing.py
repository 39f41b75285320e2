"""After a new sealing key: the indexes of accounts that payments went to, and payment files, again."""

from __future__ import annotations

from datetime import datetime
from functools import partial

import orjson

from yilu.kernel import sealing, tx
from yilu.kernel.resealing import FilePass, Pass
from yilu.payments import storage
from yilu.people import queries as people


def reseal_batch(*, at: datetime, limit: int = 500) -> int:
    """Renew up to ``limit`` indexes or payment files with the newest key; 0 when none is outdated."""
    return tx.use_case(_payouts.renew_some)(limit) or _files.reseal_some(limit)


@tx.step
def _reindex(table: str, key: str, after: int, limit: int) -> tuple[int, int]:
    found = tx.rows(
        f"""
        select {key}, account_id from {table}
         where {key} > %s::bigint and number_index <> '' and left(number_index, 2) <> %s
         order by {key} limit %s::int for no key update
        """,
        [after, sealing.newest_index_prefix(), limit],
    )
    if not found:
        return 0, after
    newest = people.account_indexes({account_id for _, account_id in found})
    rows = [{"id": id, "index": newest.get(account_id, "")} for id, account_id in found]
    tx.changed(
        f"""
        update {table} p set number_index = row.index
          from json_to_recordset(%s::json) as row(id bigint, index text) where p.{key} = row.id
        """,
        [orjson.dumps(rows).decode()],
    )
    return len(rows), int(found[-1][0])


_payouts = Pass(
    [
        partial(_reindex, "payments_payout", "id"),
        # Earlier versions of rows keep the index too.
        partial(_reindex, "payments_payoutevent", "pgh_id"),
    ]
)
_files = FilePass(storage.drawer)
