"""One call at the switch: does what verbs say, tells what happened, records."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import secrets
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Final, Protocol

from yilu.gateways.calls import course
from yilu.gateways.calls.builtin import audio, desk
from yilu.gateways.calls.builtin.digest import Secret
from yilu.gateways.calls.builtin.legs import Leg
from yilu.gateways.calls.builtin.prompts import Prompts
from yilu.gateways.calls.builtin.sip import SipLeg
from yilu.gateways.calls.course import PATIENCE, Keys, Teller, insist
from yilu.gateways.calls.seam import (
    Answer,
    Bridge,
    Enqueue,
    Gather,
    HangUp,
    Record,
    Say,
    Transfer,
    Verb,
)

log = logging.getLogger(__name__)

PIECE_BYTES: Final = 2 * audio.RATE * 5
"""A piece of the recording: five seconds of two channels."""


class House(course.House, desk.Seats, Protocol):
    """Who decides, keeps recordings too, and knows the seats' telephones."""

    def telephone(self, seat: str) -> Secret | None:
        """What is kept of the password of a seat's telephone; None where it has none."""

    def standing(self, driver: str, call: str) -> tuple[int, int]:
        """How many pieces and takes of this call's recording are kept."""

    def keep(
        self, driver: str, call: str, number: int, take: int, sha256: str, content: bytes
    ) -> None:
        """Keep one piece; the same again changes nothing."""


class Line:
    """A call: its caller's leg, what it hears just now, the seat it is joined with, its recording."""

    def __init__(
        self, leg: Leg | None, house: House, prompts: Prompts, *, driver: str, key: str = "",
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:  # fmt: skip
        self.driver, self.key = driver, key or secrets.token_hex(16)
        self.leg, self.seat = leg, ""
        self.music = self.held = self.waits = self.over = False
        self.on_over: Callable[[Line], None] = lambda _line: None
        self._house, self._prompts, self._pause = house, prompts, pause
        self._keys, self._teller = Keys(), Teller(self.key, house, pause)
        self._playing, self._drained = bytearray(), asyncio.Event()
        self._script: asyncio.Task[None] | None = None
        self._at = 0
        self._recording = ""
        self._both = bytearray()
        self._pieces: asyncio.Queue[tuple[int, bytes] | None] = asyncio.Queue()
        self._take = self._take_base = 0
        self._keeper: asyncio.Task[None] | None = None
        self._ends: asyncio.Task[None] | None = None

    # -- what is heard ------------------------------------------------------------------------

    def tick(self, heard: bytes, said: bytes) -> None:
        """Twenty milliseconds of the call: what the caller says and the seat; play, record."""
        if self._playing:
            frame = bytes(self._playing[: audio.FRAME])
            del self._playing[: audio.FRAME]
            frame += audio.SILENT * (audio.FRAME - len(frame))
            if not self._playing:
                self._drained.set()
        elif self.held or self.waits or (self.music and not self.seat):
            music = audio.waiting_music()
            self._at %= len(music) - audio.FRAME
            frame = music[self._at : self._at + audio.FRAME]
            self._at += audio.FRAME
        else:
            frame = said
        if self.leg is not None:
            self.leg.play(frame)
        if self._recording:
            self._both += audio.interleaved(heard, said)
            if len(self._both) >= PIECE_BYTES:
                self._cut()

    def press(self, key: str) -> None:
        """A key of the caller; more than fit are passed over."""
        if self._keys.press(key):
            self._drained.set()  # whoever presses a key has heard enough

    @property
    def recording(self) -> bool:
        """Whether it is being recorded."""
        return bool(self._recording)

    # -- what is to be done -------------------------------------------------------------------

    async def offered(self, caller: str, called: str) -> None:
        """A new call: ask what to do with it."""
        verbs = await self._teller.tell("offered", caller=caller, called=called)
        if verbs is None:  # nobody decides: better no answer than silence
            await self.end(tell=False)
        else:
            self.do(verbs)

    def do(self, verbs: Sequence[Verb]) -> None:
        """Do this from now on, in place of what was being done."""
        if self.over:
            return
        if self._script is not None and self._script is not asyncio.current_task():
            self._script.cancel()
        self._playing.clear()
        self._script = asyncio.ensure_future(self._run(list(verbs)))

    async def end(self, *, tell: bool = True) -> None:
        """The call is over: hang up, keep what was recorded, say so where the call is ours. Twice is once."""
        if self.over:
            return
        self.over = True
        if self._script is not None and self._script is not asyncio.current_task():
            self._script.cancel()
        voicemail = self._recording == "voicemail"
        took = self._stop_recording()
        if self.leg is not None:
            await self.leg.close()
        if self._keeper is not None:
            self._pieces.put_nowait(None)
            await asyncio.wait([self._keeper], timeout=20)
        if tell and self.driver == "builtin":
            if voicemail and took:
                await self._teller.tell("recording_ready", recording=took)
            await self._teller.tell("released", patient=True)
        self.on_over(self)

    def gone(self) -> None:
        """The caller's leg ended by itself."""
        self._ends = asyncio.ensure_future(self.end())

    async def _run(self, verbs: list[Verb]) -> None:
        while verbs:
            verb = verbs.pop(0)
            match verb:
                case Answer():
                    if isinstance(self.leg, SipLeg):
                        self.leg.answer()
                case Say():
                    await self._say(verb)
                case Gather():
                    wait = PATIENCE if self.music else verb.seconds
                    digits, _ = await self._keys.gather(verb, wait)
                    verbs = list(await self._teller.tell("digits", digits=digits) or ())
                case Enqueue():
                    self.music, self.seat, self.held = True, "", False
                    self._stop_recording()
                case Bridge():
                    self._playing.clear()
                    self.seat, self.music, self.held = verb.seat.rpartition(":")[2], False, False
                case Record(of="voicemail"):
                    told = await self._voicemail(verb)
                    verbs = list(await self._teller.tell("recording_ready", recording=told) or ())
                case Record():
                    await self._record("talk")
                case Transfer():
                    if isinstance(self.leg, SipLeg) and not self.leg.refer(verb.number):
                        log.warning("a call could not be transferred")
                case HangUp():
                    self._ends = asyncio.ensure_future(self.end())
                    return

    async def _say(self, verb: Say) -> None:
        if self._keys.waiting:  # somebody who knows the menu is ahead of us
            return
        self._playing += await self._prompts.sound(verb)
        await self._played()

    async def _played(self) -> None:
        self._drained.clear()
        if self._playing and not self._keys.waiting:
            await self._drained.wait()
        self._playing.clear()

    # -- the recording ------------------------------------------------------------------------

    async def _record(self, of: str) -> None:
        if self._recording:
            return
        if self._keeper is None:
            found = await insist(lambda: self._house.standing(self.driver, self.key), self._pause)
            pieces, self._take_base = found or (0, 0)
            self._keeper = asyncio.ensure_future(self._keep_all(pieces))
        self._take += 1
        self._recording = of

    async def _voicemail(self, verb: Record) -> str:
        self._playing += audio.beep()
        await self._played()
        self._keys.forget()
        await self._record("voicemail")
        if await self._keys.next(verb.seconds) is None:
            log.debug("a voicemail was as long as it may be")
        return self._stop_recording()

    def _stop_recording(self) -> str:
        """What was being recorded is closed; its name."""
        if not self._recording:
            return ""
        self._cut()
        self._recording = ""
        return f"{self.key}.{self._take_base + self._take}"

    def _cut(self) -> None:
        if self._both:
            self._pieces.put_nowait((self._take_base + self._take, bytes(self._both)))
            self._both.clear()

    async def _keep_all(self, pieces: int) -> None:
        """Pieces in order, each until it is kept; one that nobody takes is named in the log."""
        while (found := await self._pieces.get()) is not None:
            take, content = found
            pieces += 1
            sha256, number = hashlib.sha256(content).hexdigest(), pieces
            keep = partial(self._keep, number, take, sha256, content)
            if not await insist(keep, self._pause):
                pieces -= 1
                log.error("a piece of a recording could not be kept")

    def _keep(self, number: int, take: int, sha256: str, content: bytes) -> bool:
        self._house.keep(self.driver, self.key, number, take, sha256, content)
        return True
