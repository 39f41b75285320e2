"""The connection to an exchange: held, lost, found again; and whose call each thing told is about."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from yilu.gateways.calls.control import NoSuchCall, SignedControl
from yilu.gateways.calls.course import House, Pause
from yilu.gateways.calls.exchange.call import Call
from yilu.gateways.calls.exchange.pbx import (
    LEG,
    BadCredentials,
    Broken,
    Gone,
    Pbx,
    Refused,
    Standing,
    Told,
)
from yilu.gateways.calls.exchange.sounds import Sounds
from yilu.gateways.calls.seam import NotDone, Verb, read_verbs

log = logging.getLogger(__name__)

REMEMBERED: Final = 5_000
LIVING_EVERY: Final = 20.0
WAIT_MAX: Final = 30.0
_CHANNEL = re.compile(r"[A-Za-z0-9._:@+-]{1,64}\Z")


class _Memory:
    """The last some thousand names."""

    def __init__(self) -> None:
        self._names: OrderedDict[str, None] = OrderedDict()

    def __contains__(self, name: str) -> bool:
        return name in self._names

    def add(self, name: str) -> bool:
        """Whether it is new."""
        if name in self._names:
            return False
        self._names[name] = None
        if len(self._names) > REMEMBERED:
            self._names.popitem(last=False)
        return True


class Exchange:
    """``run`` it: it connects, listens, and connects again, until it is cancelled."""

    def __init__(
        self, pbx: Pbx, house: House, sounds: Sounds, *, pause: Pause = asyncio.sleep
    ) -> None:
        self.calls: dict[str, Call] = {}
        self.up = asyncio.Event()
        self.losses = 0
        self._pbx, self._house, self._sounds, self._pause = pbx, house, sounds, pause
        self._seen, self._done, self._ended = _Memory(), _Memory(), _Memory()
        self._tasks: set[asyncio.Task[Any]] = set()

    async def run(self) -> None:
        """:raises BadCredentials: somebody must look at the settings."""
        tries = 0
        while True:
            try:
                await self._pbx.connect()
                self.up.set()
                await self._settle(await self._pbx.standing(self.calls.keys()))
                tries = 0
                while True:
                    told = await self._pbx.next()
                    if told is not None:
                        self.hear(told)
            except (NotDone, Broken, Refused, Gone, OSError) as fault:
                log.warning("the exchange is away: %s %s", type(fault).__name__, fault)
            finally:
                self.up.clear()
                await self._pbx.close()
            self.losses += 1
            await self._pause(min(0.5 * 2**tries, WAIT_MAX))
            tries = min(tries + 1, 10)

    def hear(self, told: Told) -> None:
        """One thing the exchange told; the same again changes nothing, what comes too late neither."""
        if not _CHANNEL.match(told.channel) or not self._seen.add(told.id):
            return
        if told.channel.startswith(LEG):
            for call in list(self.calls.values()):
                if call.leg == told.channel:
                    {"leg_up": call.leg_up, "gone": call.leg_gone}.get(told.kind, _nothing)(
                        told.channel
                    )
            return
        found = self.calls.get(told.channel)
        if told.kind == "came" and found is None and told.channel not in self._ended:
            self._begin(told.channel, told.value, told.called)
        elif told.kind == "gone":
            self._ended.add(told.channel)
            if found is not None:
                found.gone()
        elif found is not None:
            match told.kind:
                case "key":
                    found.press(told.value, told.id)
                case "played":
                    found.played(told.value)
                case "recorded" | "not_recorded":
                    found.recorded(told.value)

    def do(self, call: str, verbs: Sequence[Verb], key: str) -> None:
        """Do this with a call; the same key again does nothing more. :raises NoSuchCall:"""
        found = self.calls.get(call)
        if found is None:
            raise NoSuchCall
        if self._done.add(key):
            found.do(verbs)

    def say_living(self) -> None:
        """Whoever says nothing more has died, and the calls with it."""
        if self.calls:
            asyncio.get_running_loop().run_in_executor(None, self._house.living, list(self.calls))

    async def settled(self) -> None:
        """Until nothing is being done (for an end in order, and for tests)."""
        while self._tasks:
            await asyncio.wait(set(self._tasks))
        for call in list(self.calls.values()):
            await call.settled()

    async def _settle(self, standing: Standing) -> None:
        """After we were away: calls that ended meanwhile are released, new ones taken, lost ones hung up."""
        for key, call in list(self.calls.items()):
            if key in standing.living:
                call.seen(standing.living)
            else:
                call.gone()
        for key, waiting in standing.waiting.items():
            if key in self.calls or key.startswith(LEG) or not _CHANNEL.match(key):
                continue
            if waiting.answered:  # of a process before this one: nobody knows where it stood
                with contextlib.suppress(Gone, Refused):
                    await self._pbx.hang_up(key)
            elif key not in self._ended:
                self._begin(key, waiting.caller, waiting.called)

    def _begin(self, key: str, caller: str, called: str) -> None:
        call = self.calls[key] = Call(
            key, self._pbx, self._house, self._sounds, up=self.up, pause=self._pause,
            on_over=self._over,
        )  # fmt: skip
        task = asyncio.ensure_future(call.offered(_number(caller), _number(called)))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _over(self, call: Call) -> None:
        self._ended.add(call.key)
        if self.calls.get(call.key) is call:
            del self.calls[call.key]


class ExchangeControl(SignedControl):
    """``POST /calls/<call>/verbs``, ``GET /``; holds the exchange while it lives."""

    def __init__(
        self, make: Callable[[], Exchange], secret: str, on_refused: Callable[[], None]
    ) -> None:
        super().__init__(secret)
        self._make, self._on_refused = make, on_refused
        self.exchange: Exchange | None = None
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Connect, and stay so."""
        self.exchange = self._make()
        self._tasks = [
            asyncio.ensure_future(self._hold(self.exchange)),
            asyncio.ensure_future(self._beat(self.exchange)),
        ]

    async def stop(self) -> None:
        """Leave. Talks go on at the exchange; it is ours again only with a new process."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def stands(self) -> Mapping[str, Any] | None:
        """Calls, whether the exchange is there, how often it was lost."""
        if self.exchange is None:
            return None
        return {
            "calls": len(self.exchange.calls), "up": self.exchange.up.is_set(),
            "losses": self.exchange.losses,
        }  # fmt: skip

    async def ask(
        self, kind: str, name: str, what: str, told: Mapping[str, Any], key: str
    ) -> tuple[int, dict[str, Any]]:
        """One request."""
        if (kind, what) != ("calls", "verbs") or self.exchange is None or not key:
            return 404 if key else 422, {}
        self.exchange.do(name, read_verbs(told["verbs"]), key)
        return 200, {}

    async def _hold(self, exchange: Exchange) -> None:
        try:
            await exchange.run()
        except BadCredentials as bad:
            log.error("the exchange does not let us in: %s", bad)
            self._on_refused()

    async def _beat(self, exchange: Exchange) -> None:
        while True:
            await asyncio.sleep(LIVING_EVERY)
            exchange.say_living()


def _number(told: str) -> str:
    """A telephone number, or nothing: a hidden caller, an extension with a name."""
    return told if re.fullmatch(r"[0-9+]{3,32}", told) else ""


def _nothing(_channel: str) -> None:
    """Other news of a leg is none of ours."""
