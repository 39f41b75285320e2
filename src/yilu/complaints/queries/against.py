"""Upheld complaints by the colleagues they were about."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from yilu.kernel import tx


def upheld_against(staff_ids: Collection[int], since: date, until: date) -> dict[int, int]:
    """
    How many complaints, found right or partly right from one day up to another, name each of some staff.

    ``against`` also names those who decided what was complained of; both had a part in it.
    """
    rows = tx.rows(
        """
        select named.id::bigint, count(*)
          from complaints_complaint c
          cross join lateral jsonb_array_elements_text(c.against) as named (id)
         where c.outcome in ('UPHELD', 'PARTLY')
           and c.decided_at >= (%(since)s::date)::timestamp at time zone 'Asia/Shanghai'
           and c.decided_at < (%(until)s::date)::timestamp at time zone 'Asia/Shanghai'
           and named.id::bigint = any(%(staff)s::bigint[])
         group by named.id
        """,
        {"staff": sorted(staff_ids), "since": since, "until": until},
    )
    return {int(staff_id): int(n) for staff_id, n in rows}
