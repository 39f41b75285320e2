"""One call at an exchange: does what verbs say, tells what happened."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import suppress
from typing import Any, Final, TypeVar

from yilu.gateways.calls.course import PATIENCE, TRIES, House, Keys, Pause, Teller
from yilu.gateways.calls.exchange.pbx import LEG, BadCredentials, Broken, Gone, Pbx, Refused
from yilu.gateways.calls.exchange.sounds import BEEP, Sounds
from yilu.gateways.calls.seam import (
    Answer,
    Bridge,
    Enqueue,
    Gather,
    HangUp,
    NotDone,
    Record,
    Say,
    Transfer,
    Verb,
)

log = logging.getLogger(__name__)

T = TypeVar("T")
PLAYS_MAX: Final = 180
RINGS_MAX: Final = 40


class Call:
    """A caller's channel, what is done with it just now, and the seat's leg it is joined with."""

    def __init__(
        self, key: str, pbx: Pbx, house: House, sounds: Sounds, *, up: asyncio.Event, pause: Pause,
        on_over: Callable[[Call], None],
    ) -> None:  # fmt: skip
        self.key, self.leg, self.playing, self.recording = key, "", "", ""
        self.over = self.music = self.joined = self._leaves = False
        self._pbx, self._sounds = pbx, sounds
        self._up, self._pause, self._on_over = up, pause, on_over
        self._keys, self._teller = Keys(), Teller(key, house, pause)
        self._drained, self._rung = asyncio.Event(), asyncio.Event()
        self._script: asyncio.Task[None] | None = None
        self._closing: asyncio.Task[Sequence[Verb]] | None = None
        self._tasks: set[asyncio.Task[Any]] = set()
        self._run_of, self._silences = secrets.token_hex(4), 0

    # -- what the exchange told ---------------------------------------------------------------

    def press(self, key: str, source: str) -> None:
        """A key of the caller; more than fit are passed over."""
        if self._keys.press(key, source):
            self._drained.set()  # whoever presses a key has heard enough

    def played(self, playing: str) -> None:
        """It was played to its end; another's end is late news."""
        if playing == self.playing:
            self._drained.set()

    def leg_up(self, leg: str) -> None:
        """The seat's telephone was picked up."""
        if leg == self.leg:
            self._rung.set()

    def leg_gone(self, leg: str) -> None:
        """The seat hung up, or never answered; a leg we let go ourselves is not missed."""
        if leg != self.leg:
            return
        self.leg = ""
        self._rung.set()
        if self.joined:  # both have talked: the call is over
            self.joined = False
            self.do((HangUp(),))

    def recorded(self, recording: str) -> None:
        """The exchange closed a recording by itself: as if a key had ended it."""
        if self._leaves and recording == self.recording:
            self.press("", "")

    def gone(self) -> None:
        """The caller is not there any more."""
        self._spawn(self.end())

    def seen(self, living: frozenset[str]) -> None:
        """We were away and the call goes on: what ended meanwhile was not told."""
        self._drained.set()
        if self.leg and self.leg not in living and (self.joined or self._rung.is_set()):
            self.leg_gone(self.leg)

    # -- what is to be done -------------------------------------------------------------------

    async def offered(self, caller: str, called: str) -> None:
        """A new call: ask what to do with it."""
        verbs = await self._teller.tell("offered", "offered", caller=caller, called=called)
        if verbs is None:  # nobody decides: better no answer than silence
            await self._ask(lambda: self._pbx.hang_up(self.key))
            await self.end(tell=False)
        else:
            self.do(verbs)

    def do(self, verbs: Sequence[Verb]) -> None:
        """Do this from now on, in place of what was being done."""
        if self.over:
            return
        before = self._script
        if before is not None and before is not asyncio.current_task():
            before.cancel()
        self._script = self._spawn(self._run(list(verbs), before))

    async def end(self, *, tell: bool = True) -> None:
        """The call is over: say so. Twice is once."""
        if self.over:
            return
        self.over = True
        if self._script is not None and self._script is not asyncio.current_task():
            self._script.cancel()
        self._sounds.played(self.playing.partition(".")[2])
        self._on_over(self)
        closing = self._close_recording(tell=tell)
        await self._let_go()
        await self._ask(lambda: self._pbx.clear(self.key))
        if closing is not None:
            await asyncio.wait([closing])
        if tell:
            await self._teller.tell("released", "released", patient=True)

    async def settled(self) -> None:
        """Until nothing is being done for this call (for an end in order, and for tests)."""
        while self._tasks:
            await asyncio.wait(set(self._tasks))

    async def _run(self, verbs: list[Verb], before: asyncio.Task[None] | None) -> None:
        if before is not None and before is not asyncio.current_task():
            with suppress(asyncio.CancelledError):
                await asyncio.wait([before])
        await self._quiet()
        while verbs and not self.over:
            found = await self._do(verbs.pop(0))
            if found is not None:
                verbs = list(found)

    async def _do(self, verb: Verb) -> Sequence[Verb] | None:
        """One verb; None: the next follows, else what to do instead of the rest."""
        match verb:
            case Answer():
                await self._ask(lambda: self._pbx.answer(self.key))
            case Say():
                await self._say(verb)
            case Gather():
                return await self._gather(verb)
            case Enqueue():
                await self._let_go()
                await self._keep_talk()
                await self._music(True)
            case Bridge():
                return None if await self._bridge(verb) else ()
            case Record(of="voicemail"):
                return await self._voicemail(verb)
            case Record() if not self.recording:
                await self._record(verb.seconds)
            case Transfer():
                await self._music(False)
                await self._ask(lambda: self._pbx.transfer(self.key, verb.number))
            case HangUp():
                await self._ask(lambda: self._pbx.hang_up(self.key))
                self._spawn(self.end())
                return ()
        return None

    async def _say(self, verb: Say) -> None:
        if self._keys.waiting:  # somebody who knows the menu is ahead of us
            return
        music = self.music
        await self._music(False)
        await self._play(await self._sounds.find(verb))
        if music:
            await self._music(True)

    async def _play(self, sound: str) -> None:
        """Play to the end or the first key; then silence before anything else, or commands wait behind it."""
        playing = self.playing = f"{secrets.token_hex(8)}.{sound}"
        self._drained.clear()
        try:
            if self._keys.waiting:
                return
            if await self._ask(lambda: self._pbx.play(self.key, playing, sound)):
                with suppress(TimeoutError):
                    async with asyncio.timeout(PLAYS_MAX):
                        await self._drained.wait()
            await self._quiet()
        finally:
            self._sounds.played(sound)

    async def _quiet(self) -> None:
        """Stop what plays; one that has finished by itself is no fault."""
        playing, self.playing = self.playing, ""
        if playing:
            await self._ask(lambda: self._pbx.stop_playing(self.key, playing))

    async def _music(self, on: bool) -> None:
        if self.music is not on:
            self.music = on
            await self._ask(lambda: self._pbx.music(self.key, on))

    async def _gather(self, verb: Gather) -> Sequence[Verb]:
        """The keys asked for; told under the last one's source, so that the exchange may say it twice."""
        found, source = await self._keys.gather(verb, PATIENCE if self.music else verb.seconds)
        self._silences += 0 if source else 1
        id = f"keys:{source}" if source else f"silent:{self._run_of}:{self._silences}"
        return await self._teller.tell("digits", id, digits=found) or ()

    async def _bridge(self, verb: Bridge) -> bool:
        """Ring the seat while the caller hears music; join them when it is picked up."""
        await self._let_go()
        leg = self.leg = f"{LEG}{secrets.token_hex(8)}"
        self._rung.clear()
        await self._music(True)
        if await self._ask(lambda: self._pbx.ring(self.key, leg, verb.seat.rpartition(":")[2])):
            with suppress(TimeoutError):
                async with asyncio.timeout(RINGS_MAX):
                    await self._rung.wait()
        if self.leg != leg or not self._rung.is_set():
            await self._let_go()
            log.warning("a seat's telephone was not picked up: the caller waits on")
            return False
        await self._music(False)
        self.joined = await self._ask(lambda: self._pbx.join(self.key, leg))
        if self.joined:
            await self._teller.tell("connected", f"connected:{leg}")
        return self.joined

    async def _let_go(self) -> None:
        """The seat's leg is not wanted any more."""
        leg, self.leg, self.joined = self.leg, "", False
        if leg:
            await self._ask(lambda: self._pbx.part(self.key, leg))

    # -- the recording ------------------------------------------------------------------------

    async def _record(self, seconds: int) -> bool:
        name = self.recording = f"yilu-{secrets.token_hex(8)}"
        joined = self.joined
        if await self._ask(lambda: self._pbx.record(self.key, name, seconds, joined=joined)):
            return True
        self.recording = ""
        log.error("a recording did not begin: look at the exchange's recording folder")
        return False

    async def _keep_talk(self) -> None:
        """A talk's recording is complete; contact keeps its name, what it answers is old."""
        if (closing := self._close_recording()) is not None:
            await asyncio.shield(closing)

    def _close_recording(self, *, tell: bool = True) -> asyncio.Task[Sequence[Verb]] | None:
        """
        The recording is complete, and told so, whatever becomes of the call and of what is being done.

        Asterisk tells of a hang-up as the end of the recording first and as the caller's end a moment
        later: what was begun at the one must not be broken off at the other.
        """
        name, self.recording = self.recording, ""
        if name:
            self._closing = self._spawn(self._closed(name, tell))
        return self._closing

    async def _closed(self, name: str, tell: bool) -> Sequence[Verb]:
        await self._ask(lambda: self._pbx.stop_recording(self.key, name))
        if not tell:
            return ()
        return await self._teller.tell("recording_ready", f"recorded:{name}", recording=name) or ()

    async def _voicemail(self, verb: Record) -> Sequence[Verb]:
        self._keys.forget()
        await self._play(BEEP)
        self._keys.forget()
        if not await self._record(verb.seconds):
            return (HangUp(),)
        self._leaves = True
        await self._keys.next(verb.seconds)
        self._leaves = False
        closing = self._close_recording()
        return await asyncio.shield(closing) if closing is not None else ()

    # -- asking the exchange -------------------------------------------------------------------

    async def _ask(self, command: Callable[[], Awaitable[None]]) -> bool:
        """Have the exchange do it, again where nobody answered; whether it did."""
        for n in range(TRIES):
            if not self.over:
                await self._up.wait()
            try:
                await command()
                return True
            except Gone:
                return False
            except (Refused, BadCredentials) as refused:
                log.warning("the exchange refused: %s", refused)
                return False
            except (NotDone, Broken, OSError) as fault:
                log.warning("the exchange did not answer: %s", type(fault).__name__)
                if self.over:
                    return False
                await self._pause(min(0.2 * 2**n, 5.0))
        return False

    def _spawn(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task
