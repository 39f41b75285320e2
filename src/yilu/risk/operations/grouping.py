"""Finding groups of linked claims, once a night."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson

from yilu.kernel import tx

KEPT_MAX, SUBJECTS_MAX = 500, 200


@dataclass(frozen=True, slots=True)
class GroupFound:
    """A group as the search found it; ``subjects`` are its claims."""

    subjects: tuple[str, ...]
    persons: int
    shared: int
    dense: float
    by_chance: float
    rarer: float


@tx.use_case
def keep_groups(*, found: Sequence[GroupFound], at: datetime) -> int:
    """
    Keep what the search found. A group is the same while its claims are; one that is not found any
    more stays on record with what people wrote, but is no longer current.
    """
    rows = [
        {
            "key": hashlib.sha256("|".join(sorted(g.subjects)).encode()).hexdigest(),
            "persons": g.persons, "claims": len(g.subjects), "shared": g.shared, "dense": g.dense,
            "by_chance": g.by_chance, "rarer": g.rarer, "subjects": sorted(g.subjects)[:SUBJECTS_MAX],
        }
        for g in found[:KEPT_MAX]
    ]  # fmt: skip
    return tx.changed(
        """
        with found as materialized (
            select *, (select coalesce(sum((r.facts ->> 'amount')::numeric), 0)
                         from risk_reported r
                        where r.subject in (select jsonb_array_elements_text(f.subjects))) as amount
              from jsonb_to_recordset(%(rows)s::jsonb) as f(key text, persons int, claims int, shared int,
                   dense float, by_chance float, rarer float, subjects jsonb)
        ), gone as (
            update risk_group set current = false
             where current and key not in (select key from found)
        )
        insert into risk_group (key, persons, claims, amount, shared, dense, by_chance, rarer, subjects,
               found_at, current, cleared_by, finding)
        select key, persons, claims, amount, shared, dense, by_chance, rarer, subjects,
               %(at)s::timestamptz, true, '', ''
          from found
        on conflict (key) do update
           set current = true, rarer = excluded.rarer, by_chance = excluded.by_chance,
               amount = excluded.amount
        """,
        {"rows": orjson.dumps(rows).decode(), "at": at},
    )
