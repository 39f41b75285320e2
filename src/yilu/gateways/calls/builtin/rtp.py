"""RTP packets (RFC 3550) and key tones inside them (RFC 2833/4733): what a telephone sends, as it is."""

from __future__ import annotations

import secrets
import struct
from dataclasses import dataclass, field
from typing import Final

from yilu.gateways.calls.builtin.audio import FRAME, SILENT, alaw_to_ulaw, ulaw_to_alaw

PCMU, PCMA = 0, 8
PACKET_MAX: Final = 1500
KEYS: Final = "0123456789*#"
WAITING_MAX: Final = FRAME * 15
"""So much sound may wait to be played on: 300 ms; older is dropped."""
BEHIND_MAX: Final = 50
KEYS_A_SECOND: Final = 8
"""Nobody presses faster; what floods is passed over."""


class BadPacket(ValueError):
    """It is no RTP packet."""


@dataclass(frozen=True, slots=True)
class Packet:
    """What of a packet matters here."""

    kind: int
    number: int
    stamp: int
    source: int
    content: bytes = field(repr=False)
    marked: bool = False


def read(data: bytes) -> Packet:
    """:raises BadPacket: too short, another version, or its own lengths do not fit."""
    if not 12 <= len(data) <= PACKET_MAX:
        raise BadPacket("size")
    first, second, number, stamp, source = struct.unpack_from("!BBHII", data)
    if first >> 6 != 2:
        raise BadPacket("version")
    begin, end = 12 + 4 * (first & 0x0F), len(data)
    if first & 0x10:
        if begin + 4 > end:
            raise BadPacket("extension")
        begin += 4 + 4 * int(struct.unpack_from("!H", data, begin + 2)[0])
    if first & 0x20:
        end -= data[-1] or PACKET_MAX
    if begin > end:
        raise BadPacket("length")
    return Packet(second & 0x7F, number, stamp, source, data[begin:end], bool(second & 0x80))


def is_rtcp(data: bytes) -> bool:
    """Whether a packet on a shared port is control, not sound (RFC 5761)."""
    return len(data) >= 2 and 192 <= data[1] <= 223


class Sender:
    """Numbers and stamps of one stream out."""

    def __init__(self, kind: int) -> None:
        self.kind = kind
        self.source = secrets.randbits(32)
        self._number, self._stamp = secrets.randbits(15), secrets.randbits(31)
        self._first = True

    def packet(self, ulaw: bytes) -> bytes:
        """The next frame as a packet."""
        content = ulaw_to_alaw(ulaw) if self.kind == PCMA else ulaw
        head = struct.pack(
            "!BBHII", 0x80, self.kind | (0x80 if self._first else 0), self._number, self._stamp,
            self.source,
        )  # fmt: skip
        self._first = False
        self._number = (self._number + 1) & 0xFFFF
        self._stamp = (self._stamp + len(ulaw)) & 0xFFFFFFFF
        return head + content


class Receiver:
    """
    One stream in: sound waits in ``heard`` in the order it was sent, keys come out of ``take``.

    A packet that is late is dropped; one that is lost is silence. No sorting: on lines of one office
    packets come in order.
    """

    def __init__(self, kind: int = PCMU, keys_kind: int | None = 101) -> None:
        self.kind, self.keys_kind = kind, keys_kind
        self.heard = bytearray()
        self.packets = self.dropped = 0
        self._source: int | None = None
        self._last: int | None = None
        self._key: int | None = None
        self._allowance, self._stamp = float(KEYS_A_SECOND), 0

    def take(self, data: bytes) -> str:
        """Take a packet; the key it ends or begins, or nothing. :raises BadPacket:"""
        packet = read(data)
        if packet.source != self._source:  # a new stream, for instance after a re-INVITE
            self._source, self._last, self._key, self._stamp = (
                packet.source,
                None,
                None,
                packet.stamp,
            )
        self.packets += 1
        if packet.kind == self.keys_kind:
            return self._pressed(packet)
        if packet.kind not in (PCMU, PCMA) or packet.kind != self.kind:
            self.dropped += 1
            return ""
        if self._last is not None:
            ahead = (packet.number - self._last) & 0xFFFF
            if ahead == 0 or ahead > 0xFFFF - BEHIND_MAX:
                self.dropped += 1
                return ""
        self._last = packet.number
        sound = alaw_to_ulaw(packet.content) if packet.kind == PCMA else packet.content
        self.heard += sound
        if len(self.heard) > WAITING_MAX:
            del self.heard[: len(self.heard) - WAITING_MAX // 2]
        return ""

    def frame(self) -> bytes:
        """The next 20 ms; silence where nothing came."""
        found = bytes(self.heard[:FRAME])
        del self.heard[:FRAME]
        return found + SILENT * (FRAME - len(found))

    def _pressed(self, packet: Packet) -> str:
        """A key counts once, when its event is first seen: it is repeated until it is released."""
        if len(packet.content) < 4 or packet.stamp == self._key:
            return ""
        passed = ((packet.stamp - self._stamp) & 0xFFFFFFFF) / 8000
        self._key, self._stamp = packet.stamp, packet.stamp
        self._allowance = min(
            float(KEYS_A_SECOND), self._allowance + min(passed, 60) * KEYS_A_SECOND
        )
        event = packet.content[0]
        if event >= len(KEYS) or self._allowance < 1:
            self.dropped += 1
            return ""
        self._allowance -= 1
        return KEYS[event]
