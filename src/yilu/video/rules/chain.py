"""Pieces of a recording as a chain: each holds the digest of all before it (分片哈希链)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Link:
    """One piece as its row says."""

    number: int
    take: int
    sha256: str
    size: int
    chained: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a recording is whole; ``piece``: the first that is not, ``fault``: what is wrong there."""

    ok: bool
    pieces: int
    head: str
    piece: int | None = None
    fault: str = ""


def begin(session_id: int) -> str:
    """What the first piece is chained to: the session itself."""
    return hashlib.sha256(f"yilu.video:{session_id}".encode()).hexdigest()


def chain(before: str, *, number: int, take: int, sha256: str, size: int) -> str:
    """The chain's head after one more piece."""
    return hashlib.sha256(f"{before}|{number}|{take}|{size}|{sha256}".encode()).hexdigest()


def verify(
    session_id: int, links: Iterable[Link], read: Callable[[Link], bytes | None], *,
    pieces: int, head: str,
) -> Verdict:  # fmt: skip
    """
    Compute everything again: every file's digest, every link, the end against what was recorded.

    :param read: the file of a piece, None if it is gone or does not open.
    :param pieces, head: how many there were and the chain's head, as the evidence has them.
    """
    now, count = begin(session_id), 0
    for link in links:
        count += 1
        fault = _fault(link, count, now, read)
        if fault:
            return Verdict(
                False, count - 1, now, count if fault == "MISSING" else link.number, fault
            )
        now = link.chained
    if count != pieces:
        return Verdict(False, count, now, count + 1 if count < pieces else count, "MISSING")
    if now != head:
        return Verdict(False, count, now, None, "HEAD")
    return Verdict(True, count, now)


def _fault(link: Link, expected: int, before: str, read: Callable[[Link], bytes | None]) -> str:
    if link.number != expected:
        return "MISSING"
    content = read(link)
    if content is None:
        return "GONE"
    if len(content) != link.size or hashlib.sha256(content).hexdigest() != link.sha256:
        return "ALTERED"
    again = chain(before, number=link.number, take=link.take, sha256=link.sha256, size=link.size)
    return "" if again == link.chained else "CHAIN"
