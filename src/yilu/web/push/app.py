"""The ASGI application: a ticket in, server-sent events out."""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import parse_qs

from django.conf import settings

from yilu.web.common import push
from yilu.web.push.hub import HEARTBEAT_SECONDS, Full, Hub
from yilu.web.push.reader import Reader

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

PATH = "/push"
RETRY_SECONDS = (2.0, 8.0)
"""When a browser that lost us comes back: spread, so that not all come at once."""
log = logging.getLogger(__name__)


def allowed_origins() -> set[str]:
    """The web pages that may connect."""
    return {push.origin(url) for url in (settings.PUBLIC_URL, *settings.CSRF_TRUSTED_ORIGINS)}


class Push:
    """``GET /push?ticket=…[&topic=…][&after=<event>]``, and ``GET /`` for whoever looks after it."""

    def __init__(self, hub: Hub | None = None, *, reads: bool = True) -> None:
        self.hub = Hub(now=time.time) if hub is None else hub
        self._reads = reads
        self._reader: Reader | None = None
        self._beats: asyncio.Task[None] | None = None
        self._origins = allowed_origins()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One connection."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1003})
        elif scope["method"] not in {"GET", "HEAD"}:
            await _answer(send, 405, "only GET")
        elif scope["path"] == "/":
            await _answer(
                send, 200, f"{len(self.hub)} connections, {self.hub.slow} slow ones let go"
            )
        elif scope["path"] != PATH:
            await _answer(send, 404, "not here")
        else:
            await self._serve(scope, receive, send)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}
        origin = headers.get(b"origin")
        if origin is not None and origin not in self._origins:
            await _answer(send, 403, "not from this page")
            return
        given = parse_qs(scope["query_string"].decode("latin-1"), max_num_fields=20)
        try:
            ticket = push.read(given.get("ticket", [""])[0])
        except push.BadTicket:
            await _answer(send, 403, "no valid ticket", origin)
            return
        topics = given.get("topic", ticket.topics)
        if not set(topics) <= set(ticket.topics):
            await _answer(send, 403, "the ticket is for other topics", origin)
            return
        seen = headers.get(b"last-event-id") or given.get("after", [""])[0]

        async def write(body: bytes) -> None:
            await send({"type": "http.response.body", "body": body, "more_body": True})

        try:
            line = self.hub.join(write, topics=topics, for_whom=ticket.for_whom, ends=ticket.ends)
        except Full:
            await _answer(send, 503, "no room", origin)
            return
        try:
            await send({"type": "http.response.start", "status": 200, "headers": _stream(origin)})
            await write(b"retry: %d\n\n" % int(1000 * random.uniform(*RETRY_SECONDS)))  # noqa: S311
            last = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 19 else None
            self.hub.catch_up(line, last_event=last, since=ticket.issued)
            await self._until_gone(line.ended, receive)
        finally:
            self.hub.leave(line)
        if line.ended.result() in {"stop", "ticket"}:
            await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _until_gone(self, ended: asyncio.Future[str], receive: Receive) -> None:
        while not ended.done():
            waiting = asyncio.ensure_future(receive())
            try:
                both: list[asyncio.Future[Any]] = [waiting, ended]
                await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
                if waiting.done() and waiting.result()["type"] == "http.disconnect":
                    return
            finally:
                waiting.cancel()

    async def _live(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                self._beats = asyncio.create_task(self._beat())
                if self._reads:
                    self._reader = Reader(self.hub, asyncio.get_running_loop())
                    self._reader.start()
                await send({"type": "lifespan.startup.complete"})
            else:
                if self._beats is not None:
                    self._beats.cancel()
                if self._reader is not None:
                    self._reader.stop()
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT_SECONDS)
            self.hub.beat()


def _stream(origin: str | None) -> list[tuple[bytes, bytes]]:
    return [
        (b"content-type", b"text/event-stream; charset=utf-8"),
        (b"cache-control", b"no-store"),
        (b"x-accel-buffering", b"no"),  # a proxy in between must pass each message on at once
        *_shared(origin),
    ]


def _shared(origin: str | None) -> list[tuple[bytes, bytes]]:
    allowed = [(b"access-control-allow-origin", origin.encode("latin-1"))] if origin else []
    return [*allowed, (b"vary", b"Origin"), (b"x-content-type-options", b"nosniff")]


async def _answer(send: Send, status: int, text: str, origin: str | None = None) -> None:
    body = text.encode()
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        *_shared(origin),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})
