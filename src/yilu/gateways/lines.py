"""
A line to a gateway that stays open: an event loop in a thread of its own, used from ordinary code.

It connects when first needed and again after a break, at most every few seconds. What comes back over the
line is kept until it is collected; a long text in parts is put together first.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from abc import ABC, abstractmethod
from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import TimeoutError as TookTooLong

from yilu.gateways.sms import Accepted, Answer, Lost, Receipt, Refused, Text, Upward

log = logging.getLogger(__name__)

ANSWER_SECONDS = 5.0
RECONNECT_SECONDS = 3.0
HALVES_MAX = 1000
"""How many incomplete long texts are kept; the oldest goes."""


class Line(ABC):
    """What SMPP and CMPP have in common on our side."""

    name: str
    rate: float

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._tried_at = float("-inf")
        self._receipts: list[Receipt] = []
        self._replies: list[Upward] = []
        self._halves: OrderedDict[tuple[str, int], dict[int, bytes]] = OrderedDict()
        self._reference = 0

    def submit(self, texts: Sequence[Text]) -> list[Answer]:
        """Hand them over, all at once within the window. Raises nothing."""
        if not texts:
            return []
        work = asyncio.run_coroutine_threadsafe(self._submit_all(texts), self._running())
        try:
            return work.result(ANSWER_SECONDS * 3)
        except (TookTooLong, asyncio.CancelledError):
            work.cancel()
            return [Lost("TIMEOUT") for _ in texts]

    def collect(self) -> tuple[list[Receipt], list[Upward]]:
        """What came back since the last time; sees to it that the line is open to bring more."""
        loop = self._running()
        if not self.is_open() and time.monotonic() - self._tried_at > RECONNECT_SECONDS:
            asyncio.run_coroutine_threadsafe(self._opened(), loop)
        with self._lock:
            found = self._receipts, self._replies
            self._receipts, self._replies = [], []
        return found

    def close(self) -> None:
        """Hang up."""
        if self._loop is not None:
            loop, self._loop = self._loop, None
            asyncio.run_coroutine_threadsafe(self._hang_up(), loop).result(ANSWER_SECONDS)
            loop.call_soon_threadsafe(loop.stop)

    @abstractmethod
    def is_open(self) -> bool:
        """Whether the line stands."""

    @abstractmethod
    async def _connect(self) -> None:
        """Open the line. May raise anything; then there is none."""

    @abstractmethod
    async def _hang_up(self) -> None:
        """Close the line."""

    @abstractmethod
    async def _submit_part(self, text: Text, place: int, reference: int) -> str | Refused:
        """One part: the gateway's name for it, or its refusal. May raise: then the answer is lost."""

    def keep(self, *things: Receipt | Upward) -> None:
        """Keep what came over the line until it is collected."""
        with self._lock:
            for thing in things:
                if isinstance(thing, Receipt):
                    self._receipts.append(thing)
                else:
                    self._replies.append(thing)

    def joined(self, source: str, content: bytes, *, has_header: bool) -> bytes | None:
        """A long text of several parts put together (UDH 05 00 03 ref total number); None while some lack."""
        if not has_header or len(content) < 6 or content[0] not in {5, 6}:
            return content
        header, body = content[: content[0] + 1], content[content[0] + 1 :]
        reference, total, number = (
            header[-3] if header[0] == 5 else header[-4],
            header[-2],
            header[-1],
        )
        if total <= 1:
            return body
        found = self._halves.setdefault((source, reference), {})
        found[number] = body
        if len(found) < total:
            while len(self._halves) > HALVES_MAX:
                self._halves.popitem(last=False)
            return None
        del self._halves[source, reference]
        return b"".join(found[n] for n in sorted(found))

    def _running(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None:
                loop = self._loop = asyncio.new_event_loop()
                threading.Thread(
                    target=loop.run_forever, name=f"line-{self.name}", daemon=True
                ).start()
        return self._loop

    async def _opened(self) -> bool:
        if self.is_open():
            return True
        if time.monotonic() - self._tried_at < RECONNECT_SECONDS:
            return False
        self._tried_at = time.monotonic()
        try:
            await asyncio.wait_for(self._connect(), ANSWER_SECONDS)
        except Exception as trouble:  # noqa: BLE001  (whatever it was, there is no line)
            log.warning("no line to %s: %s", self.name, type(trouble).__name__)
            return False
        self._tried_at = float("-inf")
        return True

    async def _submit_all(self, texts: Sequence[Text]) -> list[Answer]:
        if not await self._opened():
            return [Refused("NO_LINE", is_final=False) for _ in texts]
        return list(await asyncio.gather(*(self._submit(text) for text in texts)))

    async def _submit(self, text: Text) -> Answer:
        self._reference = self._reference % 255 + 1
        reference = self._reference
        names: list[str] = []
        for place in range(len(text.parts)):
            try:
                answer = await asyncio.wait_for(
                    self._submit_part(text, place, reference), ANSWER_SECONDS
                )
            except Exception as trouble:  # noqa: BLE001  (it was on its way: whatever broke, nobody knows)
                return Lost(type(trouble).__name__[:40])
            if isinstance(answer, Refused):
                # Some parts are with the operator already: no second try of the whole.
                return Refused(answer.code, is_final=True) if names else answer
            names.append(answer)
        return Accepted(tuple(names))


def part_header(reference: int, total: int, number: int) -> bytes:
    """The six bytes that say which part of which text this is."""
    return bytes([5, 0, 3, reference, total, number])
