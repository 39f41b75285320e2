"""Deadlines follow the calendar: when it changes, clocks in working time are set anew."""

from __future__ import annotations

from yilu.kernel import tx
from yilu.obligations.operations.rows import load, write
from yilu.obligations.rules.reckoning import WORKING
from yilu.standards import queries as standards

BATCH = 2_000


@tx.step
def set_clocks_anew(*, office_id: int) -> int:
    """
    Reckon again every running deadline in working time that an edited calendar can move.

    ``office_id`` 0 is the country: its days concern every office that follows them. Limits stay;
    only the stretch that runs now is counted by the new calendar. Returns how many moved.
    """
    moved, after = 0, 0
    while True:
        clocks = load(
            "where c.id > %s::bigint and c.state = 'RUNNING' and c.unit = any(%s) "
            "and (%s::bigint = 0 or c.office_id = %s::bigint) order by c.id limit %s::int "
            "for update of c",
            [after, sorted(WORKING), office_id, office_id, BATCH],
        )
        for clock in clocks:
            clock.reckon_again(standards.working_time(clock.office_id))
        write(clocks)
        moved += sum(clock.changed for clock in clocks)
        if len(clocks) < BATCH:
            return moved
        after = clocks[-1].id or 0
