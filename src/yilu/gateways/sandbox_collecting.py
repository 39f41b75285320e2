"""
The collecting side of the sandbox bank: takes each key once, answers later, fails on demand.

The last four digits of the account choose how a debit or a card behaves (``BEHAVIOURS``); a wallet has no
account of ours, so the order's ``rehearsal`` names the failure to play. See ``sandbox_bank`` for how to run it.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import threading
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from yilu.gateways import bank
from yilu.gateways.collecting import REASONS, Answer, Order

BEIJING = timezone(timedelta(hours=8))
PRACTICE = "a secret to practise with"


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What becomes of an order; the defaults are a payer with money."""

    label: str
    reason: str = ""
    fails_times: int = 1_000_000  # with a reason: how many orders of this account fail first
    delay_factor: float = 1.0
    answers: bool = True  # False: takes the order, then the answer to us never comes
    notices: tuple[str, ...] = ("END",)


ORDINARY = Behaviour("pays")
BEHAVIOURS: Mapping[str, Behaviour] = {
    "0003": Behaviour("account closed", reason="ACCOUNT_CLOSED"),
    "0101": Behaviour("never enough money", reason="INSUFFICIENT_FUNDS"),
    "0102": Behaviour("not enough money once, then pays", "INSUFFICIENT_FUNDS", fails_times=1),
    "0103": Behaviour("no debit agreement", reason="NO_MANDATE"),
    "0104": Behaviour("above the card's limit", reason="LIMIT"),
    "0105": Behaviour("pays late", delay_factor=20.0),
    "0106": Behaviour("tells twice", notices=("END", "AGAIN", "END")),
    "0107": Behaviour("tells the end first, then that it began", notices=("END", "ACCEPTED")),
    "0108": Behaviour("pays, its answer never comes", answers=False),
    "0109": Behaviour("pays and never tells", notices=()),
    "0110": Behaviour("contradicts itself", "INSUFFICIENT_FUNDS", notices=("END", "COLLECTED")),
}
"""By the last four digits of the account."""

_SCHEMA = """
    pragma journal_mode = wal;
    pragma synchronous = full;
    create table if not exists collected (
        key text primary key, digest text not null, reference text not null, amount text not null,
        state text not null, reason text not null, ends_at real not null, taken_at real not null);
    create table if not exists account_failed (account text primary key, times integer not null);
    create table if not exists refunded (
        key text primary key, collection text not null, amount text not null, state text not null);
    create table if not exists collection_notice (
        n integer primary key, id text not null, key text not null, said text not null,
        due_at real not null, tries integer not null default 0, done integer not null default 0);
    create index if not exists collection_notice_due on collection_notice (due_at) where done = 0;
"""


class Counter:
    """The collecting bank itself: a file and its rules."""

    def __init__(self, file: str = ":memory:", *, delay: float = 1.0) -> None:
        self.delay = delay
        self._lock = threading.Lock()
        self._db = sqlite3.connect(file, check_same_thread=False, isolation_level=None)
        self._db.executescript(_SCHEMA)

    def __enter__(self) -> Counter:
        return self

    def __exit__(self, *_: object) -> None:
        self._db.close()

    def take(self, orders: Sequence[Mapping[str, Any]], now: float) -> list[dict[str, Any]] | None:
        """Take a batch, each key once; None is silence after taking it."""
        answers, silent = [], False
        for order in orders:
            how = _behaviour(order)
            silent = silent or not how.answers
            digest = hashlib.sha256(
                f"{order['amount']}|{order['method']}|{order['account']}".encode()
            ).hexdigest()
            with self._lock:
                known = self._db.execute(
                    "select digest from collected where key = ?", [order["key"]]
                ).fetchone()
                if known is None:
                    self._take(order, digest, how, now)
                elif known[0] != digest:
                    continue  # another order under a known key gets no answer
            answers += self.find([str(order["key"])], now)
        return None if silent else answers

    def find(self, keys: Sequence[str], now: float) -> list[dict[str, Any]]:
        """What became of keys; unknown ones are left out."""
        answers = []
        for key in keys:
            row = self._db.execute(
                "select reference, amount, state, reason, ends_at from collected where key = ?",
                [key],
            ).fetchone()
            if row is not None:
                under_way = now < row[4]
                answers.append(
                    {
                        "key": key, "reference": row[0], "amount": row[1],
                        "state": "PROCESSING" if under_way else row[2],
                        "reason": "" if under_way else row[3],
                    }
                )  # fmt: skip
        return answers

    def statement(self, day: date) -> list[dict[str, Any]]:
        """Everything collected on a day."""
        start = datetime(day.year, day.month, day.day, tzinfo=BEIJING).timestamp()
        rows = self._db.execute(
            "select reference, key, amount, ends_at from collected where state = 'COLLECTED'"
            " and ends_at >= ? and ends_at < ? order by ends_at, reference",
            [start, start + 86400],
        ).fetchall()
        return [
            {
                "reference": reference, "key": key, "amount": amount,
                "booked_at": datetime.fromtimestamp(ends_at, UTC).isoformat(),
            }
            for reference, key, amount, ends_at in rows
        ]  # fmt: skip

    def refund(self, key: str, collection: str, amount: str) -> str:
        """Give back once for a key, never more than was collected."""
        with self._lock:
            known = self._db.execute("select state from refunded where key = ?", [key]).fetchone()
            if known is not None:
                return str(known[0])
            paid = self._db.execute(
                "select amount from collected where key = ? and state = 'COLLECTED'", [collection]
            ).fetchone()
            given = self._db.execute(
                "select amount from refunded where collection = ? and state = 'DONE'", [collection]
            ).fetchall()
            left = Decimal(paid[0]) - sum(Decimal(g[0]) for g in given) if paid else Decimal(0)
            state = "DONE" if 0 < Decimal(amount) <= left else "FAILED"
            self._db.execute(
                "insert into refunded values (?, ?, ?, ?)", [key, collection, amount, state]
            )
        return state

    def due_notices(self, now: float, limit: int = 50) -> list[tuple[int, bytes]]:
        """What is to be delivered now, oldest first, with the number to tick it off by."""
        rows = self._db.execute(
            "select n, id, key, said from collection_notice where done = 0 and due_at <= ?"
            " order by due_at, n limit ?",
            [now, limit],
        ).fetchall()
        return [(n, self._body(id, key, said)) for n, id, key, said in rows]

    def tick_off(self, n: int, delivered: bool, now: float) -> None:
        """Remember that a notice was delivered, or when to try again."""
        with self._lock:
            if delivered:
                self._db.execute("update collection_notice set done = 1 where n = ?", [n])
            else:
                self._db.execute(
                    "update collection_notice set tries = tries + 1,"
                    " due_at = ? + min(60, 1 << min(tries, 6)) where n = ?",
                    [now, n],
                )

    def executions(self) -> list[tuple[str, str, str]]:
        """Every order ever taken (key, amount, state): what a test counts."""
        return self._db.execute(
            "select key, amount, state from collected order by taken_at"
        ).fetchall()

    def _take(self, order: Mapping[str, Any], digest: str, how: Behaviour, now: float) -> None:
        reason = how.reason
        if reason and how.fails_times < 1_000_000:
            reason = reason if self._failed_before(order["account"]) < how.fails_times else ""
        state, ends_at = "FAILED" if reason else "COLLECTED", now + self.delay * how.delay_factor
        self._db.execute("begin immediate")
        self._db.execute(
            "insert into collected values (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                order["key"], digest, f"SC{uuid.uuid4().hex[:18].upper()}", str(order["amount"]),
                state, reason, ends_at, now,
            ],
        )  # fmt: skip
        if reason:
            self._db.execute(
                "insert into account_failed values (?, 1)"
                " on conflict (account) do update set times = times + 1",
                [order["account"]],
            )
        first = uuid.uuid4().hex
        for place, said in enumerate(how.notices):
            id = first if said == "AGAIN" or place == 0 else uuid.uuid4().hex
            says = state if said in {"END", "AGAIN"} else said
            self._db.execute(
                "insert into collection_notice (id, key, said, due_at) values (?, ?, ?, ?)",
                [id, order["key"], says, ends_at + 0.2 * place],
            )
        self._db.execute("commit")

    def _failed_before(self, account: str) -> int:
        row = self._db.execute(
            "select times from account_failed where account = ?", [account]
        ).fetchone()
        return int(row[0]) if row else 0

    def _body(self, id: str, key: str, said: str) -> bytes:
        reference, amount, reason, ends_at = self._db.execute(
            "select reference, amount, reason, ends_at from collected where key = ?", [key]
        ).fetchone()
        return json.dumps(
            {
                "id": id, "key": key, "reference": reference, "amount": amount, "state": said,
                "reason": reason if said == "FAILED" else "",
                "happened_at": datetime.fromtimestamp(ends_at, UTC).isoformat(),
            }
        ).encode()  # fmt: skip


def _behaviour(order: Mapping[str, Any]) -> Behaviour:
    how = BEHAVIOURS.get(str(order["account"])[-4:], ORDINARY) if order["account"] else ORDINARY
    wished = str(order.get("rehearsal") or "")
    return replace(how, reason=wished) if wished in REASONS else how


class FakeCollector:
    """The same inside the process, without network: for tests and benchmarks."""

    def __init__(self, *, delay: float = 0.0, secret: str = PRACTICE, now: float = 0.0) -> None:
        self.counter = Counter(delay=delay)
        self.secret = secret
        self.now = now or time.time()

    def collect(self, orders: Sequence[Order]) -> tuple[Answer, ...]:
        taken = self.counter.take(
            [
                {
                    "key": o.key, "amount": str(o.amount), "method": o.method,
                    "account": o.account_number, "rehearsal": o.rehearsal,
                }
                for o in orders
            ],
            self.now,
        )  # fmt: skip
        if taken is None:
            raise bank.AnswerUnknown("silence")
        return tuple(_read(said) for said in taken)

    def find(self, keys: Sequence[str]) -> dict[str, Answer]:
        return {said["key"]: _read(said) for said in self.counter.find(keys, self.now)}

    def statement(self, day: date) -> tuple[bank.Booking, ...]:
        return tuple(
            bank.Booking(
                line["reference"], line["key"], Decimal(line["amount"]),
                datetime.fromisoformat(line["booked_at"]),
            )
            for line in self.counter.statement(day)
        )  # fmt: skip

    def refund(self, key: str, collection_key: str, amount: Decimal) -> str:
        return self.counter.refund(key, collection_key, str(amount))

    def notices(self) -> list[tuple[bytes, str, str]]:
        """The requests it would make now: body, signature, timestamp. They count as delivered."""
        made = []
        for n, body in self.counter.due_notices(self.now + 3600):
            timestamp = str(int(self.now) + n % 240)
            made.append((body, bank.sign(self.secret, timestamp, body), timestamp))
            self.counter.tick_off(n, True, self.now)
        return made


def _read(said: Mapping[str, Any]) -> Answer:
    return Answer(
        said["key"], said["state"], said["reference"], said["reason"], Decimal(said["amount"])
    )
