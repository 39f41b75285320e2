"""The switch: telephones, browsers and seats, joined twenty milliseconds at a time."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import ssl
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any, Final

from yilu.gateways.calls.builtin import audio
from yilu.gateways.calls.builtin.desk import Desks
from yilu.gateways.calls.builtin.legs import BrowserLeg, Leg, read_offer
from yilu.gateways.calls.builtin.line import House, Line
from yilu.gateways.calls.builtin.prompts import Prompts
from yilu.gateways.calls.builtin.registering import Registrar
from yilu.gateways.calls.builtin.sip import Sip, SipLeg
from yilu.gateways.calls.builtin.wires import Address, Network, Wires
from yilu.gateways.calls.control import NoRoom, NoSuchCall
from yilu.gateways.calls.seam import Verb

log = logging.getLogger(__name__)

LINES_MAX: Final = 60
"""Calls at once: where one core still keeps time with room to spare (bench: contact.switch_tick)."""
SEATS_MAX: Final = 200
KEYS_KEPT: Final = 5_000
LATE_MAX: Final = 5
"""So many frames are made up for after a pause; more are let go."""


class Switch:
    """``start`` it, then it lives by its own clock until ``stop``."""

    def __init__(
        self, house: House, prompts: Prompts, *, host: str = "127.0.0.1", port: int = 5060,
        media: Sequence[str] = ("127.0.0.1",), advertised: str = "", peers: Sequence[Network] = (),
        phones: Sequence[Network] = (), streams: bool = True, tls: tuple[Address, ssl.SSLContext] | None = None,
        stun: tuple[str, int] | None = None, lines_max: int = LINES_MAX,
    ) -> None:  # fmt: skip
        self.lines: dict[str, Line] = {}
        self.seats: dict[str, Leg] = {}
        self._house, self._prompts = house, prompts
        self._media, self._stun, self._lines_max = tuple(media), stun, lines_max
        self._done: OrderedDict[str, None] = OrderedDict()
        self._clock: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[Any]] = set()
        self.late = 0
        wires = Wires(local_addr=(host, port), peers=peers, phones=phones, streams=streams, tls=tls)
        registrar = Registrar(wires, house.telephone)
        self.sip = Sip(
            wires, advertised=advertised, on_call=self._call, on_register=registrar.take,
            room=lambda: len(self.lines) < self._lines_max,
        )  # fmt: skip
        self.desks = Desks(self.sip, registrar, self.seats, house)

    async def start(self) -> None:
        """Listen and tick."""
        audio.waiting_music(), audio.beep()
        await self.sip.start()
        self._clock = asyncio.ensure_future(self._tick_on())

    async def stop(self) -> None:
        """End every call in order, and close."""
        for line in list(self.lines.values()):
            await line.end()
        for leg in list(self.seats.values()):
            await leg.close()
        if self._clock is not None:
            self._clock.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._clock
        await self.sip.stop()

    def do(self, call: str, verbs: Sequence[Verb], key: str) -> None:
        """
        Do this with a call; the same key again does nothing more.

        :raises NoSuchCall: it is over, or never was here.
        """
        line = self.lines.get(call)
        if line is None:
            raise NoSuchCall
        if key in self._done:
            return
        self._done[key] = None
        if len(self._done) > KEYS_KEPT:
            self._done.popitem(last=False)
        line.do(verbs)

    async def attach(self, call: str, driver: str, sdp: str, verbs: Sequence[Verb]) -> str:
        """
        A caller's browser brings sound to a call that our page holds; the answer for the browser.

        ``verbs``: how the call stands, for a line that is new here. :raises BadOffer: :raises NoRoom:
        """
        offer = read_offer(sdp)
        if call not in self.lines and len(self.lines) >= self._lines_max:
            raise NoRoom
        leg = BrowserLeg(offer, self._media, self._stun)
        answer = await leg.answer()
        old = self.lines.get(call)
        if old is not None:
            await old.end(tell=False)
        line = Line(leg, self._house, self._prompts, driver=driver, key=call)
        self._hold(line)
        line.do(verbs)
        return answer

    async def seat(self, seat: str, sdp: str) -> str:
        """A seat's browser, to be joined with calls from now on. :raises BadOffer: :raises NoRoom:"""
        offer = read_offer(sdp)
        if seat not in self.seats and len(self.seats) >= SEATS_MAX:
            raise NoRoom
        leg = BrowserLeg(offer, self._media, self._stun)
        answer = await leg.answer()
        old = self.seats.pop(seat, None)
        self.seats[seat] = leg
        leg.on_gone = lambda: self._seat_gone(seat, leg)
        if old is not None:
            await old.close()
        return answer

    def hold(self, call: str, on: bool) -> None:
        """The caller hears music and is not heard, or both talk again. :raises NoSuchCall:"""
        line = self.lines.get(call)
        if line is None:
            raise NoSuchCall
        line.held = on

    async def drop(self, call: str) -> None:
        """A caller's browser closes its sound; the call goes on by keys and words."""
        line = self.lines.get(call)
        if line is not None and line.driver != "builtin":
            await line.end(tell=False)

    def state(self, seat: str, call: str) -> dict[str, bool]:
        """What a seat's page shows: is its own line open, the caller's, is it recorded or held."""
        own, line = self.seats.get(seat), self.lines.get(call)
        return {
            "seat": own is not None and own.alive,
            "caller": line is not None and line.leg is not None and line.leg.alive,
            "joined": line is not None and line.seat == seat,
            "recording": line is not None and line.recording,
            "held": line is not None and line.held,
            "telephone": self.desks.registered(seat),
        }

    def tick(self) -> set[str]:
        """Twenty milliseconds of every call; which seats are joined with one."""
        joined: set[str] = set()
        for line in list(self.lines.values()):
            heard = line.leg.frame() if line.leg is not None and line.leg.alive else audio.SILENCE
            own, said = self.seats.get(line.seat), audio.SILENCE
            line.waits = _not_there(line, own)
            if own is not None and line.seat not in joined:
                joined.add(line.seat)
                spoken = own.frame()
                said = audio.SILENCE if line.held else spoken
                own.play(audio.SILENCE if line.held else heard)
            line.tick(heard, said)
        for seat, leg in self.seats.items():
            if seat not in joined:
                leg.frame()
        return joined

    def _call(self, leg: SipLeg) -> None:
        line = Line(leg, self._house, self._prompts, driver="builtin")
        self._hold(line)
        task = asyncio.ensure_future(line.offered(leg.caller, leg.called))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _hold(self, line: Line) -> None:
        self.lines[line.key] = line
        line.on_over = self._over
        if line.leg is not None:
            line.leg.on_key, line.leg.on_gone = line.press, line.gone

    def _over(self, line: Line) -> None:
        if self.lines.get(line.key) is line:
            del self.lines[line.key]

    def _seat_gone(self, seat: str, leg: Leg) -> None:
        if self.seats.get(seat) is leg:
            del self.seats[seat]

    def _say_living(self) -> None:
        """A switch that says nothing more has died, and its calls with it."""
        calls = [line.key for line in self.lines.values() if line.driver == "builtin"]
        if calls:
            asyncio.get_running_loop().run_in_executor(None, self._house.living, calls)

    async def _tick_on(self) -> None:
        loop = asyncio.get_running_loop()
        due, count = loop.time() + audio.TICK, 0
        while True:
            await asyncio.sleep(max(0.0, due - loop.time()))
            behind = int((loop.time() - due) / audio.TICK)
            if behind > LATE_MAX:
                self.late += behind
                due += (behind - LATE_MAX) * audio.TICK
            joined = self.tick()
            due += audio.TICK
            count += 1
            if count % 10 == 0:
                self.desks.look(joined)
            if count % 50 == 0:
                self.sip.look()
            if count % 1000 == 0:
                self._say_living()


def _not_there(line: Line, own: Leg | None) -> bool:
    """
    Whether a caller who is joined with a seat has nobody to talk to yet, and hears music.

    A caller on our page sees how it stands and may type: without a line of the seat it stays silent.
    """
    if own is None:
        return bool(line.seat) and line.driver == "builtin"
    return own.away or not own.alive
