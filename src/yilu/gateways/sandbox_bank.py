"""
A bank to practise with: executes each key once, answers later by webhook, and fails on demand.

Run it as ``python -m yilu.gateways.sandbox_bank --port 8001 --hook URL --secret … --file bank.sqlite3``. What it took
is in its file before it answers: kill it at any time and it goes on where it was. The last four digits
of the account choose how it behaves (``BEHAVIOURS``); any other account is paid after ``--delay`` seconds.
"""

from __future__ import annotations

import argparse
import hashlib
import http.client
import json
import logging
import os
import sqlite3
import threading
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from yilu.gateways import bank, sandbox_collecting

log = logging.getLogger(__name__)

BEIJING = timezone(timedelta(hours=8))
SIGNATURE_SECONDS = 300
REQUEST_MAX = 1_000_000


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What the bank does with a payment to an account; the defaults are a bank on a good day."""

    label: str
    reason: str = ""  # why it is rejected; empty: it is paid
    busy_times: int = 0  # how often it answers 503 before it takes the instruction at all
    delay_factor: float = 1.0
    answers: bool = True  # False: executes, then the answer to us never comes
    notices: tuple[str, ...] = ("END",)  # END twice, ACCEPTED late, SETTLED after REJECTED …


BEHAVIOURS: Mapping[str, Behaviour] = {
    "0001": Behaviour("rejects: no such account", reason="ACCOUNT_NOT_FOUND"),
    "0002": Behaviour("rejects: name and number differ", reason="NAME_MISMATCH"),
    "0003": Behaviour("rejects: account closed", reason="ACCOUNT_CLOSED"),
    "0004": Behaviour("is busy twice, then pays", busy_times=2),
    "0005": Behaviour("pays late", delay_factor=20.0),
    "0006": Behaviour("tells twice", notices=("END", "AGAIN", "END")),
    "0007": Behaviour(
        "tells out of order: the end first, then that it began", notices=("END", "ACCEPTED")
    ),
    "0008": Behaviour("pays, but its answer never comes", answers=False),
    "0009": Behaviour("pays and never tells", notices=()),
    "0010": Behaviour("contradicts itself", reason="OTHER", notices=("END", "SETTLED")),
    "0011": Behaviour("rejects, and its answer never comes", reason="NAME_MISMATCH", answers=False),
}
"""By the last four digits of the account."""

ORDINARY = Behaviour("pays")
PRACTICE = "a secret to practise with"
LIMIT_DEFAULT = Decimal("5000000.00")


def card_ending(suffix: str, seed: int = 0) -> str:
    """A made-up card number (62…, right check digit) that ends with the four digits given."""
    for filler in range(10):
        number = f"622200{seed % 100_000_000:08d}" + str(filler) + suffix
        total = 0
        for place, digit in enumerate(reversed(number)):
            value = int(digit) * (2 if place % 2 else 1)
            total += value - 9 if value > 9 else value
        if total % 10 == 0:
            return number
    raise AssertionError("one of ten fillers always gives a right check digit")


@dataclass(frozen=True, slots=True)
class Reply:
    """What the counter says to a request; ``status`` 0 is silence."""

    status: int
    content: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Notice:
    """A message the bank still has to deliver."""

    id: str
    body: bytes


class Counter:
    """The bank itself, whatever stands between it and us: a file and its rules."""

    def __init__(
        self, file: str = ":memory:", *, delay: float = 1.0, limit: Decimal = LIMIT_DEFAULT
    ) -> None:
        self.delay, self.limit = delay, limit
        self._lock = threading.Lock()
        self._db = sqlite3.connect(file, check_same_thread=False, isolation_level=None)
        self._db.executescript(
            """
            pragma journal_mode = wal;
            pragma synchronous = full;
            create table if not exists payment (
                key text primary key, digest text not null, reference text not null, amount text not null,
                state text not null, reason text not null, ends_at real not null, taken_at real not null);
            create table if not exists busy (key text primary key, times integer not null);
            create table if not exists notice (
                n integer primary key, id text not null, key text not null, said text not null,
                due_at real not null, tries integer not null default 0, done integer not null default 0);
            create index if not exists notice_due on notice (due_at) where done = 0;
            """
        )

    def __enter__(self) -> Counter:
        return self

    def __exit__(self, *_: object) -> None:
        self._db.close()

    def take(self, order: Mapping[str, Any], now: float) -> Reply:
        """Take an instruction: execute it, once for its key, and say so or not."""
        try:
            key, amount = str(order["key"]), Decimal(str(order["amount"]))
            account, holder = str(order["account"]), str(order["holder"])
        except (KeyError, ArithmeticError):
            return Reply(400, {"problem": "malformed"})
        if amount <= 0 or amount != amount.quantize(Decimal("0.01")) or not key or not holder:
            return Reply(400, {"problem": "malformed"})
        behaviour = BEHAVIOURS.get(account[-4:], ORDINARY)
        if amount > self.limit:
            behaviour = replace(behaviour, reason="LIMIT")
        digest = hashlib.sha256(f"{amount}|{account}|{holder}".encode()).hexdigest()
        with self._lock:
            known = self._db.execute("select digest from payment where key = ?", [key]).fetchone()
            if known is not None:
                return (
                    self._reply(key, now) if known[0] == digest else Reply(409, {"problem": "key"})
                )
            if behaviour.busy_times and self._is_busy(key, behaviour.busy_times):
                return Reply(503, {"problem": "busy"})
            self._execute(key, digest, amount, behaviour, now)
        if not behaviour.answers:
            return Reply(0, {})
        return self._reply(key, now)

    def find(self, key: str, now: float) -> Reply:
        """What became of a key."""
        known = self._db.execute("select 1 from payment where key = ?", [key]).fetchone()
        return self._reply(key, now) if known else Reply(404, {})

    def statement(self, day: date) -> Reply:
        """Everything paid on a day."""
        start = datetime(day.year, day.month, day.day, tzinfo=BEIJING).timestamp()
        rows = self._db.execute(
            "select reference, key, amount, ends_at from payment where state = 'SETTLED'"
            " and ends_at >= ? and ends_at < ? order by ends_at, reference",
            [start, start + 86400],
        ).fetchall()
        lines = [
            {
                "reference": reference,
                "key": key,
                "amount": amount,
                "booked_at": datetime.fromtimestamp(ends_at, UTC).isoformat(),
            }
            for reference, key, amount, ends_at in rows
        ]
        return Reply(200, {"day": day.isoformat(), "lines": lines})

    def due_notices(self, now: float, limit: int = 50) -> list[tuple[int, Notice]]:
        """What is to be delivered now, oldest first, with the number to tick it off by."""
        rows = self._db.execute(
            "select n, id, key, said from notice where done = 0 and due_at <= ? order by due_at, n limit ?",
            [now, limit],
        ).fetchall()
        return [(n, Notice(id, self._body(id, key, said))) for n, id, key, said in rows]

    def tick_off(self, n: int, delivered: bool, now: float) -> None:
        """Remember that a notice was delivered, or when to try again."""
        with self._lock:
            if delivered:
                self._db.execute("update notice set done = 1 where n = ?", [n])
            else:
                self._db.execute(
                    "update notice set tries = tries + 1, due_at = ? + min(60, 1 << min(tries, 6)) where n = ?",
                    [now, n],
                )

    def executions(self) -> list[tuple[str, str, str]]:
        """Every payment ever executed (key, amount, state): what a test counts."""
        return self._db.execute(
            "select key, amount, state from payment order by taken_at"
        ).fetchall()

    def _execute(self, key: str, digest: str, amount: Decimal, how: Behaviour, now: float) -> None:
        ends_at = now + self.delay * how.delay_factor
        state = "REJECTED" if how.reason else "SETTLED"
        self._db.execute("begin immediate")
        self._db.execute(
            "insert into payment values (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                key, digest, f"SB{uuid.uuid4().hex[:18].upper()}", str(amount), state, how.reason,
                ends_at, now,
            ],
        )  # fmt: skip
        first = uuid.uuid4().hex
        for place, said in enumerate(how.notices):
            # AGAIN is the first message once more, under its own id; END again is a second message.
            id = first if said == "AGAIN" or place == 0 else uuid.uuid4().hex
            says = state if said in {"END", "AGAIN"} else said
            self._db.execute(
                "insert into notice (id, key, said, due_at) values (?, ?, ?, ?)",
                [id, key, says, ends_at + 0.2 * place],
            )
        self._db.execute("commit")

    def _is_busy(self, key: str, times: int) -> bool:
        self._db.execute("insert into busy values (?, 0) on conflict do nothing", [key])
        self._db.execute("update busy set times = times + 1 where key = ?", [key])
        return bool(
            self._db.execute("select times <= ? from busy where key = ?", [times, key]).fetchone()[
                0
            ]
        )

    def _reply(self, key: str, now: float) -> Reply:
        reference, amount, state, reason, ends_at = self._db.execute(
            "select reference, amount, state, reason, ends_at from payment where key = ?", [key]
        ).fetchone()
        if now < ends_at:
            state, reason = "PROCESSING", ""
        return Reply(
            200,
            {
                "key": key,
                "reference": reference,
                "amount": amount,
                "state": state,
                "reason": reason,
            },
        )

    def _body(self, id: str, key: str, said: str) -> bytes:
        reference, amount, reason, ends_at = self._db.execute(
            "select reference, amount, reason, ends_at from payment where key = ?", [key]
        ).fetchone()
        happened_at = datetime.fromtimestamp(ends_at, UTC).isoformat()
        return json.dumps(
            {
                "id": id, "key": key, "reference": reference, "amount": amount, "state": said,
                "reason": reason if said == "REJECTED" else "", "happened_at": happened_at,
            }
        ).encode()  # fmt: skip


class FakeBank:
    """The same bank inside the process, without network: for tests and benchmarks."""

    def __init__(self, *, delay: float = 0.0, secret: str = PRACTICE, now: float = 0.0) -> None:
        self.counter = Counter(delay=delay)
        self.secret = secret
        self.now = now or time.time()

    def send(self, instruction: bank.Instruction) -> bank.Answer:
        reply = self.counter.take(
            {
                "key": instruction.key, "amount": str(instruction.amount),
                "account": instruction.account_number, "holder": instruction.holder_name,
            },
            self.now,
        )  # fmt: skip
        if reply.status == 0 or reply.status >= 500:
            raise bank.AnswerUnknown(str(reply.status))
        if reply.status == 409:
            raise bank.BankRefuses("409")
        if reply.status >= 400:
            return bank.Answer("REJECTED", "", "OTHER")
        return _read(reply)

    def find(self, key: str) -> bank.Answer | None:
        reply = self.counter.find(key, self.now)
        return None if reply.status == 404 else _read(reply)

    def statement(self, day: date) -> tuple[bank.Booking, ...]:
        return tuple(
            bank.Booking(
                line["reference"],
                line["key"],
                Decimal(line["amount"]),
                datetime.fromisoformat(line["booked_at"]),
            )
            for line in self.counter.statement(day).content["lines"]
        )

    def notices(self) -> list[tuple[bytes, str, str]]:
        """The requests the bank would make now: body, signature, timestamp. They count as delivered."""
        made = []
        for n, notice in self.counter.due_notices(self.now + 3600):
            timestamp = str(int(self.now) + n % 240)  # each delivery has its own time, as in life
            made.append((notice.body, bank.sign(self.secret, timestamp, notice.body), timestamp))
            self.counter.tick_off(n, True, self.now)
        return made


def _read(reply: Reply) -> bank.Answer:
    said = reply.content
    return bank.Answer(said["state"], said["reference"], said["reason"], Decimal(said["amount"]))


class _Desk(BaseHTTPRequestHandler):
    """The bank's HTTP counter."""

    protocol_version = "HTTP/1.1"
    counter: Counter
    collecting: sandbox_collecting.Counter
    secret: str
    hang_seconds: float

    def do_POST(self) -> None:
        body = self.rfile.read(min(int(self.headers.get("Content-Length") or 0), REQUEST_MAX))
        if not self._is_signed(body):
            return self._say(Reply(401, {"problem": "signature"}))
        try:
            order = json.loads(body)
        except ValueError:
            return self._say(Reply(400, {"problem": "malformed"}))
        if self.path == "/payments":
            reply = self.counter.take(order, time.time())
        else:
            reply = self._collect(order)
        if reply.status == 0:
            time.sleep(self.hang_seconds)
            self.close_connection = True
            return None
        return self._say(reply)

    def _collect(self, order: Any) -> Reply:
        """What belongs to the collecting side."""
        now = time.time()
        try:
            if self.path == "/collections":
                answers = self.collecting.take(order["orders"], now)
                return Reply(0, {}) if answers is None else Reply(200, {"answers": answers})
            if self.path == "/collections/find":
                return Reply(200, {"answers": self.collecting.find(order["keys"], now)})
            if self.path == "/refunds":
                state = self.collecting.refund(order["key"], order["collection"], order["amount"])
                return Reply(200, {"state": state})
        except (KeyError, TypeError, ArithmeticError):
            return Reply(400, {"problem": "malformed"})
        return Reply(404, {})

    def do_GET(self) -> None:
        if self.path == "/health":
            return self._say(Reply(200, {"ok": True}))
        if not self._is_signed(self.path.encode()):
            return self._say(Reply(401, {"problem": "signature"}))
        kind, _, name = self.path.lstrip("/").partition("/")
        if kind == "payments" and name:
            return self._say(self.counter.find(unquote(name), time.time()))
        if kind in {"statements", "collected"}:
            try:
                day = date.fromisoformat(name)
                if kind == "collected":
                    lines = self.collecting.statement(day)
                    return self._say(Reply(200, {"day": name, "lines": lines}))
                return self._say(self.counter.statement(day))
            except ValueError:
                return self._say(Reply(400, {"problem": "day"}))
        return self._say(Reply(404, {}))

    def _is_signed(self, content: bytes) -> bool:
        timestamp = self.headers.get(bank.TIMESTAMP_HEADER, "")
        if not timestamp.isdigit() or abs(time.time() - int(timestamp)) > SIGNATURE_SECONDS:
            return False
        return bank.is_signed(
            self.secret, timestamp, content, self.headers.get(bank.SIGNATURE_HEADER, "")
        )

    def _say(self, reply: Reply) -> None:
        body = json.dumps(reply.content).encode()
        self.send_response(reply.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        log.info(format, *args)


class Messenger(threading.Thread):
    """Delivers notices to the hook until each is taken."""

    def __init__(
        self, counter: Counter | sandbox_collecting.Counter, hook: str, secret: str
    ) -> None:
        super().__init__(daemon=True)
        self.counter, self.secret, self.stopping = counter, secret, threading.Event()
        self.hook = urlsplit(hook)

    def run(self) -> None:
        while not self.stopping.wait(0.1):
            for n, notice in self.counter.due_notices(time.time()):
                self.counter.tick_off(n, self._deliver(notice), time.time())

    def _deliver(self, notice: Notice | bytes) -> bool:
        body = notice if isinstance(notice, bytes) else notice.body
        timestamp = str(int(time.time()))
        make = (
            http.client.HTTPSConnection
            if self.hook.scheme == "https"
            else http.client.HTTPConnection
        )
        connection = make(self.hook.hostname or "", self.hook.port, timeout=10)
        headers = {
            bank.TIMESTAMP_HEADER: timestamp,
            bank.SIGNATURE_HEADER: bank.sign(self.secret, timestamp, body),
            "Content-Type": "application/json",
        }
        try:
            connection.request("POST", self.hook.path or "/", body, headers)
            status = connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()
        # 409: they have this message already.
        return 200 <= status < 300 or status == 409


def serve(options: argparse.Namespace) -> ThreadingHTTPServer:
    """The server, listening on loopback, with its messenger running; ``serve_forever`` starts it."""
    file = ":memory:" if options.file == ":memory:" else str(Path(options.file))
    counter = Counter(file, delay=options.delay, limit=Decimal(options.limit))
    collecting = sandbox_collecting.Counter(file, delay=options.delay)
    desk = type(
        "Desk",
        (_Desk,),
        {
            "counter": counter, "collecting": collecting, "secret": options.secret,
            "hang_seconds": options.hang,
        },
    )  # fmt: skip
    server = ThreadingHTTPServer(("127.0.0.1", options.port), desk)
    server.daemon_threads = True
    if options.hook:
        Messenger(counter, options.hook, options.secret).start()
        beside = options.hook.rstrip("/").rpartition("/")[0] + "/collections"
        Messenger(collecting, beside, options.secret).start()
    return server


def options_of(arguments: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="sandbox_bank", description=(__doc__ or "").split("\n\n")[0]
    )
    parser.add_argument("--port", type=int, default=8001)
    parser.add_argument(
        "--hook", default="", help="where notices are posted; none are sent without it"
    )
    parser.add_argument("--secret", default=os.environ.get("YILU_BANK_SECRET", ""))
    parser.add_argument("--file", default=":memory:", help="where payments are kept (SQLite)")
    parser.add_argument(
        "--delay", type=float, default=3.0, help="seconds from instruction to payment"
    )
    parser.add_argument(
        "--hang", type=float, default=1.0, help="seconds of silence where no answer comes"
    )
    parser.add_argument(
        "--limit", default=str(LIMIT_DEFAULT), help="largest single payment in yuan"
    )
    options = parser.parse_args(arguments)
    if not options.secret:
        parser.error("--secret or YILU_BANK_SECRET is needed: every request is signed")
    return options


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING)
    try:
        serve(options_of()).serve_forever()
    except KeyboardInterrupt:
        log.info("stopped")
