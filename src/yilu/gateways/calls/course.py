"""What every call has, whoever carries it: the keys pressed in it, and the house that is told of it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Final, Protocol, TypeVar

from yilu.gateways.calls.seam import CallEvent, Gather, HangUp, Verb

log = logging.getLogger(__name__)
T = TypeVar("T")
Pause = Callable[[float], Awaitable[None]]

TRIES: Final = 4
PATIENT_TRIES: Final = 12
"""For what must be known even if it takes a minute: that a call is over."""
KEYS_MAX: Final = 32
EVENTS_MAX: Final = 300
"""Whoever makes more of one call plays with it."""
PATIENCE: Final = 30
"""So many seconds between two words to somebody who waits in the queue."""


class House(Protocol):
    """Who decides what a call does; each may raise, and is called in a thread."""

    def hear(self, event: CallEvent) -> Sequence[Verb]:
        """What happened; the answer is what to do next. :raises LookupError: no such call any more."""

    def living(self, calls: Sequence[str]) -> None:
        """These calls of ours go on."""


class Keys:
    """The keys of a caller in their order, each with what it was pressed by (empty where nobody says)."""

    def __init__(self) -> None:
        self._pressed: asyncio.Queue[tuple[str, str]] = asyncio.Queue(KEYS_MAX)

    def press(self, key: str, source: str = "") -> bool:
        """One more key; False where it is passed over because more were pressed than fit."""
        if self._pressed.full():
            return False
        self._pressed.put_nowait((key, source))
        return True

    @property
    def waiting(self) -> bool:
        """Whether a key was pressed that nobody has asked for yet."""
        return not self._pressed.empty()

    async def next(self, seconds: float) -> tuple[str, str] | None:
        """The next key; None where none comes in time."""
        try:
            async with asyncio.timeout(seconds):
                return await self._pressed.get()
        except TimeoutError:
            return None

    def forget(self) -> None:
        """What was pressed so far was meant for something else."""
        while self.waiting:
            self._pressed.get_nowait()

    async def gather(self, verb: Gather, seconds: float) -> tuple[str, str]:
        """Keys until there are enough, the finishing one, or nothing for so long; and the last one's source."""
        found = source = ""
        while len(found) < verb.digits and (pressed := await self.next(seconds)) is not None:
            key, source = pressed
            if key == verb.finish and verb.digits > 1:
                break
            found += key
        return found, source


class Teller:
    """Tells the house what happens in one call, one thing after the other."""

    def __init__(self, call: str, house: House, pause: Pause) -> None:
        self._call, self._house, self._pause = call, house, pause
        self._one_by_one, self._told = asyncio.Lock(), 0

    async def tell(
        self, kind: str, id: str = "", *, digits: str = "", caller: str = "", called: str = "",
        recording: str = "", patient: bool = False,
    ) -> Sequence[Verb] | None:  # fmt: skip
        """
        Tell it, again under the same number until it is heard; what to do next, None: nobody listens.

        ``id``: the number the house knows it by, for who may tell it twice; else the call's own count.
        """
        async with self._one_by_one:
            self._told += 1
            if self._told > EVENTS_MAX and kind == "digits":
                return (HangUp(),)
            event = CallEvent(
                id or f"{self._told}", self._call, kind, datetime.now(UTC), caller=caller,
                called=called, digits=digits, recording=recording,
            )  # fmt: skip
            tries = PATIENT_TRIES if patient else TRIES
            return await insist(lambda: self._house.hear(event), self._pause, tries)


async def insist(do: Callable[[], T], pause: Pause, tries: int = TRIES) -> T | None:
    """Do it in a thread, again where it fails; None: it never went, or the call is not known any more."""
    loop = asyncio.get_running_loop()
    for n in range(tries):
        try:
            return await loop.run_in_executor(None, do)
        except LookupError:  # no such call any more: again is no better
            return None
        except Exception as fault:  # noqa: BLE001  (a database away is no reason to drop a call)
            log.warning("the house did not hear: %s", type(fault).__name__)
            if n + 1 < tries:
                await pause(min(0.2 * 2**n, 5.0))
    return None
