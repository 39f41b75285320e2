"""Working-time arithmetic, and what the clocks of a straight-through claim cost."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import bench

AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
QUESTIONS = 20_000
CLAIMS = 400


@bench.measure("obligations.add", unit="µs", at_most=10)
def add() -> bench.Value:
    """Adding working minutes across days, lunch breaks, holidays and make-up workdays."""
    from yilu.standards import shipped

    working_time = shipped.working_time()
    starts = [AT - timedelta(minutes=37 * n) for n in range(QUESTIONS)]

    def each(ask: Any) -> float:
        began = time.process_time()
        for n, start in enumerate(starts):
            ask(start, n)
        return (time.process_time() - began) / QUESTIONS * 1e6

    days = each(lambda start, n: working_time.add_working_days(start, n % 20))
    between = each(lambda start, n: working_time.between(start, AT))
    bench.also("obligations.add_days", days, "µs", at_most=10, note="end of the n-th working day")
    bench.also("obligations.between", between, "µs", at_most=10, note="up to fifteen months apart")
    return bench.Value(
        each(lambda start, n: working_time.add(start, n % 4_800)), note="up to ten days of work"
    )


@bench.measure("obligations.follow", unit="µs/claim", at_most=2_000)
def follow() -> bench.Value:
    """
    Core time the clocks add to one straight-through claim: the same events with and without them.

    Report, decide, pay and tell: four use cases, nine clocks started, all of them stopped.
    """
    from yilu.journal.operations import recording
    from yilu.obligations import operations, queries
    from yilu.standards import operations as standards

    standards.load_catalogue(AT)
    operations.load_catalogue(AT)
    _run(1, 5)
    followers, following = recording._followers, list(recording._followers)
    with_clocks = _measured(1_000)
    followers.clear()
    try:
        without = _measured(100_000)
    finally:
        followers.extend(following)
    from yilu.kernel.refs import Ref

    clocks = len(queries.list_clocks(Ref("claim", 1_000), AT))
    with bench.statements() as sent:
        _run(900_000, 1)
    statements = sum("obligations_clock" in sql for sql in sent)
    return bench.Value(
        (with_clocks - without) / CLAIMS * 1e6,
        note=f"{clocks} clocks in {statements} statements; the events alone {without / CLAIMS * 1e6:,.0f} µs",
    )


@bench.measure("obligations.tick", unit="clocks/core-s")
def tick() -> bench.Value:
    """Breaches said, with event, escalation and work item each."""
    from yilu.kernel import tx
    from yilu.obligations import operations

    _run(500_000, 100)
    tx.changed(
        """
        update obligations_clock set state = 'RUNNING', due_at = %s::timestamptz, met_at = null,
               met_by = null, next_check_at = %s::timestamptz
         where subject between 'claim:500000' and 'claim:500099' and code like 'law.decide%%'
        """,
        [AT, AT],
    )
    done = 0
    with bench.core_seconds() as cpu:
        while n := operations.tick(AT + timedelta(days=1), 200):
            done += n
    return bench.Value(done / cpu.total, note=f"{done:,} clocks, {cpu}")


def _measured(first: int) -> float:
    with bench.core_seconds() as cpu:
        _run(first, CLAIMS)
    return cpu.total


def _run(first: int, count: int) -> None:
    """Tell the events of straight-through claims, as claims and messaging would."""
    from yilu.claims import events as claims
    from yilu.journal import operations as journal
    from yilu.kernel import tx
    from yilu.kernel.refs import SYSTEM, Ref
    from yilu.messaging.events import MessageDelivered

    @tx.use_case
    def happen(about: Ref, subject: Ref, *facts: Any) -> None:
        for fact in facts:
            journal.record(fact, about=about, actor=SYSTEM, at=AT, party=subject.id)

    for n in range(first, first + count):
        claim = Ref("claim", n)
        happen(
            claim, claim,
            claims.ClaimReported(
                policy_id=n, claim_type="MEDICAL", loss_date="2026-11-01", channel="APP", office_id=3
            ),
        )  # fmt: skip
        happen(
            claim, claim,
            claims.DocumentsReceived(complete=True, programme="FAST", estimated_band="UNDER_10K"),
            claims.ClaimRegistered(
                claim_type="MEDICAL", lane="GREEN", programme="FAST", band="UNDER_3K",
                straight_through=True,
            ),
            claims.ClaimCalculated(calculation_id=n, digest="0" * 64, benefit="850.00"),
            claims.ClaimApproved(
                decision_id=n, benefit="850.00", decided_by="system:0", programme="FAST"
            ),
            claims.PayoutPromised(payout_id=n, amount="850.00", programme="FAST"),
        )  # fmt: skip
        happen(
            claim, claim,
            claims.ClaimPaid(payout_id=n, amount="850.00"),
            claims.ClaimClosed(outcome="PAID"),
        )  # fmt: skip
        happen(
            Ref("message", n), claim,
            MessageDelivered(
                message_id=n, subject=str(claim), template="claims.paid", channel="OUTBOX"
            ),
        )  # fmt: skip
