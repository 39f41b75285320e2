"""Straight-through claims, end to end: what one costs, and that its lines cost nothing more."""

from __future__ import annotations

import itertools
import statistics
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import bench
from bench.insurer import LONG_AGO, insurer

AT = datetime(2026, 11, 18, 2, 0, tzinfo=UTC)  # a Wednesday morning in Shanghai
LINES = 4
WARM = 40
SINGLE = 400
SLICES = 8
BATCH = 2_000
BULK_CHUNKS = 5
TARGET = 120

_count = itertools.count(1)

Person = tuple[int, str, int]
"""Party, policy number, account."""


@bench.measure("claims.single", unit="claims/core-s", at_least=TARGET, limit="insert")
def single() -> bench.Value:
    """
    Report; the hospital's invoice of four lines; triage, sum, decision, payout, letter, messages,
    events, clocks. Two transactions, each committed by itself.
    """
    people = _insured(WARM + SINGLE + 1)
    for person in people[:WARM]:
        _two_transactions(person, LINES)
    with bench.statements() as sent:
        _two_transactions(people[WARM], LINES)
    value, note = _rate(people[WARM + 1 :], lambda person: _two_transactions(person, LINES))
    _prove_paid(len(people))
    return bench.Value(
        value, note=f"{note}; {len(sent) + 4} statements each; openIMIS: 2.3 with 257"
    )


@bench.measure(
    "claims.single_one_transaction", unit="claims/core-s", at_least=TARGET, limit="insert"
)
def single_one_transaction() -> bench.Value:
    """The same where a hospital's system reports with its invoice: one transaction a claim."""
    people = _insured(WARM + SINGLE)
    for person in people[:WARM]:
        _one_transaction(person)
    return bench.Value(*_rate(people[WARM:], _one_transaction))


@bench.measure("claims.batch", unit="claims/s", limit="insert")
def batch() -> bench.Value:
    """Two thousand straight-through claims by two connections at once, wall clock, all committed."""
    import threading

    from django.db import connection

    people = _insured(BATCH)
    failed: list[BaseException] = []

    def half(own: list[Person]) -> None:
        try:
            for person in own:
                _two_transactions(person, LINES)
        except BaseException as problem:  # noqa: BLE001  (told to the main thread)
            failed.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=half, args=(people[n::2],)) for n in range(2)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    passed = time.perf_counter() - began
    if failed:
        raise failed[0]
    _prove_paid(BATCH)
    return bench.Value(
        BATCH / passed, note=f"{BATCH:,} claims in {passed:.1f} s, 2 threads of one process"
    )


@bench.measure("claims.bulk", unit="claims/core-s", at_least=1_000, limit="insert")
def bulk() -> bench.Value:
    """
    A hospital's batch, five hundred visits a transaction, set by set: every row, event, clock,
    message, letter and payment of the single path (``tests/claims/test_bulk.py`` compares them).
    """
    from yilu.claims.operations import bulk as many
    from yilu.kernel import tx
    from yilu.kernel.refs import Ref

    people = _insured(BULK_CHUNKS * many.CHUNK_MAX)
    settle, found, client, backend = tx.use_case(many.settle_plain), [], 0.0, 0.0
    for n in range(BULK_CHUNKS):
        part = people[n * many.CHUNK_MAX : (n + 1) * many.CHUNK_MAX]
        visits = [many.Visit(_told(person), [_invoice(LINES)]) for person in part]
        with bench.core_seconds() as cpu, bench.statements() as sent:
            done = settle(visits, provider_id=1, actor=Ref("provider", 1), at=AT)
        assert len(done) == len(visits), f"{len(visits) - len(done)} of {len(visits)} were doubted"
        if n:  # the first chunk warms plans and memories
            found.append(len(visits) / cpu.total)
            client, backend = client + cpu.client, backend + cpu.backend
    count = (BULK_CHUNKS - 1) * many.CHUNK_MAX
    note = (
        f"median of {BULK_CHUNKS - 1} chunks of {many.CHUNK_MAX} (best {max(found):.0f}, worst "
        f"{min(found):.0f}); a claim: client {client / count * 1000:.2f} ms + PostgreSQL "
        f"{backend / count * 1000:.2f} ms CPU; {len(sent) + 2} statements a chunk"
    )
    return bench.Value(statistics.median(found), note=note)


@bench.measure("claims.statements", unit="statements", at_most=25)
def statements_of_the_way() -> bench.Value:
    """SQL statements of the whole way at four lines; the report alone, and forty lines, beside it."""
    people = _insured(5)
    for person in people[:2]:
        _two_transactions(person, LINES)
    counts = {}
    for person, lines in zip(people[2:], (1, LINES, 40), strict=True):
        with bench.statements() as report:
            claim_id = _report(person)
        with bench.statements() as rest:
            _feed(claim_id, lines)
        # BEGIN and COMMIT do not pass through Django's wrapper: two for each transaction.
        counts[lines] = (len(report) + 2, len(report) + len(rest) + 4)
    bench.also(
        "claims.statements_report", counts[LINES][0], "statements", at_most=12,
        note="BEGIN and COMMIT counted",
    )  # fmt: skip
    bench.also(
        "claims.statements_40_lines", counts[40][1], "statements", at_most=counts[LINES][1],
        note=f"at 1 line {counts[1][1]}, at 4 lines {counts[LINES][1]}",
    )  # fmt: skip
    return bench.Value(counts[LINES][1], note="report to payout; BEGIN and COMMIT counted")


def _rate(people: list[Person], act: Callable[[Person], None]) -> tuple[float, str]:
    """Claims a core-second: the median of slices, because the machine may have other guests."""
    found, client, backend = [], 0.0, 0.0
    size = len(people) // SLICES
    for n in range(SLICES):
        with bench.core_seconds() as cpu:
            for person in people[n * size : (n + 1) * size]:
                act(person)
        found.append(size / cpu.total)
        client, backend = client + cpu.client, backend + cpu.backend
    count = size * SLICES
    note = (
        f"median of {SLICES} slices of {size} (best {max(found):.0f}, worst {min(found):.0f}); a claim: "
        f"client {client / count * 1000:.1f} ms + PostgreSQL {backend / count * 1000:.1f} ms CPU"
    )
    return statistics.median(found), note


def _two_transactions(person: Person, lines: int) -> None:
    _feed(_report(person), lines)


def _one_transaction(person: Person) -> None:
    from yilu.claims import operations as claims
    from yilu.kernel.refs import Ref

    _, state = claims.report_with_invoices(
        report=_told(person),
        provider_id=1,
        invoices=[_invoice(LINES)],
        actor=Ref("provider", 1),
        at=AT,
    )
    assert state == "PAYING", state


def _report(person: Person) -> int:
    from yilu.claims import operations as claims
    from yilu.kernel.refs import Ref

    made = claims.report_claim(report=_told(person), actor=Ref("party", person[0]), at=AT)
    assert made.is_new
    return made.claim_id


def _feed(claim_id: int, lines: int) -> None:
    from yilu.claims import operations as claims
    from yilu.kernel.refs import Ref

    done = claims.hand_in_invoices(
        claim_id=claim_id,
        provider_id=1,
        invoices=[_invoice(lines)],
        actor=Ref("provider", 1),
        at=AT,
    )
    assert done.state == "PAYING", done


def _told(person: Person) -> Any:
    from yilu.claims import operations as claims

    party_id, number, account_id = person
    return claims.Report(
        policy_number=number, claimant_id=party_id, claim_type="MEDICAL", channel="APP",
        loss_date=date(2026, 11, 16), request_key=f"bench-{next(_count)}",
        claimed_amount=Decimal("280.00"), account_id=account_id,
    )  # fmt: skip


def _invoice(lines: int) -> dict[str, Any]:
    n = next(_count)
    each = Decimal("800.00") / lines
    return {
        "kind": "FISCAL_OUTPATIENT", "code": "33060126", "number": f"{n:010d}", "check_code": "a1b2c3",
        "issued_on": "2026-11-17", "payer_name": "林客户", "payee_name": f"第{n}人民医院",
        "total": "800.00", "fund_paid": "520.00", "visit_kind": "OUTPATIENT", "department": "内科",
        "lines": [{"name": f"项目{i}", "category": "A", "amount": str(each)} for i in range(lines)],
    }  # fmt: skip


def _insured(count: int) -> list[Person]:
    """So many people who never claimed before, each with a policy, an account and a consent."""
    from yilu.kernel.identity import check_character
    from yilu.kernel.refs import SYSTEM, Ref
    from yilu.people import operations as people
    from yilu.people import queries
    from yilu.policies import operations as policies

    office_id = insurer()
    made: list[tuple[int, int]] = []
    for _ in range(count):
        n = next(_count)
        body = f"3301{n // 500:02d}19850615{n % 500 * 2:03d}"
        party_id = people.register_party(
            name="林客户", office_id=office_id, identity_kind="RESIDENT_ID", phone=f"139{n:08d}",
            identity_number=body + check_character(body), actor=SYSTEM, at=LONG_AGO,
        )  # fmt: skip
        for purpose in ("HEALTH_DATA", "MEDICAL_DATA_FETCH"):
            people.give_consent(
                party_id=party_id, purpose=purpose, channel="APP",
                text_version=queries.consent_text(purpose).version, actor=Ref("party", party_id),
                at=LONG_AGO,
            )  # fmt: skip
        account_id = people.add_account(
            party_id=party_id, bank_code="ICBC", number=_card(n), holder_name="林客户",
            actor=SYSTEM, at=LONG_AGO,
        )  # fmt: skip
        made.append((party_id, account_id))
    numbers: list[str] = []
    for start in range(0, count, 500):
        new = [
            policies.NewPolicy(
                product_code="small-medical", holder_id=party_id, insured_id=party_id,
                office_id=office_id, effective_on=date(2026, 1, 1), sum_insured=Decimal(20_000),
                premium=Decimal("280.00"), with_social_insurance=True,
            )
            for party_id, _ in made[start : start + 500]
        ]  # fmt: skip
        numbers += [i.number for i in policies.issue_policies(new=new, actor=SYSTEM, at=AT)]
    return [
        (party, number, account) for (party, account), number in zip(made, numbers, strict=True)
    ]


def _card(n: int) -> str:
    body = f"622202{n:012d}"
    doubled = [int(d) * (1 if i % 2 else 2) for i, d in enumerate(reversed(body))]
    total = sum(d - 9 if d > 9 else d for d in doubled)
    return body + str(-total % 10)


def _prove_paid(count: int) -> None:
    """Every claim has its payout, its letter, its messages and its events: nothing was skipped."""
    from django.db import connection

    with connection.cursor() as cursor:
        for table in (
            "payments_payout",
            "letters_issuedletter",
            "claims_decision",
            "policies_benefituse",
        ):
            cursor.execute(f"select count(*) from {table}")
            found = cursor.fetchone()[0]
            assert found >= count, f"{table}: {found} rows for {count} claims"
