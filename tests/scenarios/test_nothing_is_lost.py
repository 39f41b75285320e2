"""Killed at any moment, the insurer loses nothing and does nothing twice: real processes, SIGKILL."""

from __future__ import annotations

import json
import os
import random
import shutil
import sqlite3
import tempfile
import time
from pathlib import Path

import psycopg
import pytest

from tests.scenarios.processes import House, eventually
from yilu.site import postgres, test_template, testing

THOROUGH = os.environ.get("THOROUGH") == "1"
COUNT, WORKER_KILLS = (25, 8) if THOROUGH else (10, 2)
ONCE = {"claims.reported", "claims.approved", "claims.paid"}
"""Messages that every claim of this story leads to, each once."""


@pytest.fixture
def house(tmp_path):
    memory = Path("/dev/shm")
    base = memory if memory.is_dir() and os.access(memory, os.W_OK) else None
    place = Path(tempfile.mkdtemp(prefix="yilu-scenario-", dir=base))
    place.chmod(0o755)
    (tmp_path / "var").mkdir()
    house = House(tmp_path, place / "cluster")
    try:
        with_tables(house)
        yield house
    finally:
        house.close()
        shutil.rmtree(place, ignore_errors=True)


def with_tables(house):
    if testing.TEMPLATE in os.environ:
        house.cluster.reserve()
        template = Path(os.environ[testing.TEMPLATE])
        test_template.copy(template, house.cluster, postgres.DATABASE)
        return
    house.cluster.start()
    done = house.manage("migrate", "--verbosity", "0")
    assert done.returncode == 0, done.stderr


def test_claims_are_paid_once_though_worker_and_database_are_killed(house):
    dice = random.Random(os.environ.get("YILU_TEST_SEED", time.time_ns()))
    house.told("prepare", str(COUNT))
    house.start_bank()
    house.start_web()
    house.start_worker()
    customers = house.story("report")

    for _ in range(WORKER_KILLS):
        time.sleep(dice.uniform(1.0, 3.5))
        house.kill("worker")
        a_minute_passes(house)
        house.start_worker()
    time.sleep(dice.uniform(0.5, 1.5))
    house.kill_database()
    house.cluster.start()
    time.sleep(dice.uniform(0.5, 2.0))
    house.kill("worker")
    a_minute_passes(house)
    house.start_worker()

    said, _ = customers.communicate(timeout=60)
    assert customers.returncode == 0
    assert len(set(said.split())) == COUNT
    eventually(lambda: all_is_done(house), 40, lambda: what_is_left(house))

    every_claim_is_paid_once(house)
    every_message_is_written_once(house)
    no_reaction_is_lost(house)
    clocks_agree_with_the_journal(house)
    verdict = house.manage("verify")
    assert verdict.returncode == 0, verdict.stdout + verdict.stderr


def rows(house: House, sql: str) -> list[tuple]:
    with psycopg.connect(house.cluster.url, autocommit=True) as connection:
        return connection.execute(sql).fetchall()


def a_minute_passes(house: House) -> None:
    """What dead workers held is free again: their leases run out, their heartbeats grow old."""
    with psycopg.connect(house.cluster.url, autocommit=True) as connection:
        for table in (
            "journal_reaction",
            "payments_payout",
            "messaging_message",
            "letters_issuedletter",
        ):
            connection.execute(
                f"update {table} set leased_until = leased_until - interval '5 minutes'"
                " where leased_until is not null"
            )
        connection.execute(
            "update procrastinate_workers set last_heartbeat = last_heartbeat - interval '5 minutes'"
        )


def stand(house: House) -> dict:
    return json.loads(house.told("stand"))


def all_is_done(house: House) -> bool:
    return rows(
        house,
        """
        select (select count(*) from claims_claim where state in ('PAID', 'CLOSED')),
               (select count(*) from journal_reaction where state <> 'DONE'),
               (select count(*) from journal_event) - (select size from journal_logposition)
        """,
    ) == [(COUNT, 0, 0)]


def what_is_left(house: House) -> str:
    left = {
        "claims": "select state, lane, reasons, count(*) from claims_claim group by 1, 2, 3",
        "signals": "select * from risk_signal",
        "reactions": "select * from journal_reaction where state <> 'DONE'",
        "payouts": "select state, problem, attempts, due_at - now(), leased_until - now()"
        " from payments_payout where state <> 'SETTLED'",
        "uploads": "select state, count(*) from documents_upload group by 1",
        "jobs": "select status, task_name, attempts, count(*) from procrastinate_jobs group by 1, 2, 3",
    }
    found = [f"{name}: {rows(house, sql)}" for name, sql in left.items()]
    with sqlite3.connect(house.bank_file) as bank:
        found.append(
            f"notices: {bank.execute('select due_at, tries from notice where done = 0').fetchall()}"
        )
    return "\n".join(
        [*found, *(f"{name}: {house.log(name)}" for name in ("worker", "web", "bank"))]
    )


def every_claim_is_paid_once(house: House) -> None:
    payouts = rows(house, "select about, bank_key, amount, state from payments_payout")
    owed = rows(
        house, "select 'claim:' || id, benefit_amount, paid_amount, outcome from claims_claim"
    )
    assert {about for about, *_ in payouts} == {about for about, *_ in owed}
    assert len(payouts) == len(owed) == COUNT
    assert {state for *_, state in payouts} == {"SETTLED"}
    assert {outcome for *_, outcome in owed} == {"PAID"}
    paid = {about: amount for about, _, amount, _ in payouts}
    assert all(paid[about] == benefit == settled > 0 for about, benefit, settled, _ in owed)
    with sqlite3.connect(house.bank_file) as bank:
        executed = bank.execute("select key, amount, state from payment").fetchall()
    assert sorted(key for key, *_ in executed) == sorted(key.hex for _, key, *_ in payouts)
    assert sorted(amount for _, amount, _ in executed) == sorted(str(a) for _, _, a, _ in payouts)
    assert {state for *_, state in executed} == {"SETTLED"}
    used = rows(house, "select sum(paid) from policies_benefituse")
    assert used == [(sum(paid.values()),)], "the policies' limits know of each payment once"


def every_message_is_written_once(house: House) -> None:
    written = rows(
        house,
        "select template, recipient, about, count(*) from messaging_message"
        " where copy_of_id is null group by 1, 2, 3",
    )
    assert [line for line in written if line[3] != 1] == []
    for template in ONCE:
        assert len([line for line in written if line[0] == template]) == COUNT, template
    assert (
        rows(
            house,
            "select id, state, problem from messaging_message"
            " where not_before < now() - interval '5 seconds' and state not in ('SENT', 'DELIVERED')",
        )
        == []
    )


def no_reaction_is_lost(house: House) -> None:
    stood = stand(house)
    assert stood["reactions_done"] == stood["reactions_owed"] > COUNT
    for kind in ("claims.claim_reported", "claims.claim_approved", "claims.claim_paid"):
        said = rows(
            house, f"select subject, count(*) from journal_event where kind = '{kind}' group by 1"
        )
        assert [n for _, n in said] == [1] * COUNT, kind


def clocks_agree_with_the_journal(house: House) -> None:
    clocks = rows(house, "select subject, code, ordinal, state, met_by from obligations_clock")
    assert len({(subject, code, ordinal) for subject, code, ordinal, *_ in clocks}) == len(clocks)
    assert len({subject for subject, *_ in clocks if subject.startswith("claim:")}) == COUNT
    running = {
        (code, state)
        for subject, code, _, state, _ in clocks
        if subject.startswith("claim:") and state in {"RUNNING", "PAUSED", "BREACHED"}
    }
    assert running == set(), "a closed claim keeps nobody waiting"
    assert (
        rows(
            house,
            "select c.id from obligations_clock c left join journal_event e on e.id = c.met_by"
            " where c.state = 'MET' and e.id is null",
        )
        == []
    )
