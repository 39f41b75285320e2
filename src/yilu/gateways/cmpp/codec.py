"""
The messages of CMPP as bytes: a header of twelve (length, command, sequence), then fields of fixed width.

Version 3.0 (0x30) widens numbers to 32 bytes and results to four; the rest is as in 2.0 (0x20).
"""

from __future__ import annotations

import hashlib
import struct
from dataclasses import dataclass, field
from datetime import datetime

CONNECT, TERMINATE, SUBMIT, DELIVER, ACTIVE_TEST = 0x01, 0x02, 0x04, 0x05, 0x08
RESPONSE = 0x80000000
HEADER = 12
LENGTH_MAX = 4096
ASCII, UCS2, GBK = 0, 8, 15


class Malformed(ValueError):
    """These bytes are no message of the protocol."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One message: its command, its number on this line, its content."""

    command: int
    sequence: int
    body: bytes = b""

    def encode(self) -> bytes:
        return struct.pack(">III", HEADER + len(self.body), self.command, self.sequence) + self.body


def read_header(content: bytes) -> tuple[int, int, int]:
    """Length of the whole, command and sequence. :raises Malformed:"""
    if len(content) != HEADER:
        raise Malformed("a header has twelve bytes")
    length, command, sequence = struct.unpack(">III", content)
    if not HEADER <= length <= LENGTH_MAX:
        raise Malformed(f"a message of {length} bytes")
    return length, command, sequence


def padded(text: str | bytes, width: int) -> bytes:
    """A text in a field of fixed width, filled with zeros. :raises Malformed: if it does not fit."""
    content = text.encode("ascii", "strict") if isinstance(text, str) else text
    if len(content) > width:
        raise Malformed(f"{len(content)} bytes do not fit into {width}")
    return content.ljust(width, b"\0")


def _plain(content: bytes) -> str:
    return content.split(b"\0", 1)[0].decode("ascii", "replace").strip()


class _Reader:
    """Takes fields off a body, one after the other."""

    def __init__(self, body: bytes) -> None:
        self._body, self._place = body, 0

    def take(self, width: int) -> bytes:
        end = self._place + width
        if end > len(self._body):
            raise Malformed("the message ends too early")
        content, self._place = self._body[self._place : end], end
        return content

    def number(self, width: int) -> int:
        return int.from_bytes(self.take(width), "big")

    def text(self, width: int) -> str:
        return _plain(self.take(width))


# -- Signing in ------------------------------------------------------------------------------------


def stamp_of(at: datetime) -> str:
    """MMDDHHMMSS, ten digits."""
    return f"{at:%m%d%H%M%S}"


def authenticator(source: str, secret: str, stamp: str) -> bytes:
    """MD5 over our name, nine zero bytes, the shared secret and the time: as the protocol wants it."""
    content = source.encode() + bytes(9) + secret.encode() + stamp.encode()
    return hashlib.md5(content, usedforsecurity=False).digest()


def answer_authenticator(status: bytes, ours: bytes, secret: str) -> bytes:
    """By which the gateway proves that it knows the secret, too."""
    return hashlib.md5(status + ours + secret.encode(), usedforsecurity=False).digest()


@dataclass(frozen=True, slots=True)
class Connect:
    """CMPP_CONNECT: who we are, at what time, and the proof."""

    source: str
    proof: bytes = field(repr=False)
    version: int
    stamp: str

    def encode(self) -> bytes:
        return (
            padded(self.source, 6) + self.proof + bytes([self.version])
            + int(self.stamp).to_bytes(4, "big")
        )  # fmt: skip

    @classmethod
    def decode(cls, body: bytes) -> Connect:
        given = _Reader(body)
        source, proof = given.text(6), given.take(16)
        version, stamp = given.number(1), given.number(4)
        return cls(source, proof, version, f"{stamp:010d}")


@dataclass(frozen=True, slots=True)
class ConnectAnswer:
    """CMPP_CONNECT_RESP: 0 is yes."""

    status: int
    proof: bytes = field(repr=False)
    version: int

    def encode(self, version: int) -> bytes:
        return self.status.to_bytes(_result(version), "big") + self.proof + bytes([self.version])

    @classmethod
    def decode(cls, body: bytes, version: int) -> ConnectAnswer:
        given = _Reader(body)
        return cls(given.number(_result(version)), given.take(16), given.number(1))


# -- Sending ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Submit:
    """CMPP_SUBMIT: one part of a text to one number; a receipt is asked for."""

    source_company: str
    service: str
    source_number: str
    number: str = field(repr=False)
    content: bytes = field(repr=False)
    form: int
    total: int = 1
    part: int = 1
    has_header: bool = False
    level: int = 0

    def encode(self, version: int) -> bytes:
        if len(self.content) > (160 if self.form == ASCII else 140):
            raise Malformed("the content of one part is too long")
        wide = _number(version)
        new = version >= 0x30
        return b"".join(
            [
                bytes(8), bytes([self.total, self.part, 1, self.level]), padded(self.service, 10),
                bytes([2]), bytes(wide), b"\0" if new else b"", bytes([0, int(self.has_header), self.form]),
                padded(self.source_company, 6), b"01", padded("0", 6), bytes(17), bytes(17),
                padded(self.source_number, 21), b"\x01", padded(self.number, wide),
                b"\0" if new else b"", bytes([len(self.content)]), self.content, bytes(20 if new else 8),
            ]
        )  # fmt: skip

    @classmethod
    def decode(cls, body: bytes, version: int) -> Submit:
        given = _Reader(body)
        wide, new = _number(version), version >= 0x30
        given.take(8)
        total, part = given.number(1), given.number(1)
        given.take(1)
        level, service = given.number(1), given.text(10)
        given.take(1 + wide + (1 if new else 0) + 1)
        has_header, form = bool(given.number(1)), given.number(1)
        company = given.text(6)
        given.take(2 + 6 + 17 + 17)
        source_number = given.text(21)
        numbers = [given.text(wide) for _ in range(given.number(1))]
        given.take(1 if new else 0)
        content = given.take(given.number(1))
        given.take(20 if new else 8)
        if len(numbers) != 1:
            raise Malformed("one number a message")
        return cls(
            company,
            service,
            source_number,
            numbers[0],
            content,
            form,
            total,
            part,
            has_header,
            level,
        )


@dataclass(frozen=True, slots=True)
class SubmitAnswer:
    """CMPP_SUBMIT_RESP: the gateway's name of the part; result 0 is yes."""

    name: bytes
    result: int

    def encode(self, version: int) -> bytes:
        return self.name + self.result.to_bytes(_result(version), "big")

    @classmethod
    def decode(cls, body: bytes, version: int) -> SubmitAnswer:
        given = _Reader(body)
        return cls(given.take(8), given.number(_result(version)))


# -- What comes back -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Deliver:
    """CMPP_DELIVER: a text from a number, or (``is_report``) the report about a part."""

    name: bytes
    destination: str
    service: str
    source: str = field(repr=False)
    content: bytes = field(repr=False)
    form: int
    is_report: bool = False
    has_header: bool = False

    def encode(self, version: int) -> bytes:
        wide, new = _number(version), version >= 0x30
        return b"".join(
            [
                self.name, padded(self.destination, 21), padded(self.service, 10),
                bytes([0, int(self.has_header), self.form]), padded(self.source, wide),
                b"\0" if new else b"", bytes([int(self.is_report), len(self.content)]), self.content,
                bytes(20 if new else 8),
            ]
        )  # fmt: skip

    @classmethod
    def decode(cls, body: bytes, version: int) -> Deliver:
        given = _Reader(body)
        name, destination, service = given.take(8), given.text(21), given.text(10)
        given.take(1)
        has_header, form = bool(given.number(1)), given.number(1)
        source = given.text(_number(version))
        given.take(1 if version >= 0x30 else 0)
        is_report = given.number(1) == 1
        content = given.take(given.number(1))
        return cls(name, destination, service, source, content, form, is_report, has_header)


@dataclass(frozen=True, slots=True)
class Report:
    """The content of a report: which part, and DELIVRD, EXPIRED, UNDELIV, REJECTD …"""

    name: bytes
    state: str
    submitted: str
    done: str
    number: str = field(repr=False)
    centre_sequence: int = 0

    def encode(self, version: int) -> bytes:
        return b"".join(
            [
                self.name, padded(self.state, 7), padded(self.submitted, 10), padded(self.done, 10),
                padded(self.number, _number(version)), self.centre_sequence.to_bytes(4, "big"),
            ]
        )  # fmt: skip

    @classmethod
    def decode(cls, content: bytes, version: int) -> Report:
        given = _Reader(content)
        name, state, submitted, done = given.take(8), given.text(7), given.text(10), given.text(10)
        return cls(name, state, submitted, done, given.text(_number(version)), given.number(4))


@dataclass(frozen=True, slots=True)
class DeliverAnswer:
    """CMPP_DELIVER_RESP: we have it."""

    name: bytes
    result: int = 0

    def encode(self, version: int) -> bytes:
        return self.name + self.result.to_bytes(_result(version), "big")


def _result(version: int) -> int:
    return 4 if version >= 0x30 else 1


def _number(version: int) -> int:
    return 32 if version >= 0x30 else 21
