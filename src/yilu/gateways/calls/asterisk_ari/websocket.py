"""A WebSocket client (RFC 6455), as much of it as listening to one server needs."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import secrets
import ssl
from typing import Final
from urllib.parse import urlsplit

from yilu.gateways.calls.exchange.pbx import BadCredentials, Broken, keep_alive
from yilu.gateways.calls.seam import NotDone

MESSAGE_MAX: Final = 1024 * 1024
SECONDS: Final = 5.0
_MAGIC: Final = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
CONTINUED, TEXT, CLOSE, PING, PONG = 0x0, 0x1, 0x8, 0x9, 0xA


def accept_for(key: str) -> str:
    """What a server that speaks WebSocket answers to this key."""
    return base64.b64encode(hashlib.sha1(key.encode() + _MAGIC).digest()).decode()  # noqa: S324 (RFC 6455)


def frame(kind: int, content: bytes, mask: bytes) -> bytes:
    """A short frame as a client sends it: whole, masked."""
    if len(content) > 125:
        raise ValueError("only short frames are sent")
    masked = bytes(each ^ mask[n % 4] for n, each in enumerate(content))
    return bytes([0x80 | kind, 0x80 | len(content)]) + mask + masked


class WebSocket:
    """``open`` it, then ``receive`` until it raises."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    @classmethod
    async def open(cls, url: str, authorization: str) -> WebSocket:
        """:raises BadCredentials: :raises NotDone: nobody is there. :raises Broken: no WebSocket there."""
        parts = urlsplit(url)
        secure = parts.scheme == "https"
        port = parts.port or (443 if secure else 80)
        key = base64.b64encode(secrets.token_bytes(16)).decode()
        try:
            async with asyncio.timeout(SECONDS):
                reader, writer = await asyncio.open_connection(
                    parts.hostname, port, ssl=ssl.create_default_context() if secure else None
                )
                keep_alive(writer)
                writer.write(
                    f"GET {parts.path}?{parts.query} HTTP/1.1\r\nHost: {parts.hostname}:{port}\r\n"
                    "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                    f"Sec-WebSocket-Key: {key}\r\nAuthorization: {authorization}\r\n\r\n".encode()
                )
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        except (OSError, TimeoutError, asyncio.IncompleteReadError) as fault:
            raise NotDone(type(fault).__name__) from None
        except asyncio.LimitOverrunError:
            raise Broken("an endless answer") from None
        try:
            _check(head, accept_for(key))
        except (BadCredentials, Broken, NotDone):
            writer.close()
            raise
        return cls(reader, writer)

    async def receive(self) -> str:
        """The next message. :raises NotDone: the connection is over. :raises Broken:"""
        found = bytearray()
        going = False
        while True:
            final, kind, content = await self._frame()
            match kind:
                case _ if kind == PING:
                    self._writer.write(frame(PONG, content, secrets.token_bytes(4)))
                case _ if kind == PONG:
                    continue
                case _ if kind == CLOSE:
                    raise NotDone("closed by the other end")
                case _ if kind == (CONTINUED if going else TEXT):
                    found += content
                    going = not final
                    if len(found) > MESSAGE_MAX:
                        raise Broken("a message too long")
                    if final:
                        return _text(bytes(found))
                case _:
                    raise Broken("an unexpected frame")

    def close(self) -> None:
        """Leave."""
        self._writer.close()

    async def _frame(self) -> tuple[bool, int, bytes]:
        try:
            first, second = await self._reader.readexactly(2)
            if first & 0x70 or second & 0x80:
                raise Broken("reserved bits, or masked by a server")
            size = second & 0x7F
            if first & 0x08 and (size > 125 or not first & 0x80):
                raise Broken("a control frame too long or in parts")
            if size > 125:
                size = int.from_bytes(await self._reader.readexactly(2 if size == 126 else 8))
            if size > MESSAGE_MAX:
                raise Broken("a message too long")
            return bool(first & 0x80), first & 0x0F, await self._reader.readexactly(size)
        except (asyncio.IncompleteReadError, OSError) as fault:
            raise NotDone(type(fault).__name__) from None


def _check(head: str, accept: str) -> None:
    lines = head.split("\r\n")
    status = lines[0].split(" ")[1:2]
    if status in (["401"], ["403"]):
        raise BadCredentials(f"answered {status[0]}")
    if status != ["101"]:
        raise NotDone(f"answered {status[0][:3] if status else 'nothing'}")
    headers = {
        name.strip().lower(): value.strip()
        for name, _, value in (x.partition(":") for x in lines[1:])
    }
    if headers.get("sec-websocket-accept") != accept:
        raise Broken("no WebSocket")


def _text(content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError:
        raise Broken("text that is none") from None
