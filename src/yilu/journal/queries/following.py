"""Follow what happens, as soon as it is committed: for screens that wait for news."""

from __future__ import annotations

from yilu.journal.queries.happened import EventRow, event_of
from yilu.kernel import tx

KEPT_MAX = 20_000
"""How many events above the oldest open transaction are remembered before it is no longer waited for."""


class Follower:
    """
    Hands out every event once, the moment it can be seen, from when it was made on.

    Commits overtake each other, so it remembers which events it has handed out since the oldest
    transaction still open. Unlike ``read_after`` nobody waits for that transaction: the order
    between transactions is that of their commits as seen from here. It keeps its place in memory only.
    """

    def __init__(self) -> None:
        ((self._floor,),) = tx.rows("select pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        self._given: set[int] = set()
        self._given = {event.id for event in self.read()}

    def read(self) -> list[EventRow]:
        """What was committed since the last call."""
        found = tx.rows(
            """
            select pg_snapshot_xmin(pg_current_snapshot())::text::bigint, xact,
                   id, kind, subject, actor, party_id, happened_at, recorded_at, facts
              from journal_event where xact >= %s::bigint order by xact, id
            """,
            [self._floor],
        )
        if not found:
            return []
        floor = found[0][0]
        fresh = [event_of(row[2:]) for row in found if row[2] not in self._given]
        open_above = [row for row in found if row[1] >= floor]
        if len(open_above) > KEPT_MAX:
            # Somebody has kept a transaction open for very long: what it wrote will not be told.
            floor, open_above = found[-1][1], [row for row in found if row[1] >= found[-1][1]]
        self._floor, self._given = floor, {row[2] for row in open_above}
        return fresh
