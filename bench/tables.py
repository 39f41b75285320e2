"""A decision table of 200 rows and three inputs."""

from __future__ import annotations

import random
import time
from decimal import Decimal

import bench
from yilu.kernel.cells import Column, Kind
from yilu.kernel.tables import Compiled, Hit, Table, check_table, compile_table

KINDS = tuple(f"K{n}" for n in range(20))
QUESTIONS = 20_000


@bench.measure("tables.200", unit="µs", at_most=15)
def two_hundred_rows() -> bench.Value:
    """One decision: three inputs (choice, amount, age), first hit, trace and all."""
    table = _table()
    began = time.process_time()
    compiled = compile_table(table)
    compiling = time.process_time() - began
    began = time.process_time()
    assert check_table(table) == ()
    checking = time.process_time() - began
    bench.also("tables.compile", compiling * 1e3, "ms", note="200 rows")
    bench.also("tables.check", checking * 1e3, "ms", note="gaps, overlaps and dead rows")
    return bench.Value(_ask(compiled), note=f"{QUESTIONS:,} questions, {len(table.rows)} rows")


@bench.measure("tables.decide", unit="µs", at_most=15)
def shipped_table() -> bench.Value:
    """The shipped triage table through ``standards.queries.decide``: nine inputs, fourteen rows."""
    from datetime import UTC, datetime

    from yilu.standards import operations, queries

    at = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
    operations.load_catalogue(at)
    inputs = {
        "amount": Decimal("850.00"), "claim_type": "MEDICAL", "signal_count": 0,
        "highest_severity": "NONE", "days_since_effective": 400, "documents_settled": True,
        "beneficiary_is_insured": True, "channel": "APP", "is_disaster": False,
    }  # fmt: skip
    assert queries.decide("claims.triage", inputs, at).outputs["lane"] == "GREEN"
    began = time.process_time()
    for _ in range(QUESTIONS):
        queries.decide("claims.triage", inputs, at)
    return bench.Value((time.process_time() - began) / QUESTIONS * 1e6)


def _table() -> Table:
    inputs = (
        Column("kind", "类型", Kind.CHOICE, KINDS),
        Column("amount", "金额", Kind.NUMBER),
        Column("age", "年龄", Kind.NUMBER),
    )
    rows = []
    for kind in KINDS:
        for n in range(5):
            amount = (
                f"[{n * 1000}..{(n + 1) * 1000})"
                if 0 < n < 4
                else ("< 1000" if not n else ">= 4000")
            )
            rows.append((kind, amount, "< 60", f"{kind}-{n}-young"))
            rows.append((kind, amount, ">= 60", f"{kind}-{n}-old"))
    return Table("bench", 1, inputs, (Column("lane", "通道", Kind.TEXT),), tuple(rows), Hit.UNIQUE)


def _ask(compiled: Compiled) -> float:
    dice = random.Random(7)
    questions = [
        {
            "kind": dice.choice(KINDS),
            "amount": Decimal(dice.randrange(600_000)) / 100,
            "age": Decimal(dice.randrange(100)),
        }
        for _ in range(QUESTIONS)
    ]
    began = time.process_time()
    for question in questions:
        compiled.decide(question)
    return (time.process_time() - began) / QUESTIONS * 1e6
