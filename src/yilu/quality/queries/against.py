"""What was found by the colleagues it was found with."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from yilu.kernel import tx


def findings_against(staff_ids: Collection[int], since: date, until: date) -> dict[int, int]:
    """
    How much was found against each of some staff between two days.

    Forbidden phrases said, records that do not fit, and inspections that ended with a fatal mistake.
    Nothing counts that is still open: what somebody typed, was warned of and did not send, a record that a
    person judged to fit, an inspection that is not final, a conversation whose inspection is objected to.
    """
    rows = tx.rows(
        """
        select staff_id, count(*) from (
            select f.seat_id as staff_id, f.found_at as at from quality_finding f
             where f.kind in ('FORBIDDEN', 'RECORD') and f.seat_id = any(%(staff)s::bigint[])
               and (f.judged_at is null or f.complaint_id is not null)
               and not exists (
                   select from quality_inspection i
                    where i.staff_id = f.seat_id and i.state = 'APPEALED'
                      and i.subject = 'conversation:' || f.conversation_id)
            union all
            select i.staff_id, i.ended_at from quality_inspection i
             where i.staff_id = any(%(staff)s::bigint[]) and i.state = 'FINAL' and i.fatal) as against
         where at >= (%(since)s::date)::timestamp at time zone 'Asia/Shanghai'
           and at < (%(until)s::date)::timestamp at time zone 'Asia/Shanghai'
         group by staff_id
        """,
        {"staff": sorted(staff_ids), "since": since, "until": until},
    )
    return {int(staff_id): int(n) for staff_id, n in rows}
