"""The sound of a telephone (话机的声音): RTP as it is, on a port of its own."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from yilu.gateways.calls.builtin import rtp
from yilu.gateways.calls.builtin.wires import Address, Into


class PlainSound:
    """Twenty milliseconds in, twenty out, and keys; from and to one telephone."""

    def __init__(self, signalled_from: str) -> None:
        self.on_key: Callable[[str], None] = lambda _key: None
        self.receiver, self._sender = rtp.Receiver(), rtp.Sender(rtp.PCMU)
        self.heard_at = 0.0
        self._host = signalled_from
        self._socket: asyncio.DatagramTransport | None = None
        self._theirs: Address | None = None

    async def open(self, host: str) -> int:
        """Listen; the port. :raises OSError: none is to be had."""
        loop = asyncio.get_running_loop()
        made, _protocol = await loop.create_datagram_endpoint(
            lambda: Into(self._packet), local_addr=(host, 0)
        )
        self._socket = made
        return self.port

    @property
    def port(self) -> int:
        """Where it listens; 0 while it does not."""
        return int(self._socket.get_extra_info("sockname")[1]) if self._socket is not None else 0

    def agree(self, kind: int, keys_kind: int | None, theirs: Address | None) -> None:
        """Which G.711, how keys come, and where the other side is."""
        self.receiver, self._sender = rtp.Receiver(kind, keys_kind), rtp.Sender(kind)
        self._theirs = theirs

    def move(self, theirs: Address | None) -> None:
        """It is elsewhere from now on."""
        self._theirs, self.heard_at = theirs, time.monotonic()

    def begin(self) -> None:
        """From now on it must be heard."""
        self.heard_at = time.monotonic()

    def silent_for(self) -> float:
        """Seconds since it was last heard."""
        return time.monotonic() - self.heard_at

    def frame(self) -> bytes:
        """The next 20 ms of what it says."""
        return self.receiver.frame()

    def play(self, ulaw: bytes) -> None:
        """Let it hear 20 ms."""
        if self._socket is not None and self._theirs is not None and not self._socket.is_closing():
            self._socket.sendto(self._sender.packet(ulaw), self._theirs)

    def close(self) -> None:
        """No more sound."""
        if self._socket is not None:
            self._socket.close()

    def _packet(self, data: bytes, addr: Address) -> None:
        """Sound from wherever the signalling comes; where it comes from is where ours goes (RFC 4961)."""
        known = (self._theirs[0] if self._theirs else "", self._host)
        if rtp.is_rtcp(data) or (self._theirs and addr[0] not in known):
            return
        try:
            key = self.receiver.take(data)
        except rtp.BadPacket:
            return
        self._theirs, self.heard_at = addr, time.monotonic()
        if key:
            self.on_key(key)
