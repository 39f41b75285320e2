"""Promising messages with the change they tell of, and sending them."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import bench
from bench import payments

AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
USE_CASES, MESSAGES_EACH = 300, 3


@bench.measure("messaging.queue", unit="messages/core-s", limit="insert")
def queue() -> bench.Value:
    """Three messages a use case, facts checked against their templates, one INSERT, commit."""
    party_id, _ = payments._beneficiary()
    promise = _promising(party_id)
    promise(0)
    with bench.statements() as sent:
        promise(1)
    with bench.core_seconds() as cpu:
        for n in range(USE_CASES):
            promise(n)
    _send()
    return bench.Value(
        USE_CASES * MESSAGES_EACH / cpu.total, note=f"{len(sent)} statement a use case; {cpu}"
    )


def _send() -> None:
    from yilu.messaging import jobs

    sent = 0
    with bench.core_seconds() as cpu:
        while done := jobs.send_due(AT):
            sent += done
    bench.also(
        "messaging.send", sent / cpu.total, "messages/core-s",
        note=f"{sent} messages into the mailbox, each with its event; {cpu}",
    )  # fmt: skip


def _promising(party_id: int):
    from yilu.kernel import tx
    from yilu.kernel.refs import Ref
    from yilu.messaging import operations

    facts = {"claim": "LP202611200001", "by": AT.isoformat()}

    @tx.use_case
    def promise(n: int) -> None:
        for place in range(MESSAGES_EACH):
            operations.queue(
                "claims.reported", to=Ref("party", party_id), about=Ref("claim", 10 * n + place),
                at=AT, facts=facts,
            )  # fmt: skip

    return promise


@bench.measure("messaging.check", unit="us")
def check() -> bench.Value:
    """Checking the facts of one message against its template: no database."""
    from yilu.messaging import rules, templates

    template = templates.catalogue()["claims.approved"]
    facts = {"claim": "LP1", "amount": "1234.50", "by": AT.isoformat()}
    began, times = time.process_time(), 20_000
    for _ in range(times):
        rules.check_facts(template.facts, facts)
    return bench.Value((time.process_time() - began) / times * 1e6)
