"""What was found by the colleagues it was found with."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from yilu.kernel import tx


def findings_against(staff_ids: Collection[int], since: date, until: date) -> dict[int, int]:
    """
    How many forbidden phrases said and records that do not fit each of some staff has, found between two days.

    What somebody typed, was warned of and did not send is no finding against them.
    """
    rows = tx.rows(
        """
        select seat_id, count(*) from quality_finding
         where kind in ('FORBIDDEN', 'RECORD') and seat_id = any(%(staff)s::bigint[])
           and found_at >= (%(since)s::date)::timestamp at time zone 'Asia/Shanghai'
           and found_at < (%(until)s::date)::timestamp at time zone 'Asia/Shanghai'
         group by seat_id
        """,
        {"staff": sorted(staff_ids), "since": since, "until": until},
    )
    return {int(staff_id): int(n) for staff_id, n in rows}
