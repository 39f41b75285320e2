"""
How a partner's system signs a call (请求签名). Pure.

HMAC-SHA256 with the key's secret over five lines: method, path with its query, time, nonce and the
SHA-256 of the body in hex. Headers: ``Yilu-Key``, ``Yilu-Time`` (ISO, with zone), ``Yilu-Nonce``
(16–64 letters and digits, new for each call), ``Yilu-Signature`` (hex).
"""

from __future__ import annotations

import hashlib
import hmac
import re
from datetime import datetime, timedelta

WINDOW = timedelta(minutes=5)
"""How far a call's time may be from ours, either way."""
NONCES_KEPT = timedelta(minutes=15)
"""Longer than any signed time could still be accepted."""
_NONCE = re.compile(r"[A-Za-z0-9_-]{16,64}", re.ASCII)
SCOPES = ("eligibility", "visits", "guarantees", "settlement", "batches")
"""What a key may be allowed."""


def text_to_sign(method: str, path: str, time: str, nonce: str, body: bytes) -> str:
    """The five lines that are signed."""
    return "\n".join((method.upper(), path, time, nonce, hashlib.sha256(body).hexdigest()))


def sign(secret: str, method: str, path: str, time: str, nonce: str, body: bytes) -> str:
    """The signature of a call, in hex."""
    text = text_to_sign(method, path, time, nonce, body)
    return hmac.digest(secret.encode(), text.encode(), "sha256").hex()


def agrees(given: str, expected: str) -> bool:
    """Whether two signatures agree, in a time that tells nothing."""
    return hmac.compare_digest(given.encode(), expected.encode())


def is_nonce(text: str) -> bool:
    """Whether a text can be a nonce."""
    return _NONCE.fullmatch(text) is not None


def read_time(text: str) -> datetime | None:
    """A call's time; None where it is none or has no zone."""
    try:
        time = datetime.fromisoformat(text[:40])
    except ValueError:
        return None
    return time if time.tzinfo is not None else None


def is_timely(time: datetime, now: datetime) -> bool:
    """Whether a call's time is within the window."""
    return abs(now - time) <= WINDOW
