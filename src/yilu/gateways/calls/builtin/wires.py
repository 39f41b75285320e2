"""
The SIP socket: datagrams, and streams (TCP, and TLS where there is a certificate) on the same footing.

The library's own sockets fail on asyncio's loop (they insist on a class which only uvloop has) and take
whatever comes; ours take messages of a size, from networks we were told of, not too many a second.
"""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import re
import ssl
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import aiosipua

log = logging.getLogger(__name__)

MESSAGE_MAX: Final = 8_192
A_SECOND: Final = 200
"""Messages of one peer; what is more is dropped."""
PEERS_MAX: Final = 10_000
STREAMS_MAX: Final = 500
STREAMS_A_PEER: Final = 50
STREAM_QUIET: Final = 3_700.0
"""A stream that says nothing for longer than any registration lasts is closed."""
FIRST_SECONDS: Final = 10.0
"""Who opens a stream has something to say."""
UNSENT_MAX: Final = 1 << 20
PORTS_TRIED: Final = 20
Address = tuple[str, int]
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_WAY = re.compile(rb"\A([^\r\n]+\r\n(?:via|v)\s*:\s*SIP/2\.0/)(?:UDP|TCP|TLS)", re.IGNORECASE)
_HERE = re.compile(rb"(\r\ncontact\s*:\s*<sip:[^>;\r\n]+)>", re.IGNORECASE)
_TOP = re.compile(rb"((?:\r\n)(?:via|v)\s*:\s*[^\r\n,]+)", re.IGNORECASE)
_LENGTH = re.compile(rb"\r\n(?:content-length|l)\s*:\s*(\d{1,6})\s*(?=\r\n)", re.IGNORECASE)


@dataclass
class Wires(aiosipua.SipTransport):
    """``peers`` may call, ``phones`` may register; with neither (loopback, a test) everybody may both."""

    peers: Sequence[Network] = ()
    phones: Sequence[Network] = ()
    streams: bool = False
    tls: tuple[Address, ssl.SSLContext] | None = None
    dropped: int = 0
    on_closed: Callable[[Address], None] = lambda _addr: None
    _socket: asyncio.DatagramTransport | None = field(default=None, init=False, repr=False)
    _servers: list[asyncio.Server] = field(default_factory=list, init=False, repr=False)
    _open: dict[Address, tuple[asyncio.StreamWriter, bytes]] = field(default_factory=dict, init=False, repr=False)  # fmt: skip
    _counts: dict[str, int] = field(default_factory=dict, init=False, repr=False)
    _second: int = field(default=0, init=False, repr=False)

    async def start(self) -> None:
        """Bind; ``local_addr`` is the port that was found where 0 was asked for. :raises OSError: it is taken."""
        asked = self.local_addr
        for tried in range(PORTS_TRIED):
            await self._bind_datagrams(asked)
            try:
                if self.streams:
                    self._servers.append(await self._listen(self.local_addr, None))
                break
            except OSError:  # the same number may be free for one and taken for the other
                if asked[1] or tried + 1 == PORTS_TRIED:
                    raise
                await self.stop()
        if self.tls is not None:
            self._servers.append(await self._listen(*self.tls))

    async def _bind_datagrams(self, asked: Address) -> None:
        loop = asyncio.get_running_loop()
        made, _protocol = await loop.create_datagram_endpoint(
            lambda: Into(self.take), local_addr=asked
        )
        self._socket = made
        host, port = made.get_extra_info("sockname")[:2]
        self.local_addr = (host, port)

    async def _listen(self, where: Address, secure: ssl.SSLContext | None) -> asyncio.Server:
        async def opened(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await self._read_on(reader, writer, b"TLS" if secure else b"TCP")

        return await asyncio.start_server(opened, *where, ssl=secure, limit=MESSAGE_MAX)

    def may_call(self, host: str) -> bool:
        """Whether calls may come from there."""
        return _within(host, self.peers) or not (self.peers or self.phones)

    def may_register(self, host: str) -> bool:
        """Whether seats' telephones may stand there."""
        return _within(host, self.phones) or not (self.peers or self.phones)

    def take(self, data: bytes, addr: Address) -> None:
        """One message: pass it on, or drop it."""
        if not data.strip(b"\r\n\0 "):  # a router is kept awake by it
            return
        if len(data) > MESSAGE_MAX or not self._welcome(addr[0]):
            self.dropped += 1
            return
        self._dispatch(data, addr)

    def send(self, message: Any, addr: Address) -> None:
        """Send one message: by the stream that is open to there, else as a datagram."""
        writer, way = self._open.get(addr, (None, b""))
        if writer is not None:
            if writer.transport.get_write_buffer_size() > UNSENT_MAX:
                writer.close()
                return
            writer.write(by_stream(bytes(message), way))
        elif self._socket is not None and not self._socket.is_closing():
            self._socket.sendto(bytes(message), addr)

    def send_reply(self, response: Any) -> None:
        """Answer the way the question came; one without a way is not answered."""
        try:
            super().send_reply(response)
        except (ValueError, OSError) as fault:
            log.info("a SIP answer could not be sent: %s", type(fault).__name__)

    async def stop(self) -> None:
        """Close."""
        if self._socket is not None:
            self._socket.close()
        for server in self._servers:
            server.close()
        for writer, _way in list(self._open.values()):
            writer.close()
        self._servers.clear()

    async def _read_on(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, way: bytes
    ) -> None:
        peer = writer.get_extra_info("peername") or ("", 0)
        addr = (str(peer[0]), int(peer[1]))
        theirs = sum(host == addr[0] for host, _port in self._open)
        if len(self._open) >= STREAMS_MAX or theirs >= STREAMS_A_PEER or not self._welcome(addr[0]):
            self.dropped += 1
            writer.close()
            return
        self._open[addr] = (writer, way)
        patience = FIRST_SECONDS
        try:
            while True:
                async with asyncio.timeout(patience):
                    data = await _next(reader, writer)
                patience = STREAM_QUIET
                self.take(answered_here(data), addr)
        except (OSError, EOFError, ValueError, asyncio.LimitOverrunError) as fault:
            log.debug("a stream ended: %s", type(fault).__name__)
        finally:
            self._open.pop(addr, None)
            writer.close()
            self.on_closed(addr)

    def _welcome(self, host: str) -> bool:
        second = int(time.monotonic())
        if second != self._second:
            self._second, self._counts = second, {}
        count = self._counts.get(host, 0) + 1
        if count > A_SECOND or len(self._counts) > PEERS_MAX:
            return False
        self._counts[host] = count
        return self.may_call(host) or self.may_register(host)


class Into(asyncio.DatagramProtocol):
    """Datagrams of a socket into a function."""

    def __init__(self, take: Callable[[bytes, Address], None]) -> None:
        self._take = take

    def datagram_received(self, data: bytes, addr: tuple[str | Any, int]) -> None:
        """One."""
        self._take(data, (str(addr[0]), int(addr[1])))

    def error_received(self, exc: Exception) -> None:
        """Nobody is there."""
        log.info("a datagram came back: %s", type(exc).__name__)


def by_stream(message: bytes, way: bytes) -> bytes:
    """A message as it goes over a stream: its Via and our Contact say so (the library writes UDP)."""
    if message.startswith(b"SIP/2.0 "):  # an answer keeps their Via
        return _HERE.sub(rb"\1;transport=tcp>", message, count=1)
    named = _WAY.sub(rb"\g<1>" + way, message, count=1)
    return _HERE.sub(rb"\1;transport=tcp>", named, count=1)


def answered_here(message: bytes) -> bytes:
    """A question off a stream is answered on that stream: ``rport`` in its Via asks for it."""
    found = _TOP.search(message)
    if message.startswith(b"SIP/2.0 ") or found is None or b"rport" in found[1]:
        return message
    return message[: found.end()] + b";rport" + message[found.end() :]


async def _next(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
    """
    The next whole message of a stream.

    :raises EOFError: it ended. :raises ValueError: too long. :raises asyncio.LimitOverrunError: no end of its head.
    """
    while True:
        head = (await reader.readuntil(b"\r\n\r\n")).lstrip(b"\r\n")
        if head:
            break
        writer.write(b"\r\n")  # RFC 5626: a telephone asks whether the line is alive
    size = _LENGTH.search(head)
    length = int(size[1]) if size else 0
    if len(head) + length > MESSAGE_MAX:
        raise ValueError("too long")
    return head + (await reader.readexactly(length) if length else b"")


def _within(host: str, networks: Sequence[Network]) -> bool:
    return any(ipaddress.ip_address(host) in each for each in networks)
