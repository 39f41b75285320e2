"""
The bank's payment interface: what we ask of it, and the client that asks over HTTP.

Three questions: execute this once (``send``), what became of it (``find``), what did you book that day
(``statement``). Every request, ours and theirs, is signed with HMAC-SHA256 over time and content.
A failure says whether the bank can have got it, because that decides what may be done next.
"""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Protocol
from urllib.parse import quote, urlsplit

from django.conf import settings

CONNECT_SECONDS = 5.0
ANSWER_SECONDS = 10.0
SIGNATURE_HEADER = "X-Bank-Signature"
TIMESTAMP_HEADER = "X-Bank-Timestamp"
REASONS = ("ACCOUNT_NOT_FOUND", "NAME_MISMATCH", "ACCOUNT_CLOSED", "LIMIT", "OTHER")


class BankTrouble(Exception):
    """Something went wrong between us and the bank."""


class NotSent(BankTrouble):
    """The bank cannot have got it: sending again is safe."""


class AnswerUnknown(BankTrouble):
    """The bank may have got it and may have paid: ask by key before anything else."""


class BankRefuses(BankTrouble):
    """The bank knows this key for another payment: nobody can say what was paid under it."""


@dataclass(frozen=True, slots=True)
class Instruction:
    """Pay this amount in yuan to this account, once for this key."""

    key: str
    amount: Decimal
    bank_code: str
    account_number: str = field(repr=False)
    holder_name: str = field(repr=False)
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the bank says about one payment: PROCESSING, SETTLED or REJECTED (with a reason)."""

    state: str
    reference: str
    reason: str = ""
    amount: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Booking:
    """One line of the bank's daily statement."""

    reference: str
    key: str
    amount: Decimal
    booked_at: datetime


class Bank(Protocol):
    """What payments needs of a bank. Every method may raise BankTrouble."""

    def send(self, instruction: Instruction) -> Answer:
        """Hand in a payment; the same key again answers for the first and pays nothing more."""

    def find(self, key: str) -> Answer | None:
        """What became of a key; None if the bank never got it."""

    def statement(self, day: date) -> tuple[Booking, ...]:
        """Everything booked on a day of the bank's (Beijing time)."""


def sign(secret: str, timestamp: str, content: bytes) -> str:
    """The signature of a content at a time (whole seconds since 1970, as text): 64 hex digits."""
    return hmac.digest(secret.encode(), timestamp.encode() + b"." + content, hashlib.sha256).hex()


def is_signed(secret: str, timestamp: str, content: bytes, signature: str) -> bool:
    """Whether a signature is right, compared in constant time; never without a secret."""
    if not secret or not signature.isascii():
        return False
    return hmac.compare_digest(sign(secret, timestamp, content), signature)


class HttpBank:
    """The bank behind ``YILU_BANK_URL``."""

    def __init__(self, url: str, secret: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname or not secret:
            raise ValueError("the bank needs YILU_BANK_URL (http or https) and YILU_BANK_SECRET")
        self._parts = parts
        self._secret = secret

    def send(self, instruction: Instruction) -> Answer:
        body = json.dumps(
            {
                "key": instruction.key,
                "amount": str(instruction.amount),
                "currency": "CNY",
                "bank_code": instruction.bank_code,
                "account": instruction.account_number,
                "holder": instruction.holder_name,
                "remark": instruction.remark,
            }
        ).encode()
        status, content = self.ask("POST", "/payments", body)
        if status in {200, 202}:
            return _answer(content)
        if status == 409:
            raise BankRefuses("the bank answered 409")
        if status in {400, 422}:  # it will never take this one: the same as a rejected payment
            return Answer("REJECTED", "", "OTHER")
        raise NotSent(f"the bank answered {status}")

    def find(self, key: str) -> Answer | None:
        status, content = self.ask("GET", f"/payments/{quote(key, safe='')}", b"")
        if status == 404:
            return None
        if status != 200:
            raise NotSent(f"the bank answered {status}")
        return _answer(content)

    def statement(self, day: date) -> tuple[Booking, ...]:
        status, content = self.ask("GET", f"/statements/{day.isoformat()}", b"")
        if status != 200:
            raise NotSent(f"the bank answered {status}")
        try:
            return tuple(
                Booking(
                    str(line["reference"]),
                    str(line["key"]),
                    Decimal(str(line["amount"])),
                    datetime.fromisoformat(line["booked_at"]),
                )
                for line in content["lines"]
            )
        except (KeyError, TypeError, ValueError, ArithmeticError) as fault:
            raise AnswerUnknown(f"unreadable statement: {type(fault).__name__}") from None

    def ask(self, method: str, path: str, body: bytes) -> tuple[int, Any]:
        """One signed request and its answer: status and content. May raise NotSent, AnswerUnknown."""
        path = self._parts.path.rstrip("/") + path
        timestamp = str(int(time.time()))
        signed = body if method == "POST" else path.encode()
        headers = {
            TIMESTAMP_HEADER: timestamp,
            SIGNATURE_HEADER: sign(self._secret, timestamp, signed),
            "Content-Type": "application/json",
        }
        make = (
            http.client.HTTPSConnection
            if self._parts.scheme == "https"
            else http.client.HTTPConnection
        )
        connection = make(self._parts.hostname or "", self._parts.port, timeout=CONNECT_SECONDS)
        try:
            try:
                connection.connect()
            except OSError as fault:
                raise NotSent(type(fault).__name__) from None
            try:
                connection.sock.settimeout(ANSWER_SECONDS)
                connection.request(method, path, body or None, headers)
                response = connection.getresponse()
                content = response.read(4_000_000)
            except (OSError, http.client.HTTPException) as fault:
                raise AnswerUnknown(type(fault).__name__) from None
        finally:
            connection.close()
        if response.status >= 500:
            raise AnswerUnknown(f"the bank answered {response.status}")
        try:
            return response.status, json.loads(content) if content else {}
        except ValueError:
            if response.status >= 400:
                return response.status, {}
            raise AnswerUnknown("unreadable answer") from None


def _answer(content: Any) -> Answer:
    """Read an answer; one we cannot read is one we do not have."""
    try:
        state, reason = content["state"], content.get("reason") or ""
        amount = content.get("amount")
        if state not in {"PROCESSING", "SETTLED", "REJECTED"}:
            raise ValueError
        if state == "REJECTED" and reason not in REASONS:
            reason = "OTHER"
        return Answer(
            state,
            str(content["reference"])[:64],
            reason,
            None if amount is None else Decimal(str(amount)),
        )
    except (KeyError, TypeError, ValueError, ArithmeticError, AttributeError):
        raise AnswerUnknown("unreadable answer") from None


_instead: Bank | None = None


def chosen() -> Bank | None:
    """The bank of this installation; None where none is set up, and payouts wait."""
    if _instead is not None:
        return _instead
    return HttpBank(settings.BANK_URL, settings.BANK_SECRET) if settings.BANK_URL else None


@contextmanager
def use(bank: Bank) -> Iterator[None]:
    """Put another bank in its place for a while: tests and benchmarks."""
    global _instead
    before, _instead = _instead, bank
    try:
        yield
    finally:
        _instead = before
