"""
Calls by SIP (RFC 3261), over UDP: the dialogs are aiosipua's, the sockets and the sound are ours.

The library's own socket fails on asyncio's loop (it insists on a class which only uvloop has) and takes
whatever comes; ours takes datagrams of a size, from peers we were told of, not too many a second.
"""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import aiosipua
from aiosipua.dialog import DialogState
from aiosipua.sdp_negotiate import SdpNegotiationError, negotiate_sdp

from yilu.gateways.calls.builtin import rtp

log = logging.getLogger(__name__)

DATAGRAM_MAX: Final = 8_192
A_SECOND: Final = 200
"""Datagrams of one peer; what is more is dropped."""
PEERS_MAX: Final = 10_000
QUIET_SECONDS: Final = 30.0
"""A telephone that sends no packet for so long has gone, though it never said so."""
SESSION_SECONDS: Final = 1800
_NUMBER = re.compile(r"sips?:([0-9+() -]{1,32})[@;]")
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass
class Datagrams(aiosipua.SipTransport):
    """The SIP socket."""

    peers: Sequence[Network] = ()
    dropped: int = 0
    _socket: asyncio.DatagramTransport | None = field(default=None, init=False, repr=False)
    _counts: dict[str, int] = field(default_factory=dict, init=False, repr=False)
    _second: int = field(default=0, init=False, repr=False)

    async def start(self) -> None:
        """Bind; ``local_addr`` is the port that was found where 0 was asked for."""
        loop = asyncio.get_running_loop()
        made, _protocol = await loop.create_datagram_endpoint(
            lambda: _Into(self.take), local_addr=self.local_addr
        )
        self._socket = made
        host, port = made.get_extra_info("sockname")[:2]
        self.local_addr = (host, port)

    def take(self, data: bytes, addr: tuple[str, int]) -> None:
        """One datagram: pass it on, or drop it."""
        if not data.strip(b"\r\n\0 "):  # a router is kept awake by it
            return
        if len(data) > DATAGRAM_MAX or not self._welcome(addr[0]):
            self.dropped += 1
            return
        self._dispatch(data, addr)

    def send(self, message: Any, addr: tuple[str, int]) -> None:
        """Send one message."""
        if self._socket is not None and not self._socket.is_closing():
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

    def _welcome(self, host: str) -> bool:
        second = int(time.monotonic())
        if second != self._second:
            self._second, self._counts = second, {}
        count = self._counts.get(host, 0) + 1
        if count > A_SECOND or len(self._counts) > PEERS_MAX:
            return False
        self._counts[host] = count
        return not self.peers or any(ipaddress.ip_address(host) in each for each in self.peers)


class _Into(asyncio.DatagramProtocol):
    def __init__(self, take: Callable[[bytes, tuple[str, int]], None]) -> None:
        self._take = take

    def datagram_received(self, data: bytes, addr: tuple[str | Any, int]) -> None:
        self._take(data, (str(addr[0]), int(addr[1])))

    def error_received(self, exc: Exception) -> None:
        log.info("a datagram came back: %s", type(exc).__name__)


class SipLeg:
    """A telephone that called us."""

    def __init__(self, call: Any, host: str, advertised: str) -> None:
        self.on_key: Callable[[str], None] = lambda _key: None
        self.on_gone: Callable[[], None] = lambda: None
        self.caller = number_of(call.caller)
        self._call, self._host, self._advertised = call, host, advertised
        self._in, self._out = rtp.Receiver(), rtp.Sender(rtp.PCMU)
        self._socket: asyncio.DatagramTransport | None = None
        self._theirs: tuple[str, int] | None = None
        self._heard_at = 0.0
        self._over = self._listens = False

    async def prepare(self) -> None:
        """
        Agree on how sound goes, and let it ring at the caller's.

        :raises SdpNegotiationError: the caller offers nothing that we speak.
        """
        offer = self._call.sdp_offer
        if offer is None:
            raise SdpNegotiationError("no offer")
        loop = asyncio.get_running_loop()
        made, _protocol = await loop.create_datagram_endpoint(
            lambda: _Into(self._packet), local_addr=(self._host, 0)
        )
        self._socket = made
        keys = next(
            (c.payload_type for c in offer.audio.codecs
             if c.encoding_name.lower() == "telephone-event" and c.clock_rate in (0, 8000)), 0
        ) if offer.audio else 0  # fmt: skip
        port = made.get_extra_info("sockname")[1]
        try:
            self._answer, kind = negotiate_sdp(
                offer, self._host, port, [rtp.PCMU, rtp.PCMA], dtmf_payload_type=keys,
                advertised_ip=self._advertised or None,
            )  # fmt: skip
        except SdpNegotiationError:
            made.close()
            raise
        self._in, self._out = rtp.Receiver(kind, keys or None), rtp.Sender(kind)
        self._theirs = offer.rtp_address
        self._call.ringing()

    def answer(self) -> None:
        """Take the call; from now on it must be heard."""
        if not self._over and self._call.dialog.state != DialogState.CONFIRMED:
            self._call.accept(self._answer)
            self._heard_at = time.monotonic()

    def renegotiate(self) -> None:
        """The caller described itself anew (a hold, another address): answer and follow."""
        offer = self._call.sdp_offer
        if offer is None or self._socket is None:
            return
        port = self._socket.get_extra_info("sockname")[1]
        try:
            answer, _kind = negotiate_sdp(
                offer, self._host, port, [self._in.kind], dtmf_payload_type=self._in.keys_kind or 0,
                advertised_ip=self._advertised or None,
            )  # fmt: skip
        except SdpNegotiationError:
            self._call.reject(488)
            return
        self._theirs = offer.rtp_address
        self._listens = offer.audio is not None and offer.audio.direction != "sendrecv"
        self._heard_at = time.monotonic()
        self._call.accept(answer)

    @property
    def alive(self) -> bool:
        """Whether it is answered and not over."""
        return not self._over and self._call.dialog.state == DialogState.CONFIRMED

    @property
    def quiet(self) -> bool:
        """Whether no packet has come for too long."""
        silent = time.monotonic() - self._heard_at > QUIET_SECONDS
        return self.alive and silent and not self._listens

    def frame(self) -> bytes:
        """The next 20 ms of what it says."""
        return self._in.frame()

    def play(self, ulaw: bytes) -> None:
        """Let it hear 20 ms."""
        if self._socket is not None and self._theirs is not None and not self._over:
            self._socket.sendto(self._out.packet(ulaw), self._theirs)

    def refer(self, number: str) -> bool:
        """
        Ask the telephone to call another number instead (REFER); whether it was asked.

        It tells us how that goes: once it is joined, this call ends (``transferred``).
        """
        if not self.alive:
            return False
        host, port = self._call._signaling_addr()
        asked = self._call.dialog.create_request("REFER", via_host=host, via_port=port)
        target, (peer, peer_port) = re.sub(r"[^0-9+]", "", number), self._call.source_addr
        asked.headers.set_single("Refer-To", f"<sip:{target}@{peer}:{peer_port}>")
        asked.headers.set_single("Referred-By", f"<sip:{host}:{port}>")
        self._call.transport.send(asked, self._call.source_addr)
        return True

    def transferred(self, status: int) -> None:
        """How the telephone's other call goes: joined, ours ends; not to be had, it stays with us."""
        if 200 <= status < 300 and self.alive:
            self._call.hangup()
            self.gone()
        elif status >= 300:
            log.warning("a telephone could not be transferred: %s", status)

    def gone(self) -> None:
        """The caller hung up, or cannot be reached."""
        if not self._over:
            self._over = True
            self._shut()
            self.on_gone()

    async def close(self) -> None:
        """Hang up, or refuse what was not answered yet."""
        if self._over:
            return
        self._over = True
        if self._call.dialog.state == DialogState.CONFIRMED:
            self._call.hangup()
        elif self._call.dialog.state != DialogState.TERMINATED:
            self._call.reject(480)
        self._shut()

    def _shut(self) -> None:
        if self._socket is not None:
            self._socket.close()

    def _packet(self, data: bytes, addr: tuple[str, int]) -> None:
        """Sound from wherever the signalling comes; where it comes from is where ours goes (RFC 4961)."""
        if rtp.is_rtcp(data) or (self._theirs and addr[0] not in self._known()):
            return
        try:
            key = self._in.take(data)
        except rtp.BadPacket:
            return
        self._theirs, self._heard_at = addr, time.monotonic()
        if key:
            self.on_key(key)

    def _known(self) -> set[str]:
        return {self._theirs[0] if self._theirs else "", self._call.source_addr[0]}


class Sip:
    """The listening end: makes a leg of every new call and hands it to ``on_call``."""

    def __init__(
        self, host: str, port: int, *, peers: Sequence[Network] = (), advertised: str = "",
        on_call: Callable[[SipLeg], None], room: Callable[[], bool] = lambda: True,
    ) -> None:  # fmt: skip
        self.transport = Datagrams(local_addr=(host, port), peers=peers)
        self._host, self._advertised, self._on_call, self._room = host, advertised, on_call, room
        self._legs: dict[str, SipLeg] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Listen."""
        self._agent = aiosipua.SipUAS(
            self.transport, user_agent="yilu", session_expires=SESSION_SECONDS,
            advertised_addr=(self._advertised, self.transport.local_addr[1]) if self._advertised else None,
        )  # fmt: skip
        self._agent.on_invite = self._invited
        self._agent.on_reinvite = lambda call: self._of(call, SipLeg.renegotiate)
        self._agent.on_bye = lambda call, _request: self._of(call, SipLeg.gone)
        self._agent.on_ack_timeout = lambda call: self._of(call, SipLeg.gone)
        self._agent.on_session_expired = lambda call: self._of(call, SipLeg.gone)
        self._agent.on_cancel = self._cancelled
        self._agent.on_transfer_progress = self._transferred
        await self._agent.start()

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.transport.local_addr[1])

    async def stop(self) -> None:
        """Close; calls were ended before."""
        await self._agent.stop()

    def look(self) -> None:
        """Calls of telephones that vanished end; what ended is forgotten."""
        for name, leg in list(self._legs.items()):
            if leg.quiet:
                log.info("a telephone vanished in the middle of a call")
                leg._call.hangup()
                leg.gone()
            if leg._over:
                self._legs.pop(name)
                self._agent._calls.pop(name, None)

    def _invited(self, call: Any) -> None:
        known = self._legs.get(call.call_id)
        if known is not None and not known._over:  # the INVITE again: its dialog stays the first
            self._agent._calls[call.call_id] = known._call
            return
        if not self._room():
            call.reject(503)
            return
        leg = SipLeg(call, self._host, self._advertised)
        self._legs[call.call_id] = leg
        task = asyncio.ensure_future(self._begin(call, leg))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _begin(self, call: Any, leg: SipLeg) -> None:
        try:
            await leg.prepare()
        except (SdpNegotiationError, AttributeError, ValueError) as fault:
            log.info("a call offers no sound that we speak: %s", type(fault).__name__)
            self._legs.pop(call.call_id, None)
            call.reject(488)
            return
        except OSError:
            call.reject(500)
            return
        self._on_call(leg)

    def _cancelled(self, request: Any, _addr: tuple[str, int]) -> None:
        leg = self._legs.get(request.call_id or "")
        if leg is not None:
            leg.gone()

    def _transferred(self, call_id: str, status: int, _reason: str) -> None:
        leg = self._legs.get(call_id)
        if leg is not None:
            leg.transferred(status)

    def _of(self, call: Any, do: Callable[[SipLeg], None]) -> None:
        leg = self._legs.get(call.call_id)
        if leg is not None:
            leg._call = call
            do(leg)


def number_of(uri: str) -> str:
    """The telephone number in an address; nothing where there is none."""
    found = _NUMBER.search(uri + ";")
    return found[1] if found else ""
