"""Promising messages with the change they tell of, sending them within a second, text messages over a line."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime

import bench
from bench import insurer, payments

AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
USE_CASES, MESSAGES_EACH = 300, 3
RATE, SECONDS = 500, 20
LANES = 4
PEOPLE = 200
TEXTED = 2_000
TEXTS = 6_000


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
    _send_texts()
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


def _send_texts() -> None:
    """The sender's whole way for text messages: taken up, said, handed over in parts, receipts noted."""
    from yilu.gateways import opening
    from yilu.messaging import channels, jobs

    promise, parties = _telling(), _people()
    for n in range(TEXTED):
        promise(parties[n % PEOPLE], n)
    sent = 0
    ways = {"SMS": channels.TextMessage([opening.open_gateway("sandbox://bench")])}
    with channels.use(ways), bench.core_seconds() as cpu:
        while done := jobs.send_due(datetime.now(UTC)):
            sent += done
    bench.also(
        "messaging.send_texts", sent / cpu.total, "messages/core-s",
        note=f"{sent} text messages of two parts to the practice gateway, receipts noted; {cpu}",
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


@bench.measure("messaging.latency", unit="s", at_most=1.0)
def latency() -> bench.Value:
    """
    From the event to the gateway, 99 % within, at 500 events a second.

    Each event is a use case of its own, in a process of its own, that records a fact and promises a text
    message. A real worker process takes it up, says it, hands it to the practice gateway, notes the moment
    in the message's row, and notes the receipts that come back.
    """
    parties = _people()
    with _worker():
        told, took = _tell(parties)
        until = time.monotonic() + 30
        while (waits := _waits())["gone"] < told and time.monotonic() < until:
            time.sleep(0.2)
        time.sleep(2.0)
        waits = _waits()
    if waits["gone"] < told:
        return bench.Value(
            float("inf"), note=f"only {waits['gone']} of {told} left in time; the others: {_left()}"
        )
    return bench.Value(
        waits["p99"],
        note=f"{told} events at {told / took:.0f} a second; median {waits['median'] * 1000:.0f} ms, longest"
        f" {waits['longest'] * 1000:.0f} ms; {waits['arrived']} with their receipts noted",
    )


@contextmanager
def _worker():
    """``yilu worker``: reactions and ticks, with the practice gateway for text messages."""
    env = {
        **os.environ, "YILU_SMS_URL": "sandbox://bench", "DATABASE_URL": _database(),
        "DJANGO_SETTINGS_MODULE": "yilu.site.settings",
    }  # fmt: skip
    command = [sys.executable, "-m", "django", "worker", "--only", "reactions"]
    process = subprocess.Popen(command, env=env, cwd=bench.ROOT)
    try:
        time.sleep(4.0)  # it imports every room
        yield
    finally:
        process.terminate()
        process.wait(30)


def _database() -> str:
    return os.environ["DATABASE_URL"]


def _people() -> list[int]:
    from yilu.kernel.refs import SYSTEM
    from yilu.people import operations as people

    office_id = insurer.insurer()
    return [
        people.register_party(
            kind="PERSON", name="王小一", phone=f"1370{n + 100:07d}", office_id=office_id, sex="FEMALE",
            birth_date=date(1990, 1, 1), actor=SYSTEM, at=AT,
        )
        for n in range(PEOPLE)
    ]  # fmt: skip


def _tell(parties: list[int]) -> tuple[int, float]:
    """Use cases by the clock, 500 a second on four connections; how many, and in how many seconds."""
    from django.db import connection

    promise = _telling()
    began = time.perf_counter()

    def lane(start: int) -> None:
        for n in range(start, RATE * SECONDS, LANES):
            wait = began + n / RATE - time.perf_counter()
            if wait > 0:
                time.sleep(wait)
            promise(parties[n % PEOPLE], n)
        connection.close()

    with ThreadPoolExecutor(LANES) as pool:
        list(pool.map(lane, range(LANES)))
    return RATE * SECONDS, time.perf_counter() - began


def _telling():
    from yilu.journal import operations as journal
    from yilu.kernel import tx
    from yilu.kernel.refs import SYSTEM, Ref
    from yilu.messaging import operations
    from yilu.messaging.events import OptedIn

    @tx.use_case
    def promise(party_id: int, n: int) -> None:
        now, about = datetime.now(UTC), Ref("claim", n)
        # Any small fact stands for the event the message tells of.
        journal.record(OptedIn(reply_id=n, channel="SMS"), about=about, actor=SYSTEM, at=now)
        operations.queue(
            "claims.paid", to=Ref("party", party_id), about=about, at=now,
            facts={"claim": f"LP{n}", "amount": "1234.50"},
        )  # fmt: skip

    return promise


def _left() -> str:
    from yilu.kernel import tx

    rows = tx.rows(
        "select state, channel, problem, count(*) from messaging_message"
        " where template = 'claims.paid' and (sent_at is null or channel <> 'SMS') group by 1, 2, 3"
    )
    return "; ".join(
        f"{n} {state} {channel} {problem}".strip() for state, channel, problem, n in rows
    )


def _waits() -> dict[str, float]:
    from yilu.kernel import tx

    ((gone, arrived, median, p99, longest),) = tx.rows(
        """
        select count(s), count(*) filter (where state = 'DELIVERED'), coalesce(percentile_cont(0.5)
               within group (order by s), 0), coalesce(percentile_cont(0.99) within group (order by s), 0),
               coalesce(max(s), 0)
          from (select state, extract(epoch from sent_at - promised_at) as s
                  from messaging_message where template = 'claims.paid' and channel = 'SMS') as told
        """
    )
    return {
        "gone": gone, "arrived": arrived, "median": float(median), "p99": float(p99),
        "longest": float(longest),
    }  # fmt: skip


@bench.measure("messaging.smpp", unit="messages/s", at_least=500)
def smpp() -> bench.Value:
    """
    Text messages over one SMPP line to a message centre on this machine, every receipt back.

    Client and message centre are both ours and share the machine's cores.
    """
    from yilu.gateways import opening, sandbox_smsc, sms
    from yilu.kernel import short_texts

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = "【一路人寿】王女士您好，赔款1,234.50元已到账，请核对。"
    texts = [
        sms.Text(f"k{n}", f"+86137{n:08d}", words, short_texts.split(words))
        for n in range(10, TEXTS + 10)
    ]
    with sandbox_smsc.Background(sandbox_smsc.Centre(port)):
        gateway = opening.open_gateway(
            f"smpp://yilu:secret@127.0.0.1:{port}?source=10690000&window=100"
        )
        receipts = accepted = 0
        began = time.perf_counter()
        for place in range(0, TEXTS, 200):
            answers = gateway.submit(texts[place : place + 200])
            accepted += sum(isinstance(answer, sms.Accepted) for answer in answers)
            receipts += len(gateway.collect()[0])
        until = time.monotonic() + 10
        while receipts < accepted and time.monotonic() < until:
            time.sleep(0.02)
            receipts += len(gateway.collect()[0])
        took = time.perf_counter() - began
        with suppress(Exception):
            gateway.close()
    return bench.Value(
        TEXTS / took if receipts == TEXTS else 0.0,
        note=f"{TEXTS} handed in, {accepted} accepted, {receipts} receipts, in {took:.1f} s",
    )
