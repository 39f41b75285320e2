"""
How the house speaks to a process that holds calls: small signed requests on an address of this machine.

An ASGI application, served by uvicorn as the push process is. Every request carries time and signature
over its body (as `webhook_verbs`); nobody without the secret learns more than that it lives.
"""

from __future__ import annotations

import json
import time
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any, Final
from urllib.parse import unquote

from yilu.gateways.calls.webhook_verbs import is_genuine
from yilu.gateways.push import SIGNATURE_HEADER, TIMESTAMP_HEADER

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

BODY_MAX: Final = 64 * 1024


class NoSuchCall(LookupError):
    """There is no such call here."""


class NoRoom(Exception):
    """Too many at once."""


class BadOffer(ValueError):
    """No description of a browser's sound that we can answer."""


class SignedControl(ABC):
    """``POST /<kind>/<name>/<what>``, signed; ``GET /`` says how things stand."""

    def __init__(self, secret: str) -> None:
        self._secret = secret

    @abstractmethod
    async def start(self) -> None:
        """Begin. :raises OSError: an address is taken."""

    @abstractmethod
    async def stop(self) -> None:
        """End in order."""

    @abstractmethod
    def stands(self) -> Mapping[str, Any] | None:
        """Figures for whoever looks; None before it has begun."""

    @abstractmethod
    async def ask(
        self, kind: str, name: str, what: str, told: Mapping[str, Any], key: str
    ) -> tuple[int, dict[str, Any]]:
        """One signed request. :raises NoSuchCall: :raises NoRoom: :raises BadOffer:"""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        stands = self.stands()
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1003})  # the house asks, browsers never
        elif stands is None:
            return
        elif scope["path"] == "/" and scope["method"] in {"GET", "HEAD"}:
            await _answer(send, 200, stands)
        else:
            await _answer(send, *await self._do(scope, receive))

    async def _do(self, scope: Scope, receive: Receive) -> tuple[int, dict[str, Any]]:
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
            return await self.ask(kind, name, what, told, headers.get("idempotency-key", ""))
        except NoSuchCall:
            return 404, {}
        except NoRoom:
            return 503, {}
        except BadOffer as bad:
            return 422, {"problem": str(bad)}
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return 422, {}

    async def _live(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                try:
                    await self.start()
                except OSError as fault:
                    told = f"cannot listen for calls: {fault.strerror}"
                    await send({"type": "lifespan.startup.failed", "message": told})
                    return
                await send({"type": "lifespan.startup.complete"})
            else:
                await self.stop()
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


async def _answer(send: Send, status: int, told: Mapping[str, Any]) -> None:
    body = json.dumps(told).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
