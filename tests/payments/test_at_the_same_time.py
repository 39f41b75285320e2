"""Real connections, real threads, real processes killed with SIGKILL."""

import contextlib
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import pytest
from django.db import close_old_connections, connection

from tests import make, processes
from tests.payments import desk
from yilu.gateways import bank, sandbox_bank
from yilu.journal.models import Event
from yilu.kernel import tx
from yilu.kernel.refs import Ref
from yilu.payments import jobs, operations
from yilu.payments.models import BankNotice, Payout

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*functions):
    """Run every function in a thread and connection of its own, let go together; results in order."""
    gate = threading.Barrier(len(functions))

    def run(function):
        try:
            gate.wait()
            return function()
        except Exception as fault:  # noqa: BLE001
            return fault
        finally:
            connection.close()

    with ThreadPoolExecutor(len(functions)) as threads:
        return list(threads.map(run, functions))


def test_two_notices_at_once_settle_once(settings):
    payout = desk.payout_ending("7777")
    with desk.practice_bank(settings) as fake:
        desk.send()
    notices = []
    for n in range(6):
        # Three messages, each delivered twice with signatures of different seconds.
        body = json.dumps(
            {
                "id": f"m{n // 2}",
                "key": payout.bank_key.hex,
                "state": "SETTLED",
                "amount": "1234.50",
            }
        ).encode()
        timestamp = str(int(desk.at(n).timestamp()))
        notices.append((body, bank.sign(fake.secret, timestamp, body), timestamp))

    results = at_once(
        *(
            lambda b=b, s=s, t=t: operations.receive_bank_notice(
                body=b, signature=s, timestamp=t, at=desk.at()
            )
            for b, s, t in notices
        )
    )

    assert sorted(results) == ["NONE"] * 5 + ["SETTLED"]
    assert BankNotice.objects.count() == 3
    assert Event.objects.filter(kind="payments.payout_settled").count() == 1


def test_several_senders_send_each_payment_once(settings):
    payouts = [desk.payout_ending(f"7{n:03d}") for n in range(12)]
    with desk.practice_bank(settings) as fake:
        sent = []
        send, fake.send = fake.send, lambda i: (sent.append(i.key), send(i))[1]
        at_once(*[desk.send] * 4)

    assert sorted(sent) == sorted(p.bank_key.hex for p in payouts)
    assert set(Payout.objects.values_list("state", flat=True)) == {"SENT"}


def test_the_same_request_at_once_is_one_payout():
    party_id = make.party(make.office())
    account_id = make.account(party_id)
    about = Ref("claim", 4711)
    ids = at_once(*[lambda: make.payout(party_id, account_id=account_id, about=about)] * 5)
    assert len(set(ids)) == 1
    assert Payout.objects.count() == 1


def test_reissuing_at_once_is_one_replacement(settings):
    payout = desk.payout_ending("0001")
    with desk.practice_bank(settings) as fake:
        desk.send()
        desk.hear_all(fake)
    account_id = make.account(payout.to_party_id)
    reissue = tx.use_case(operations.reissue_payout)
    ids = at_once(
        *[
            lambda: reissue(
                payout_id=payout.pk, account_id=account_id, actor=Ref("staff", 1), at=desk.at(20)
            )
        ]
        * 4
    )
    assert len(set(ids)) == 1
    assert Payout.objects.filter(replaces=payout).count() == 1


def send_all(at: datetime) -> None:
    idle = 0
    while idle < 3:
        idle = 0 if jobs.send_due(at, limit=1) else idle + 1


def test_killed_for_real_pays_exactly_once(tmp_path, settings):
    payouts = [desk.payout_ending("7777" if n % 4 else "0008") for n in range(8)]
    file, port = tmp_path / "bank.sqlite3", _free_port()
    bank_url, secret = f"http://127.0.0.1:{port}", "s" * 20
    environment = {
        **os.environ,
        "DATABASE_URL": processes.url(),
        "YILU_BANK_URL": bank_url,
        "YILU_BANK_SECRET": secret,
        "YILU_WAKE": "0",
    }
    with contextlib.ExitStack() as stack:
        bank_process = stack.enter_context(_bank(port, file, environment))
        for round in range(30):
            sender = processes.start(
                send_all, desk.at(700 * round), BANK_URL=bank_url, BANK_SECRET=secret
            )
            until = 2 * round + 2
            while sender.is_alive() and _executed(file) < until <= len(payouts):
                sender.join(0.002)
            if until <= len(payouts):
                sender.kill()
                if round == 1:
                    bank_process.send_signal(signal.SIGKILL)
                    bank_process.wait()
                    stack.enter_context(_bank(port, file, environment))
            sender.join()
            if not Payout.objects.filter(state__in=["REQUESTED", "SENDING"]).exists():
                break

    with sqlite3.connect(file) as ledger:
        keys = [row[0] for row in ledger.execute("select key from payment")]
    assert sorted(keys) == sorted(p.bank_key.hex for p in payouts)
    assert not Payout.objects.exclude(state__in=["SENT", "SETTLED"]).exists()
    close_old_connections()


@contextlib.contextmanager
def _bank(port, file, environment):
    process = subprocess.Popen(
        [sys.executable, "-m", "yilu.gateways.sandbox_bank", "--port", str(port), "--file", str(file),
         "--delay", "0", "--hang", "0"],
        env=environment, stderr=subprocess.PIPE,
    )  # fmt: skip
    try:
        while process.poll() is None:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(0.02)
        yield process
    finally:
        process.kill()
        process.wait()
        process.stderr.close()


def _executed(file: Path) -> int:
    with (
        contextlib.suppress(sqlite3.Error),
        sqlite3.connect(f"file:{file}?mode=ro", uri=True) as ledger,
    ):
        return ledger.execute("select count(*) from payment").fetchone()[0]
    return 0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_the_bank_keeps_what_it_took_when_it_is_killed(tmp_path):
    file = tmp_path / "bank.sqlite3"
    order = {
        "key": "k",
        "amount": "5.00",
        "account": sandbox_bank.card_ending("7777"),
        "holder": "林",
    }
    with sandbox_bank.Counter(str(file), delay=1) as first:
        assert first.take(order, 100.0).content["state"] == "PROCESSING"
    with sandbox_bank.Counter(str(file), delay=1) as again:
        assert again.take(order, 102.0).content["state"] == "SETTLED"
        assert len(again.executions()) == 1
        assert len(again.due_notices(102.0)) == 1
