"""The page of one customer with twenty policies and five thousand events, among many others."""

from __future__ import annotations

import statistics
import time
from datetime import UTC, date, datetime
from decimal import Decimal

import bench
from yilu.kernel import tx
from yilu.kernel.refs import SYSTEM, Ref

NOON = datetime(2026, 3, 4, 4, tzinfo=UTC)
POLICIES, EVENTS, OTHERS = 20, 5_000, 5_000
ROUNDS = 60
TABLES = ("journal_event", "policies_policy", "people_party")
"""Those that hold thousands of rows here; an empty table is read whole, and rightly."""


@bench.measure("people.360", unit="ms CPU", at_most=100)
def page() -> bench.Value:
    """The whole answer, database and template; who may see it is asked each time. Waiting is in the note."""
    from django.db import connection
    from tests.web.signing import signed_in

    from yilu.insight.queries import person360
    from yilu.people import queries as people

    party_id, staff_id = _customer()
    access = people.staff_access(staff_id)
    browser = signed_in(Ref("staff", staff_id))
    address = f"/staff/customers/{party_id}"
    for _ in range(5):
        assert browser.get(address).status_code == 200
    with bench.statements() as sent:
        browser.get(address)
    with bench.core_seconds() as cpu:
        late, median = _timed(lambda: browser.get(address))
    read = _timed(lambda: person360.person(access, party_id, datetime.now(UTC)))[1]
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from journal_event")
        events = cursor.fetchone()[0]
    bench.also("people.360.read", read, "ms", note="the queries alone, median on the clock")
    scans = _sequential(lambda: person360.person(access, party_id, datetime.now(UTC)))
    return bench.Value(
        1000 * cpu.total / ROUNDS,
        note=f"on the clock median {median:.0f} ms, 95 % {late:.0f} ms; {len(sent)} statements; {POLICIES} policies, {EVENTS:,} of "
        f"{events:,} events; sequential scans of large tables: {scans or 'none'}",
    )


def _timed(call) -> tuple[float, float]:  # type: ignore[no-untyped-def]
    took = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        call()
        took.append((time.perf_counter() - began) * 1000)
    return statistics.quantiles(took, n=20)[-1], statistics.median(took)


def _sequential(call) -> str:  # type: ignore[no-untyped-def]
    """Which large tables the page reads from end to end, by what EXPLAIN says of each of its statements."""
    from django.db import connection

    sent = []

    def note(execute, sql, params, many, context):  # type: ignore[no-untyped-def]
        sent.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        call()
    found = set()
    for sql, params in sent:
        if sql.lstrip().lower().startswith(("select", "with")):
            with connection.cursor() as cursor:
                cursor.execute("explain " + sql, params)
                plan = "\n".join(row[0] for row in cursor.fetchall())
            found |= {table for table in TABLES if f"Seq Scan on {table} " in plan}
    return ", ".join(sorted(found))


def _customer() -> tuple[int, int]:
    from django.db import connection
    from tests import make

    from yilu.journal import operations as journal
    from yilu.people import operations as people
    from yilu.policies import operations as policies
    from yilu.policies.events import PolicyReceived

    make.standards_in_force()
    office = make.office()
    staff_id = make.staff(office, "TEAM_LEAD")
    child, mother = make.party(office, name="林小宝"), make.party(office)
    others = people.register_parties(
        parties=[people.NewParty(name="周客户", office_id=office, birth_date=date(1985, 6, 15)) for _ in range(1000)],
        actor=SYSTEM, at=make.NOON,
    )  # fmt: skip
    make.product("endowment")

    def told(holder: int, insured: int) -> policies.NewPolicy:
        return policies.NewPolicy(
            product_code="endowment", holder_id=holder, insured_id=insured, office_id=office,
            effective_on=date(2022, 9, 1), sum_insured=Decimal(100_000), premium=Decimal("9258.00"),
            pay_years=10,
        )  # fmt: skip

    issued = policies.issue_policies(
        new=[told(mother, child if n % 5 == 0 else mother) for n in range(POLICIES)],
        actor=SYSTEM, at=make.NOON,
    )  # fmt: skip
    for start in range(0, OTHERS, 1000):
        policies.issue_policies(
            new=[told(others[n % 1000], others[n % 1000]) for n in range(start, start + 1000)],
            actor=SYSTEM, at=make.NOON,
        )  # fmt: skip

    @tx.use_case
    def happen(party: int, count: int) -> None:
        for n in range(count):
            journal.record(
                PolicyReceived(received_on="2026-03-04"), about=Ref("policy", issued[n % POLICIES].id),
                actor=SYSTEM, at=NOON, party=party,
            )  # fmt: skip

    for _ in range(EVENTS // 1000):
        happen(mother, 1000)
    for other in others[:50]:
        happen(other, 400)
    with connection.cursor() as cursor:
        cursor.execute("analyze")
    return mother, staff_id
