"""A recording that comes in pieces, as a chain: each holds the digest of all before it (分片哈希链)."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from yilu.kernel.words import marked as _

FAULTS: Final = {
    "MISSING": _("缺少这一片"),
    "GONE": _("文件不在，或打不开"),
    "ALTERED": _("内容与摘要不符"),
    "CHAIN": _("与前一片接不上"),
    "HEAD": _("链的末端与存证不符"),
    "NO_EVIDENCE": _("没有找到结束时的存证"),
}
"""What may be wrong with a recording."""


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


def begin(what: str) -> str:
    """What the first piece is chained to: the recording itself, as ``video:7``."""
    return hashlib.sha256(f"yilu.{what}".encode()).hexdigest()


def digest_of(content: bytes, told: str) -> str | None:
    """The digest of a piece; None where the sender told another."""
    found = hashlib.sha256(content).hexdigest()
    return found if hmac.compare_digest(found.encode(), told.strip().lower().encode()) else None


def follows(number: int, take: int, *, pieces: int, takes: int) -> bool:
    """Whether a piece is the next: of the take that runs, or the first of the one after it."""
    return number == pieces + 1 and (take == takes + 1 or take == takes > 0)


def chain(before: str, *, number: int, take: int, sha256: str, size: int) -> str:
    """The chain's head after one more piece."""
    return hashlib.sha256(f"{before}|{number}|{take}|{size}|{sha256}".encode()).hexdigest()


def verify(
    what: str, links: Iterable[Link], read: Callable[[Link], bytes | None], *,
    pieces: int, head: str,
) -> Verdict:  # fmt: skip
    """
    Compute everything again: every file's digest, every link, the end against what was recorded.

    :param what: whose recording it is, as ``begin`` had it.
    :param read: the file of a piece, None if it is gone or does not open.
    :param pieces, head: how many there were and the chain's head, as the evidence has them.
    """
    now, count = begin(what), 0
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
