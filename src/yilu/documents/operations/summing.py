"""Settled readings into the sums of their day: each once, however often anything is killed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from yilu.documents.rules.summing import settled_before
from yilu.kernel import tx

BATCH = 1000
CASES_KEPT = 20
"""Files with a mistake that a sum keeps: enough to see what goes wrong on a day."""

# One statement takes, marks and adds: what another worker holds is left to it, and nobody can find
# a reading marked that was not added. Sums are written in the order of their key, so that two
# workers wait for each other and never in a circle.
_ADD = """
    with taken as materialized (
        select id, upload_id, engine, (read_at at time zone 'Asia/Shanghai')::date as day
          from documents_reading
         where not summed and {which}
         order by read_at limit %(limit)s::int
           for update skip locked
    ), marked as (
        update documents_reading set summed = true where id in (select id from taken)
    ), added as (
        insert into documents_daysum as s
               (day, kind, engine, field, read, unasked, confirmed, corrected, missed, cases)
        select taken.day, upload.kind, taken.engine, field.name,
               count(*) filter (where field.source <> 'STAFF'),
               count(*) filter (where field.accepted_by = 'MACHINE'),
               count(*) filter (where field.accepted_by = 'STAFF' and field.corrected_from is null
                                  and field.source <> 'STAFF'),
               count(*) filter (where field.corrected_from is not null and field.source <> 'STAFF'),
               count(*) filter (where field.source = 'STAFF'),
               coalesce((array_agg(upload.id order by upload.id desc)
                         filter (where field.corrected_from is not null))[1:%(kept)s::int], '{{}}')
          from taken
          join documents_upload as upload on upload.id = taken.upload_id
          join documents_field as field on field.upload_id = taken.upload_id
         group by 1, 2, 3, 4
         order by 1, 2, 3, 4
            on conflict (day, kind, engine, field) do update
           set read = s.read + excluded.read,
               unasked = s.unasked + excluded.unasked,
               confirmed = s.confirmed + excluded.confirmed,
               corrected = s.corrected + excluded.corrected,
               missed = s.missed + excluded.missed,
               cases = (excluded.cases || s.cases)[1:%(kept)s::int]
    )
    select count(*) from taken
"""
_SETTLED = _ADD.format(which="read_at < %(before)s::timestamptz")
_OF_UPLOADS = _ADD.format(which="upload_id = any(%(uploads)s::bigint[])")


@tx.use_case
def sum_readings(*, at: datetime, limit: int = BATCH) -> int:
    """
    Add up to ``limit`` readings that are settled at a moment to the sums of their days.

    Returns how many were taken: call again until there is none. Each reading is counted exactly
    once, as people left it then; what they change later stays uncounted.
    """
    return _add(_SETTLED, {"before": settled_before(at), "limit": limit})


@tx.step
def sum_before_forgetting(upload_ids: Sequence[int]) -> None:
    """Count what was read from files that are about to be emptied: afterwards nobody could."""
    _add(_OF_UPLOADS, {"uploads": list(upload_ids), "limit": len(upload_ids)})


def _add(statement: str, given: dict[str, Any]) -> int:
    ((taken,),) = tx.rows(statement, given | {"kept": CASES_KEPT})
    return int(taken)
