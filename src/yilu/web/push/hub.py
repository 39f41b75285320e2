"""
Who waits for what, and telling them: no input or output of its own, one event loop.

A connection costs little while nothing happens: no task of its own, an empty queue. A reader too
slow to take what it is told is let go; it comes back with the last event it saw and is told what it
missed, or to read everything anew.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any

QUEUE_MAX = 64
"""How many messages may wait for one slow reader."""
STALL_SECONDS = 30.0
"""How long one write to a reader may take."""
KEPT = 20_000
"""How many past events are remembered for those who come back."""
LINES_MAX = 4_000
EACH_MAX = 24
"""How many connections one person may hold."""
HEARTBEAT_SECONDS = 20.0
EVERYTHING = "*"
"""In place of a topic: something may have been missed, read anew."""

Write = Callable[[bytes], Awaitable[None]]
log = logging.getLogger(__name__)


class Full(Exception):
    """No more connections: of this process, or of this person."""


@dataclass(frozen=True, slots=True)
class _Told:
    """One event that was told, for those who come back."""

    number: int
    event_id: int
    at: float
    topics: frozenset[str]


class Line:
    """One open connection."""

    __slots__ = (
        "_pending", "_write", "_writer", "began", "ended", "ends", "for_whom", "topics",
    )  # fmt: skip

    def __init__(
        self, write: Write, topics: frozenset[str], for_whom: str, ends: float, loop: Any
    ) -> None:
        self._write = write
        self._pending: deque[bytes] | None = None
        self._writer: asyncio.Task[None] | None = None
        self.topics = topics
        self.for_whom = for_whom
        self.ends = ends
        self.began = 0.0
        self.ended: asyncio.Future[str] = loop.create_future()

    def tell(self, message: bytes) -> None:
        """Have it written when the reader takes it; lets the reader go if too much waits."""
        if self.ended.done():
            return
        if self._pending is None:
            self._pending = deque()
        if len(self._pending) >= QUEUE_MAX:
            self.end("slow")
            return
        self._pending.append(message)
        if self._writer is None:
            self.began = asyncio.get_running_loop().time()
            self._writer = asyncio.create_task(self._drain())

    @property
    def idle(self) -> bool:
        """Whether nothing is being written."""
        return self._writer is None

    def end(self, why: str) -> None:
        """Let the reader go."""
        if not self.ended.done():
            self.ended.set_result(why)
        if self._writer is not None and why != "stop":
            self._writer.cancel()

    async def _drain(self) -> None:
        try:
            while self._pending:
                together = b"".join(self._pending)
                self._pending.clear()
                self.began = asyncio.get_running_loop().time()
                await self._write(together)
        except Exception as problem:  # noqa: BLE001  (whatever it is, this reader is gone)
            log.info("a reader went away: %s", type(problem).__name__)
            self.end("gone")
        finally:
            self._pending = None
            self._writer = None


class Hub:
    """Everybody who waits, by topic."""

    def __init__(self, *, now: Callable[[], float]) -> None:
        self._now = now
        self._began = now()
        self._by_topic: dict[str, set[Line]] = {}
        self._by_person: dict[str, int] = {}
        self._lines: set[Line] = set()
        self._told: deque[_Told] = deque(maxlen=KEPT)
        self._numbers: dict[int, int] = {}
        self._count = itertools.count()
        self.last_event = 0
        self.slow = 0

    def __len__(self) -> int:
        return len(self._lines)

    def join(self, write: Write, *, topics: Iterable[str], for_whom: str, ends: float) -> Line:
        """:raises Full: where no more connections are taken."""
        if len(self._lines) >= LINES_MAX or self._by_person.get(for_whom, 0) >= EACH_MAX:
            raise Full
        line = Line(write, frozenset(topics), for_whom, ends, asyncio.get_running_loop())
        self._lines.add(line)
        self._by_person[for_whom] = self._by_person.get(for_whom, 0) + 1
        for topic in line.topics:
            self._by_topic.setdefault(topic, set()).add(line)
        return line

    def leave(self, line: Line) -> None:
        """Forget a connection."""
        if line not in self._lines:
            return
        self._lines.discard(line)
        line.end("left")
        self._by_person[line.for_whom] -= 1
        if not self._by_person[line.for_whom]:
            del self._by_person[line.for_whom]
        for topic in line.topics:
            waiting = self._by_topic[topic]
            waiting.discard(line)
            if not waiting:
                del self._by_topic[topic]

    def publish(self, event_id: int, topics: frozenset[str]) -> None:
        """Tell everybody who waits for one of these topics, each once."""
        number = next(self._count)
        if len(self._told) == KEPT:
            self._numbers.pop(self._told[0].event_id, None)
        self._told.append(_Told(number, event_id, self._now(), topics))
        self._numbers[event_id] = number
        self.last_event = event_id
        reached: set[Line] = set()
        for topic in topics:
            reached |= self._by_topic.get(topic, frozenset())
        for line in reached:
            self._tell(line, event_id, line.topics & topics)

    def catch_up(self, line: Line, *, last_event: int | None, since: float) -> None:
        """
        Tell a reader who has just come what it may have missed.

        :param last_event: the last event it saw, if it was here before.
        :param since: when its page was made.
        """
        if last_event is not None:
            known = self._numbers.get(last_event)
            if known is None and last_event != self.last_event:
                self.read_anew(line)
                return
            missed = [told for told in self._told if known is not None and told.number > known]
        elif since < self._began or (len(self._told) == KEPT and since < self._told[0].at):
            self.read_anew(line)
            return
        else:
            missed = [told for told in self._told if told.at >= since]
        topics = frozenset[str]().union(*(told.topics & line.topics for told in missed))
        if topics:  # one message for all of them: the page reads once
            self._tell(line, self.last_event, topics)

    def read_anew(self, line: Line) -> None:
        """Say that something may have been missed."""
        self._tell(line, self.last_event, frozenset({EVERYTHING}))

    def everybody_anew(self) -> None:
        """After we ourselves were deaf for a while."""
        for line in list(self._lines):
            self.read_anew(line)

    def beat(self) -> None:
        """Show every idle reader that we live and how far it is; let the stalled and the ended go."""
        clock, now = asyncio.get_running_loop().time(), self._now()
        sign = b": here\n\n" if not self.last_event else b"id: %d\n\n" % self.last_event
        for line in list(self._lines):
            if now > line.ends:
                line.end("ticket")
            elif not line.idle and clock - line.began > STALL_SECONDS:
                self.slow += 1
                line.end("slow")
            elif line.idle:
                line.tell(sign)

    def stop(self) -> None:
        """Let everybody go, in order."""
        for line in list(self._lines):
            line.end("stop")

    def _tell(self, line: Line, event_id: int, topics: Iterable[str]) -> None:
        line.tell(b"id: %d\ndata: %s\n\n" % (event_id, " ".join(sorted(topics)).encode()))
        if line.ended.done() and line.ended.result() == "slow":
            self.slow += 1
