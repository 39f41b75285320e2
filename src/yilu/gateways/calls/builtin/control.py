"""
How the house speaks to the switch: small signed requests on an address of this machine.

An ASGI application, served by uvicorn as the push process is. Every request carries time and signature
over its body (as `webhook_verbs`); nobody without the secret learns more than that it lives.
"""

from __future__ import annotations

import json
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final
from urllib.parse import unquote

from yilu.gateways.calls.builtin.legs import BadOffer
from yilu.gateways.calls.builtin.switch import NoRoom, NoSuchCall, Switch
from yilu.gateways.calls.seam import read_verbs
from yilu.gateways.calls.webhook_verbs import is_genuine
from yilu.gateways.push import SIGNATURE_HEADER, TIMESTAMP_HEADER

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

BODY_MAX: Final = 64 * 1024


class Control:
    """``POST /calls/<call>/verbs|leg|hold|drop``, ``POST /seats/<seat>/leg|state``, ``GET /``."""

    def __init__(self, make: Callable[[], Switch], secret: str) -> None:
        self._make, self._secret = make, secret
        self.switch: Switch | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] != "http" or self.switch is None:
            return
        elif scope["path"] == "/" and scope["method"] in {"GET", "HEAD"}:
            await _answer(send, 200, {"calls": len(self.switch.lines), "late": self.switch.late})
        else:
            await _answer(send, *await self._do(scope, receive, self.switch))

    async def _do(
        self, scope: Scope, receive: Receive, switch: Switch
    ) -> tuple[int, dict[str, Any]]:
        if scope["method"] != "POST":
            return 405, {}
        body = await _body(receive)
        if body is None:
            return 413, {}
        headers = {
            name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]
        }
        stamp = headers.get(TIMESTAMP_HEADER.lower(), "")
        signature = headers.get(SIGNATURE_HEADER.lower(), "")
        if not is_genuine(self._secret, stamp, body, signature, time.time()):
            return 403, {}
        try:
            told = json.loads(body)
            _empty, kind, name, what = [unquote(each) for each in scope["path"].split("/")]
            return await self._ask(switch, kind, name, what, told, headers)
        except NoSuchCall:
            return 404, {}
        except NoRoom:
            return 503, {}
        except BadOffer as bad:
            return 422, {"problem": str(bad)}
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return 422, {}

    async def _ask(
        self, switch: Switch, kind: str, name: str, what: str, told: dict[str, Any],
        headers: dict[str, str],
    ) -> tuple[int, dict[str, Any]]:  # fmt: skip
        match kind, what:
            case "calls", "verbs":
                switch.do(name, read_verbs(told["verbs"]), headers["idempotency-key"])
            case "calls", "leg":
                verbs = read_verbs(told["verbs"])
                return 200, {"sdp": await switch.attach(name, "web", str(told["sdp"]), verbs)}
            case "calls", "hold":
                switch.hold(name, told["on"] is True)
            case "calls", "drop":
                await switch.drop(name)
            case "seats", "leg":
                return 200, {"sdp": await switch.seat(name, str(told["sdp"]))}
            case "seats", "state":
                return 200, dict(switch.state(name, str(told["call"])))
            case _:
                return 404, {}
        return 200, {}

    async def _live(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                try:
                    self.switch = self._make()
                    await self.switch.start()
                except OSError as fault:
                    told = f"cannot listen for calls: {fault.strerror}"
                    await send({"type": "lifespan.startup.failed", "message": told})
                    return
                await send({"type": "lifespan.startup.complete"})
            else:
                if self.switch is not None:
                    await self.switch.stop()
                await send({"type": "lifespan.shutdown.complete"})
                return


async def _body(receive: Receive) -> bytes | None:
    found = bytearray()
    while True:
        message = await receive()
        found += message.get("body", b"")
        if len(found) > BODY_MAX:
            return None
        if not message.get("more_body"):
            return bytes(found)


async def _answer(send: Send, status: int, told: dict[str, Any]) -> None:
    body = json.dumps(told).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
