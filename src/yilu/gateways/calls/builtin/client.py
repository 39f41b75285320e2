"""Our end of the switch's control: what web pages and jobs ask of it."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlsplit

from yilu.gateways.calls.seam import NotDone, Verb, write_verbs
from yilu.gateways.push import SIGNATURE_HEADER, TIMESTAMP_HEADER, sign

SECONDS = 5.0


class Refused(Exception):
    """The switch answered no; ``status`` says why."""

    def __init__(self, status: int) -> None:
        self.status = status
        super().__init__(f"answered {status}")


class SwitchClient:
    """The switch behind ``YILU_SWITCH_URL``; as driver ``builtin``, or ``web`` for calls of our page."""

    def __init__(
        self, url: str, secret: str, name: str = "builtin", *, settings: str = "YILU_SWITCH"
    ) -> None:
        parts = urlsplit(url)
        if parts.scheme != "http" or not parts.hostname or len(secret) < 24:
            raise ValueError(
                f"the switch needs {settings}_URL (http) and {settings}_SECRET (24 signs)"
            )
        self.name, self._secret = name, secret
        self._host, self._port = parts.hostname, parts.port

    def tell(self, call: str, verbs: Sequence[Verb], *, key: str) -> None:
        """A call the switch does not have is over there: nothing is left to do. :raises NotDone:"""
        try:
            self._post(f"/calls/{quote(call, safe='')}/verbs", {"verbs": write_verbs(verbs)}, key)
        except Refused as refused:
            if refused.status != 404:
                raise NotDone(str(refused)) from None

    def attach(self, call: str, sdp: str, verbs: Sequence[Verb]) -> str:
        """Sound for a call of our page; the answer for the browser. :raises NotDone: :raises Refused:"""
        told = {"sdp": sdp, "verbs": write_verbs(verbs)}
        return str(self._post(f"/calls/{quote(call, safe='')}/leg", told)["sdp"])

    def seat(self, seat: int, sdp: str) -> str:
        """A seat's own line. :raises NotDone: :raises Refused:"""
        return str(self._post(f"/seats/{seat}/leg", {"sdp": sdp})["sdp"])

    def state(self, seat: int, call: str) -> dict[str, bool]:
        """How both stand. :raises NotDone: :raises Refused:"""
        return {k: bool(v) for k, v in self._post(f"/seats/{seat}/state", {"call": call}).items()}

    def hold(self, call: str, on: bool) -> None:
        """Music for the caller, or both talk again. :raises NotDone: :raises Refused:"""
        self._post(f"/calls/{quote(call, safe='')}/hold", {"on": on})

    def drop(self, call: str) -> None:
        """The caller's browser closes its sound. :raises NotDone: :raises Refused:"""
        self._post(f"/calls/{quote(call, safe='')}/drop", {})

    def ring(self, seat: int, conversation: int, seconds: int) -> bool:
        """Ring a seat's desk telephone; False where none is registered. :raises NotDone: :raises Refused:"""
        told = {"conversation": conversation, "seconds": seconds}
        return bool(self._post(f"/seats/{seat}/ring", told)["ringing"])

    def quiet(self, seat: int, conversation: int) -> None:
        """It rings no more for this. :raises NotDone: :raises Refused:"""
        self._post(f"/seats/{seat}/quiet", {"conversation": conversation})

    def forget(self, seat: int) -> None:
        """Its password is another now: it must register anew. :raises NotDone: :raises Refused:"""
        self._post(f"/seats/{seat}/forget", {})

    def _post(self, path: str, told: Mapping[str, Any], key: str = "") -> dict[str, Any]:
        body = json.dumps(told, ensure_ascii=False).encode()
        stamp = str(int(time.time()))
        line = http.client.HTTPConnection(self._host, self._port, timeout=SECONDS)
        try:
            line.request("POST", path, body, {
                "Content-Type": "application/json", "Idempotency-Key": key, TIMESTAMP_HEADER: stamp,
                SIGNATURE_HEADER: sign(self._secret, stamp, body),
            })  # fmt: skip
            response = line.getresponse()
            answer, status = response.read(100_000), response.status
        except (OSError, http.client.HTTPException) as fault:
            raise NotDone(type(fault).__name__) from None
        finally:
            line.close()
        if status != 200:
            raise Refused(status)
        found = json.loads(answer)
        return found if isinstance(found, dict) else {}
