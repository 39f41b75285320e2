"""Put events into the evidence log: one leaf an event, in the order every reader sees them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import orjson
from django.conf import settings

from yilu.journal import signing
from yilu.journal.models import Checkpoint
from yilu.journal.queries import leaves as rows
from yilu.journal.rules import notes, tiles
from yilu.journal.rules.merkle import leaf_hash
from yilu.kernel import tx

BATCH = 10_000
SIGN_EACH = timedelta(seconds=1)
_LOCK = 0x79696C75_6C6F67  # "yilu" "log": the one writer of the evidence log


class ClusterIsYounger(Exception):
    """
    The database counts transactions from a lower number than the log has seen.

    It was restored from a dump into a new cluster. Move the cluster's transaction counter on with
    ``pg_resetwal --epoch`` as docs/operating.md says, or readers miss events.
    """


@tx.use_case
def append_leaves(at: datetime, limit: int = BATCH) -> int:
    """
    Append the next events to the evidence log, durably, in one transaction; return how many.

    One writer at a time: beside another it does nothing. Only events older than every open
    transaction are taken, so no late commit is passed over. A checkpoint is signed when there is
    something new to sign, at most each second.

    :raises ClusterIsYounger: when new events could not be told from old ones.
    """
    ((ours,),) = tx.rows("select pg_try_advisory_xact_lock(%s::bigint)", [_LOCK])
    if not ours:
        return 0
    size, xact, event_id = _position()
    events = rows.next_rows(xact, event_id, limit)
    writer = tiles.TileWriter(size, _edge(size))
    if events:
        leaves = [rows.leaf_data(row) for row in events]
        writer.append([leaf_hash(leaf) for leaf in leaves])
        _write_tiles(writer.finish())
        _write_bundles(size, events, leaves)
        last_xact, last_id = events[-1][:2]
        tx.changed(
            "update journal_logposition set size = %s, xact = %s, event_id = %s",
            [writer.size, last_xact, last_id],
        )
    _sign(writer, at)
    return len(events)


def _position() -> tuple[int, int, int]:
    found = tx.rows(
        """
        select size, xact, event_id, pg_snapshot_xmax(pg_current_snapshot())::text::bigint
          from journal_logposition
        """
    )
    if not found:
        tx.changed("insert into journal_logposition (id, size, xact, event_id) values (1, 0, 0, 0)")
        return 0, 0, 0
    size, xact, event_id, next_xact = found[0]
    if next_xact <= xact:
        raise ClusterIsYounger
    return size, xact, event_id


def _edge(size: int) -> list[bytes]:
    wanted = [(level, full) for level, full, width in tiles.widths(size) if width]
    found = {
        (level, number): bytes(hashes)
        for level, number, hashes in tx.rows(
            """
            select t.level, t.number, t.hashes from journal_tile t
              join unnest(%s::smallint[], %s::bigint[]) as w (level, number) using (level, number)
            """,
            [[level for level, _ in wanted], [number for _, number in wanted]],
        )
    }
    return [found[level, full] if width else b"" for level, full, width in tiles.widths(size)]


def _write_tiles(touched: dict[tuple[int, int], bytes]) -> None:
    tx.changed(
        """
        insert into journal_tile (level, number, hashes)
        select * from unnest(%s::smallint[], %s::bigint[], %s::bytea[])
            on conflict (level, number) do update set hashes = excluded.hashes
        """,
        [
            [level for level, _ in touched],
            [number for _, number in touched],
            list(touched.values()),
        ],
    )


def _write_bundles(size: int, events: Sequence[rows.Row], leaves: Sequence[bytes]) -> None:
    """Add to the last bundle what still fits, and the rest to new ones."""
    made, start = [], 0
    while start < len(leaves):
        number, filled = divmod(size + start, tiles.WIDTH)
        end = min(start + tiles.WIDTH - filled, len(leaves))
        made.append(
            {
                "number": number,
                "xact": events[start][0],
                "event_id": events[start][1],
                "event_ids": [row[1] for row in events[start:end]],
                "leaves": b"".join(leaves[start:end]).hex(),
            }
        )
        start = end
    tx.changed(
        """
        insert into journal_leafbundle as b (number, first_xact, first_event_id, event_ids, leaves)
        select number, xact, event_id, event_ids, decode(leaves, 'hex')
          from json_to_recordset(%s::json) as row(
               number bigint, xact bigint, event_id bigint, event_ids bigint[], leaves text)
            on conflict (number) do update
           set event_ids = b.event_ids || excluded.event_ids, leaves = b.leaves || excluded.leaves
        """,
        [orjson.dumps(made).decode()],
    )


def _sign(writer: tiles.TileWriter, at: datetime) -> None:
    last = Checkpoint.objects.order_by("-size").values_list("size", "signed_at").first()
    last_size, last_at = last or (0, None)
    if writer.size == last_size:
        return
    if last_at is not None and last_at <= at < last_at + SIGN_EACH:
        return
    head = notes.TreeHead(settings.LOG_ORIGIN, writer.size, writer.root())
    Checkpoint.objects.create(size=head.size, root=head.root, signed_at=at, note=signing.sign(head))
