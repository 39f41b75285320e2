"""
An exchange of a vendor or a cloud that speaks HTTP: its events come to ``/hooks/calls``, ours go to it.

Both ways are signed with HMAC-SHA256 over time and body. In answer to an event it gets verbs; when a
seat has answered or hung up, verbs go to ``POST <base>/calls/<call>/verbs`` under an Idempotency-Key.
"""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Sequence
from urllib.parse import quote, urlsplit

from yilu.gateways.calls.seam import NotDone, Verb, write_verbs
from yilu.gateways.push import SIGNATURE_HEADER, TIMESTAMP_HEADER, is_signed, sign

FRESH_SECONDS = 300
CONNECT_SECONDS, ANSWER_SECONDS = 3.0, 5.0
SECRET_MIN = 24


def is_genuine(secret: str, stamp: str, body: bytes, signature: str, now: float) -> bool:
    """Whether an event is signed by whoever holds the secret, within the last five minutes."""
    return (
        len(secret) >= SECRET_MIN
        and stamp.isascii()
        and stamp.isdigit()
        and len(stamp) < 15
        and abs(now - int(stamp)) <= FRESH_SECONDS
        and is_signed(secret, stamp, body, signature)
    )


class WebhookVerbs:
    """The exchange behind ``YILU_CALLS_URL``."""

    name = "webhook_verbs"

    def __init__(self, url: str, secret: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname or len(secret) < SECRET_MIN:
            raise ValueError(
                "the exchange needs YILU_CALLS_URL (http or https) and YILU_CALLS_SECRET (24 signs)"
            )
        self._parts, self._secret = parts, secret

    def tell(self, call: str, verbs: Sequence[Verb], *, key: str) -> None:
        """:raises NotDone: no answer, or another than 2xx."""
        body = json.dumps({"call": call, "verbs": write_verbs(verbs)}, ensure_ascii=False).encode()
        stamp = str(int(time.time()))
        secure = self._parts.scheme == "https"
        kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
        line = kind(self._parts.hostname or "", self._parts.port, timeout=CONNECT_SECONDS)
        try:
            line.connect()
            line.sock.settimeout(ANSWER_SECONDS)
            line.request(
                "POST", f"{self._parts.path.rstrip('/')}/calls/{quote(call, safe='')}/verbs", body,
                {
                    "Content-Type": "application/json", "Idempotency-Key": key,
                    TIMESTAMP_HEADER: stamp, SIGNATURE_HEADER: sign(self._secret, stamp, body),
                },
            )  # fmt: skip
            status = line.getresponse().status
        except (OSError, http.client.HTTPException) as fault:
            raise NotDone(type(fault).__name__) from None
        finally:
            line.close()
        if not 200 <= status < 300:
            raise NotDone(f"answered {status}")
