"""
How money is taken in: bank debit, card, WeChat and Alipay, behind one interface.

Four questions: take these (``collect``, a batch), what became of those (``find``), what did you collect
that day (``statement``), give this back (``refund``). As with payments out, every key is executed once,
requests are signed both ways, and a failure says whether the other side can have got it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Protocol

from django.conf import settings

from yilu.gateways.bank import AnswerUnknown, Booking, HttpBank, NotSent

REASONS = (
    "INSUFFICIENT_FUNDS", "ACCOUNT_CLOSED", "NAME_MISMATCH", "LIMIT", "NO_MANDATE", "DECLINED",
    "EXPIRED", "OTHER",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Order:
    """Take this amount in yuan, once for this key. A wallet is asked without an account of ours to name."""

    key: str
    amount: Decimal
    method: str
    bank_code: str = ""
    account_number: str = field(default="", repr=False)
    holder_name: str = field(default="", repr=False)
    remark: str = ""
    rehearsal: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a key: PROCESSING, COLLECTED or FAILED (with a reason)."""

    key: str
    state: str
    reference: str = ""
    reason: str = ""
    amount: Decimal | None = None


class Collector(Protocol):
    """What payments needs of those who take money in for us. Every method may raise BankTrouble."""

    def collect(self, orders: Sequence[Order]) -> tuple[Answer, ...]:
        """Hand in a batch; a key known already is answered for and not taken again."""

    def find(self, keys: Sequence[str]) -> dict[str, Answer]:
        """What became of keys; those they never got are not in the answer."""

    def statement(self, day: date) -> tuple[Booking, ...]:
        """Everything collected on a day (Beijing time)."""

    def refund(self, key: str, collection_key: str, amount: Decimal) -> str:
        """Give back a part of what was collected, once for this key: DONE or FAILED."""


class HttpCollector:
    """The collecting bank behind ``YILU_BANK_URL``."""

    def __init__(self, url: str, secret: str) -> None:
        self._line = HttpBank(url, secret)

    def collect(self, orders: Sequence[Order]) -> tuple[Answer, ...]:
        content = self._post("/collections", {"orders": [_order(o) for o in orders]})
        return tuple(_answers(content))

    def find(self, keys: Sequence[str]) -> dict[str, Answer]:
        content = self._post("/collections/find", {"keys": list(keys)})
        return {answer.key: answer for answer in _answers(content)}

    def statement(self, day: date) -> tuple[Booking, ...]:
        status, content = self._line.ask("GET", f"/collected/{day.isoformat()}", b"")
        if status != 200:
            raise NotSent(f"the bank answered {status}")
        try:
            return tuple(
                Booking(
                    str(line["reference"]), str(line["key"]), Decimal(str(line["amount"])),
                    datetime.fromisoformat(line["booked_at"]),
                )
                for line in content["lines"]
            )  # fmt: skip
        except (KeyError, TypeError, ValueError, ArithmeticError) as fault:
            raise AnswerUnknown(f"unreadable statement: {type(fault).__name__}") from None

    def refund(self, key: str, collection_key: str, amount: Decimal) -> str:
        given = {"key": key, "collection": collection_key, "amount": str(amount)}
        content = self._post("/refunds", given)
        if content.get("state") not in {"DONE", "FAILED"}:
            raise AnswerUnknown("unreadable answer")
        return str(content["state"])

    def _post(self, path: str, content: dict[str, Any]) -> Any:
        status, answer = self._line.ask("POST", path, json.dumps(content).encode())
        if status != 200:
            raise NotSent(f"the bank answered {status}")
        return answer


def _order(order: Order) -> dict[str, str]:
    return {
        "key": order.key, "amount": str(order.amount), "currency": "CNY", "method": order.method,
        "bank_code": order.bank_code, "account": order.account_number, "holder": order.holder_name,
        "remark": order.remark, "rehearsal": order.rehearsal,
    }  # fmt: skip


def _answers(content: Any) -> Iterator[Answer]:
    """Read answers; a batch with one that we cannot read is one that we do not have."""
    try:
        given: Iterable[Any] = content["answers"]
        for each in given:
            state, reason, amount = each["state"], each.get("reason") or "", each.get("amount")
            if state not in {"PROCESSING", "COLLECTED", "FAILED"}:
                raise ValueError(state)
            if state == "FAILED" and reason not in REASONS:
                reason = "OTHER"
            yield Answer(
                str(each["key"]), state, str(each["reference"])[:64], reason,
                None if amount is None else Decimal(str(amount)),
            )  # fmt: skip
    except (KeyError, TypeError, ValueError, ArithmeticError, AttributeError):
        raise AnswerUnknown("unreadable answer") from None


_instead: Collector | None = None


def chosen() -> Collector | None:
    """Who collects for this installation; None where nobody is set up, and collections wait."""
    if _instead is not None:
        return _instead
    if not settings.BANK_URL:
        return None
    return HttpCollector(settings.BANK_URL, settings.BANK_SECRET)


@contextmanager
def use(collector: Collector) -> Iterator[None]:
    """Put another one in its place for a while: tests and benchmarks."""
    global _instead
    before, _instead = _instead, collector
    try:
        yield
    finally:
        _instead = before
