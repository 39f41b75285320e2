"""A leg (一路话): one telephone or one browser at the switch, whatever carries its sound."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from aioice import Candidate

from yilu.gateways.calls.builtin import rtp
from yilu.gateways.calls.builtin.secure import Finder, SecureLine, fingerprint
from yilu.gateways.calls.control import BadOffer

log = logging.getLogger(__name__)

OFFER_MAX: Final = 16_000
CANDIDATES_MAX: Final = 40


class Leg(Protocol):
    """What the switch needs of a telephone."""

    on_key: Callable[[str], None]
    on_gone: Callable[[], None]
    away: bool
    """Whether whoever is there listens to nobody just now: they put us on hold."""

    @property
    def alive(self) -> bool:
        """Whether sound can come and go."""

    def frame(self) -> bytes:
        """The next 20 ms of what it says."""

    def play(self, ulaw: bytes) -> None:
        """Let it hear 20 ms."""

    async def close(self) -> None:
        """Hang up."""


@dataclass(frozen=True, slots=True)
class Offer:
    """What a browser says of itself, as far as we need it."""

    user: str
    password: str
    fingerprint: str
    kind: int
    mid: str
    candidates: tuple[str, ...]


def read_offer(sdp: str) -> Offer:
    """
    Read a browser's offer: one line of sound, G.711 among its codecs, its addresses inside.

    :raises BadOffer: without that.
    """
    if not 0 < len(sdp) <= OFFER_MAX:
        raise BadOffer("size")
    found = dict(re.findall(r"^a=(ice-ufrag|ice-pwd|mid):([!-~]{1,256})\r?$", sdp, re.MULTILINE))
    marks = re.findall(r"^a=fingerprint:sha-256 ([0-9A-Fa-f:]{95})\r?$", sdp, re.MULTILINE)
    sound = re.findall(r"^m=audio \d+ UDP/TLS/RTP/SAVPF ([\d ]{1,200})\r?$", sdp, re.MULTILINE)
    if len(sound) != 1 or not marks or not {"ice-ufrag", "ice-pwd"} <= set(found):
        raise BadOffer("no sound, or no keys")
    kinds = [int(each) for each in sound[0].split()]
    kind = next((each for each in kinds if each in (rtp.PCMU, rtp.PCMA)), None)
    if kind is None:
        raise BadOffer("no G.711")
    ways = re.findall(r"^a=candidate:([^\r\n]{1,300})\r?$", sdp, re.MULTILINE)[:CANDIDATES_MAX]
    mid = found.get("mid", "0")
    return Offer(
        found["ice-ufrag"],
        found["ice-pwd"],
        marks[0].upper(),
        kind,
        mid if re.fullmatch(r"[A-Za-z0-9]{1,16}", mid) else "0",
        tuple(ways),
    )


class BrowserLeg:
    """A browser with a microphone."""

    def __init__(
        self, offer: Offer, addresses: Sequence[str], stun: tuple[str, int] | None
    ) -> None:
        self.on_key: Callable[[str], None] = lambda _key: None
        self.on_gone: Callable[[], None] = lambda: None
        self.away = False
        self._offer, self._ice = offer, Finder(addresses, stun)
        self._line = SecureLine(self._ice, offer.fingerprint)
        self._line.on_packet, self._line.on_gone = self._hear, self._end
        self._in, self._out = rtp.Receiver(offer.kind, None), rtp.Sender(offer.kind)
        self._task: asyncio.Task[None] | None = None
        self._over = False

    async def answer(self) -> str:
        """Find our addresses and begin; the answer for the browser."""
        for way in self._offer.candidates:
            try:
                await self._ice.add_remote_candidate(Candidate.from_sdp(way))
            except (ValueError, IndexError):  # one it cannot read is one way less
                continue
        await self._ice.add_remote_candidate(None)
        self._ice.remote_username, self._ice.remote_password = (
            self._offer.user,
            self._offer.password,
        )
        await self._ice.gather_candidates()
        self._task = asyncio.ensure_future(self._line.run())
        return self._described()

    @property
    def alive(self) -> bool:
        """Whether the browser was found and is who it says."""
        return self._line.open

    def frame(self) -> bytes:
        """The next 20 ms of what it says."""
        return self._in.frame()

    def play(self, ulaw: bytes) -> None:
        """Let it hear 20 ms."""
        self._line.send(self._out.packet(ulaw))

    async def close(self) -> None:
        """End it; nobody is told."""
        self._over = True
        await self._line.close()
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def _hear(self, packet: bytes) -> None:
        try:
            self._in.take(packet)
        except rtp.BadPacket:
            log.debug("not RTP")

    def _end(self) -> None:
        if not self._over:
            self._over = True
            self.on_gone()

    def _described(self) -> str:
        kind, name = self._offer.kind, "PCMA" if self._offer.kind == rtp.PCMA else "PCMU"
        ways = [f"a=candidate:{each.to_sdp()}" for each in self._ice.local_candidates]
        lines = [
            "v=0", f"o=- {self._out.source} 1 IN IP4 0.0.0.0", "s=-", "t=0 0",
            f"a=group:BUNDLE {self._offer.mid}", "a=msid-semantic: WMS *",
            f"m=audio 9 UDP/TLS/RTP/SAVPF {kind}", "c=IN IP4 0.0.0.0", "a=rtcp:9 IN IP4 0.0.0.0",
            f"a=mid:{self._offer.mid}", "a=sendrecv", "a=rtcp-mux", f"a=rtpmap:{kind} {name}/8000",
            "a=ptime:20", f"a=ssrc:{self._out.source} cname:yilu", "a=setup:passive",
            f"a=fingerprint:sha-256 {fingerprint()}", f"a=ice-ufrag:{self._ice.local_username}",
            f"a=ice-pwd:{self._ice.local_password}", *ways, "a=end-of-candidates",
        ]  # fmt: skip
        return "\r\n".join(lines) + "\r\n"
