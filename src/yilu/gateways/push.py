"""The insurer's app, by a webhook of whoever pushes to phones: one signed POST a message (App 推送)."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
import time

from yilu.gateways.accounts import Busy, Notice, Refuses, ask
from yilu.gateways.sms import BadAddress, Place

SIGNATURE_HEADER = "X-Yilu-Signature"
TIMESTAMP_HEADER = "X-Yilu-Timestamp"


def sign(secret: str, timestamp: str, content: bytes) -> str:
    """HMAC-SHA256 over time and content, in hex."""
    return hmac.digest(secret.encode(), timestamp.encode() + b"." + content, hashlib.sha256).hex()


def is_signed(secret: str, timestamp: str, content: bytes, signature: str) -> bool:
    """Whether a signature is right, in constant time; never without a secret."""
    if not secret or not signature.isascii():
        return False
    return hmac.compare_digest(sign(secret, timestamp, content), signature)


class PushHook:
    """``https://:secret@host/path``: our key is the Idempotency-Key, so a second POST is no second push."""

    name = "push"
    knows_key = True

    def __init__(self, place: Place) -> None:
        if place.scheme not in {"http", "https"} or not place.host or not place.password:
            raise BadAddress("the app's webhook is given as https://:secret@host:port?path=/push")
        port = f":{place.port}" if place.port else ""
        self._base = f"{place.scheme}://{place.host}{port}"
        self._path = place.options.get("path", "/push")
        self._secret = place.password
        self.rate = place.number("rate", 0)

    def send(self, notice: Notice) -> str:
        body = json.dumps(
            {
                "key": notice.key,
                "device": notice.address,
                "title": notice.title,
                "text": notice.text,
            }
        ).encode()
        timestamp = str(int(time.time()))
        status, answer = ask(
            self._base, "POST", self._path, body,
            {
                "Content-Type": "application/json", "Idempotency-Key": notice.key,
                TIMESTAMP_HEADER: timestamp, SIGNATURE_HEADER: sign(self._secret, timestamp, body),
            },
        )  # fmt: skip
        if status in {401, 403}:
            raise Busy(f"our key is refused: {status}")
        if status >= 400:
            raise Refuses(f"answered {status}")
        return str(answer.get("id", notice.key))[:120] if isinstance(answer, dict) else notice.key


class Sandbox:
    """An account to practise with: takes everything but an address that ends in 0001 or 0002."""

    knows_key = True
    rate = 0.0

    def __init__(self, name: str) -> None:
        self.name = name
        self._lock = threading.Lock()
        self.taken: dict[str, Notice] = {}

    def send(self, notice: Notice) -> str:
        if notice.address.endswith("0001"):
            raise Refuses("no such account")
        if notice.address.endswith("0002"):
            raise Busy("busy")
        with self._lock:
            self.taken[notice.key] = notice
        return f"{self.name}-{notice.key}"
