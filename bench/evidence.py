"""The evidence log: leaves a second, durably, and proofs a core-second."""

from __future__ import annotations

import os
import random
import time
from datetime import UTC, datetime, timedelta

import bench
from yilu.journal import operations as journal
from yilu.journal import queries
from yilu.kernel import tx

NOW = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
EVENTS = int(os.environ.get("YILU_BENCH_EVENTS", "100000"))


def _fill(count: int) -> None:
    """Events of ordinary size, as many as asked."""
    tx.changed(
        """
        insert into journal_event (kind, subject, party_id, actor, happened_at, facts)
        select 'claims.claim_reported', 'claim:' || n, n, 'party:' || n,
               now() - n * interval '1 second',
               jsonb_build_object('policy_id', n, 'claim_type', 'MEDICAL',
                                  'loss_date', '2026-11-01', 'channel', 'APP', 'office_id', n %% 300)
          from generate_series(1, %s) n
        """,
        [count],
    )


def _append() -> int:
    done, at = 0, NOW
    while batch := journal.append_leaves(at):
        done += batch
        at += timedelta(seconds=1)
    return done


@bench.measure("evidence.append", unit="leaves/s", at_least=10_000, limit="copy")
def append() -> bench.Value:
    """Events from the table to signed, durable tiles: batches of 10,000, one transaction each."""
    _append()
    _fill(EVENTS)
    with bench.core_seconds() as cpu:
        done = _append()
    if done != EVENTS:
        raise AssertionError(f"{done} leaves of {EVENTS}")
    bench.also("evidence.append_core", done / cpu.total, "leaves/core-s", limit="sha256")
    return bench.Value(done / cpu.wall, note=f"{done:,} events in batches of 10,000; {cpu}")


@bench.measure("evidence.proof", unit="proofs/core-s", at_least=10_000, limit="sha256")
def proof() -> bench.Value:
    """Inclusion proofs of random events by their id, looked up and proven 500 at a time."""
    _append()
    ids = [id for (id,) in tx.rows("select id from journal_event order by id")]
    chosen = random.Random(7)
    batches = [chosen.choices(ids, k=500) for _ in range(40)]
    queries.inclusion_proofs(ids[:: max(1, len(ids) // 2000)])  # the cache as a server has it
    with bench.core_seconds() as cpu:
        proofs = [queries.inclusion_proofs(batch) for batch in batches]
    made = sum(map(len, proofs))
    if made != 20_000 or not all(p.holds() for batch in proofs[:4] for p in batch):
        raise AssertionError("a proof is missing or does not hold")
    note = f"{made:,} proofs in a log of {proofs[0][0].head.size:,}, tiles cached; {cpu}"
    _consistency()
    return bench.Value(made / cpu.total, note=note)


def _consistency() -> None:
    head = queries.find_checkpoint()
    assert head is not None
    chosen = random.Random(8)
    pairs = [sorted(chosen.choices(range(1, head.size + 1), k=2)) for _ in range(500)]
    with bench.core_seconds() as cpu:
        for old, new in pairs:
            queries.consistency_proof(old, new)
    bench.also(
        "evidence.consistency", len(pairs) / cpu.total, "proofs/core-s", note=f"one by one; {cpu}"
    )


@bench.measure("evidence.verify", unit="events/s")
def verify() -> bench.Value:
    """``yilu verify``: everything re-computed from the events."""
    _append()
    began = time.perf_counter()
    verdict = queries.verify_log()
    passed = time.perf_counter() - began
    if not verdict.sound:
        raise AssertionError(verdict.problem)
    return bench.Value(verdict.size / passed, note=f"{verdict.size:,} events, memory bounded")
