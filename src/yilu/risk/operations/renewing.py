"""After a new sealing key: traits that are blind indexes get the newest one (换密钥)."""

from __future__ import annotations

from collections.abc import Mapping

import orjson

from yilu.kernel import sealing, tx
from yilu.risk.rules import TraitKind

INDEXED = ("ACCOUNT", "PHONE")
"""Traits whose key is a blind index: it changes with the newest sealing key."""


@tx.step
def renew_traits(renewed: Mapping[tuple[TraitKind, str], str]) -> int:
    """
    Put the newest index in place of an older one of the same phone or account; how many traces.

    Of a subject that has both already, the older one goes.
    """
    rows = [{"kind": k.value, "old": old, "new": new} for (k, old), new in renewed.items()]
    given = "json_to_recordset(%s::json) as row(kind text, old text, new text)"
    payload = orjson.dumps(rows).decode()
    tx.changed(
        f"""
        delete from risk_trace t using {given}
         where t.kind = row.kind and t.key = row.old and exists (
               select from risk_trace n
                where n.subject = t.subject and n.kind = t.kind and n.key = row.new)
        """,
        [payload],
    )
    return tx.changed(
        f"update risk_trace t set key = row.new from {given} where t.kind = row.kind and t.key = row.old",
        [payload],
    )


@tx.step
def forget_outdated(limit: int) -> int:
    """Forget traces under an older key that nobody could renew; how many."""
    return tx.changed(
        """
        delete from risk_trace
         where id in (select id from risk_trace
                       where kind = any(%s) and left(key, 2) <> %s limit %s::int for update)
        """,
        [list(INDEXED), sealing.newest_index_prefix(), limit],
    )
