"""What one event costs, and one reaction."""

from __future__ import annotations

from datetime import UTC, datetime

import bench
from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.facts import fact
from yilu.kernel.refs import SYSTEM, Ref

NOW = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)


@fact("bench.measured", "测量")
class Measured:
    """Stands for an event of ordinary size."""

    policy_id: int
    claim_type: str
    loss_date: str
    channel: str


@tx.use_case
def _use_case(first: int, events: int) -> None:
    for n in range(first, first + events):
        journal.record(
            Measured(policy_id=n, claim_type="MEDICAL", loss_date="2026-11-01", channel="APP"),
            about=Ref("claim", n), actor=SYSTEM, at=NOW, party=n,
        )  # fmt: skip


@bench.measure("journal.record", unit="events/core-s", limit="insert")
def record() -> bench.Value:
    """Use cases of four events each: one statement for all four."""
    _use_case(0, 4)
    with bench.core_seconds() as cpu:
        for n in range(1000):
            _use_case(n * 4, 4)
    return bench.Value(4000 / cpu.total, note=f"4 events a transaction; {cpu}")


@fact("bench.reacted_to", "测量后台处理")
class ReactedTo:
    """Stands for an event that one room reacts to."""

    policy_id: int


@journal.on(ReactedTo)
def _react(event: journal.Happened) -> None:
    """The least a reaction does: tell what it did."""
    journal.record(
        Measured(policy_id=1, claim_type="MEDICAL", loss_date="2026-11-01", channel="APP"),
        about=event.about,
        actor=SYSTEM,
        at=event.at,
    )


@tx.use_case
def _owe(first: int, count: int) -> None:
    for n in range(first, first + count):
        journal.record(ReactedTo(policy_id=n), about=Ref("claim", n), actor=SYSTEM, at=NOW)


@bench.measure("journal.reactions", unit="reactions/core-s", limit="insert")
def reactions(count: int = 2000) -> bench.Value:
    """Reactions of one event each: claimed in batches of 100, each in its own transaction."""
    for first in range(0, count, 500):
        _owe(first, 500)
    done = 0
    with bench.core_seconds() as cpu:
        while tried := journal.run_reactions(NOW):
            done += tried
    if done < count:
        raise AssertionError(f"only {done} of {count} reactions ran")
    bench.also("journal.reactions_wall", done / cpu.wall, "reactions/s", limit="fdatasync")
    return bench.Value(done / cpu.total, note=f"each records one event durably; {cpu}")
