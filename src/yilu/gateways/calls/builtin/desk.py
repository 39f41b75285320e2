"""
Seats' desk telephones (坐席话机): rung when the queue offers a call, joined when they are picked up.

A browser's line stands all day; a telephone's lasts one call. It is rung for an offer, and for a call that
its seat has taken on the page; put down, the talk is over.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Container, MutableMapping
from functools import partial
from typing import Any, Final, Protocol

from aiosipua.dialog import DialogState

from yilu.gateways.calls.builtin import rtp
from yilu.gateways.calls.builtin.legs import Leg
from yilu.gateways.calls.builtin.plain import PlainSound
from yilu.gateways.calls.builtin.registering import Registrar, Telephone
from yilu.gateways.calls.builtin.sip import QUIET_SECONDS, Sip, follow, keys_kind

log = logging.getLogger(__name__)

RING_MAX: Final = 120
AGAIN: Final = (0.5, 1.0, 2.0, 4.0, 4.0, 4.0)
"""A datagram may be lost: the call is repeated after so many seconds each, until anything comes back."""
JOINED_WITHIN: Final = 20.0
"""Somebody picked up and no call came: it was taken by another, or given up."""
REFUSES: Final = frozenset({486, 600, 603})
"""The person at the telephone pressed it away; anything else is the telephone's own trouble."""


class Seats(Protocol):
    """Who is told what a seat does at its telephone; each may raise, and is called in a thread."""

    def picked_up(self, seat: str, conversation: int) -> bool:
        """The seat takes the call it was rung for; False where it is gone meanwhile."""

    def pressed_away(self, seat: str, conversation: int) -> None:
        """The seat leaves it to a colleague."""

    def put_down(self, seat: str) -> None:
        """The seat's talk is over."""


class DeskLeg:
    """A seat's telephone that we call."""

    def __init__(self, sip: Sip, telephone: Telephone) -> None:
        self.on_key: Callable[[str], None] = lambda _key: None
        self.on_gone: Callable[[], None] = lambda: None
        self.on_answer: Callable[[], None] = lambda: None
        self.on_refused: Callable[[int], None] = lambda _status: None
        self.away = self.over = self.was_joined = False
        self.hung_up_there = False
        self._sip, self._telephone = sip, telephone
        self._sound = PlainSound(telephone.addr[0])
        self._call: Any = None
        self._waits: asyncio.Task[None] | None = None

    async def ring(self, seconds: float) -> None:
        """Let it ring so long. :raises OSError: no port is to be had."""
        port = await self._sound.open(self._sip.host)
        call = self._sip.caller.invite(
            self._telephone.contact, self._telephone.addr,
            described(self._sip.advertised or self._sip.host, port),
        )  # fmt: skip
        call.on_answer = lambda _call: self._answered()
        call.on_rejected = lambda _call, status, _reason: self._refused(status)
        self._call = call
        self._sip.keep(call.call_id, self)
        self._waits = asyncio.ensure_future(self._wait(seconds))

    async def _wait(self, seconds: float) -> None:
        left = seconds
        for pause in AGAIN:
            await asyncio.sleep(min(pause, left))
            left -= pause
            if left <= 0 or self._call.call_id in self._sip.caller.answered:
                break
            self._sip.transport.send(self._call.invite, self._telephone.addr)
        else:
            left = 0  # nothing came back at all: nobody is there
        await asyncio.sleep(max(0.0, left))
        if not self.over and not self.alive:
            await self.close()
            self.on_refused(408)

    def _answered(self) -> None:
        said = self._call.sdp_answer
        kind = next(
            (c.payload_type for c in (said.audio.codecs if said and said.audio else ())
             if c.payload_type in (rtp.PCMU, rtp.PCMA)), None
        )  # fmt: skip
        if kind is None or self.over:
            log.info("a telephone answered without sound that we speak")
            self._call.hangup(self._sip.caller)
            self._refused(488)
            return
        self._sound.agree(kind, keys_kind(said) or None, said.rtp_address)
        self._sound.begin()
        self.on_answer()

    def _refused(self, status: int) -> None:
        if not self.over:
            self._end()
            self.on_refused(status)

    @property
    def alive(self) -> bool:
        """Whether it is picked up."""
        confirmed = self._call is not None and self._call.dialog.state == DialogState.CONFIRMED
        return confirmed and not self.over

    @property
    def quiet(self) -> bool:
        """Whether no packet has come for too long."""
        return self.alive and not self.away and self._sound.silent_for() > QUIET_SECONDS

    def frame(self) -> bytes:
        """The next 20 ms of what it says."""
        return self._sound.frame()

    def play(self, ulaw: bytes) -> None:
        """Let it hear 20 ms of the call it is joined with."""
        self.was_joined = True
        self._sound.play(ulaw)

    def renegotiate(self, call: Any) -> None:
        """It was put on hold, or taken off."""
        host, told = self._sip.host, self._sip.advertised
        self.away = follow(call, self._sound, host, told, held=self.away)

    def transferred(self, status: int) -> None:
        """Telephones of seats pass nobody on: the seat's page does."""

    def gone(self) -> None:
        """It was put down."""
        if not self.over:
            self.hung_up_there = True
            self._end()
            self.on_gone()

    def vanish(self) -> None:
        """It has gone without a word: the talk is still the seat's, who may have it rung again."""
        if not self.over:
            self._call.hangup(self._sip.caller)
            self._end()
            self.on_gone()

    async def close(self) -> None:
        """Stop ringing, or hang up; nobody is told."""
        if self.over:
            return
        if self._call is not None:
            self._call.cancel(self._sip.caller) or self._call.hangup(self._sip.caller)
        self._end()

    def _end(self) -> None:
        self.over = True
        self._sound.close()
        if self._waits is not None and self._waits is not asyncio.current_task():
            self._waits.cancel()


class Desks:
    """The desk telephones of a switch: which ring, which are joined with which call."""

    def __init__(
        self, sip: Sip, registrar: Registrar, seats: MutableMapping[str, Leg], told: Seats
    ) -> None:
        self._sip, self._registrar, self._seats, self._told = sip, registrar, seats, told
        self._for: dict[str, int] = {}
        self._picked_up: dict[str, float] = {}
        self._tasks: set[asyncio.Task[Any]] = set()
        registrar.on_gone = self._unregistered

    def registered(self, seat: str) -> bool:
        """Whether the seat's telephone can be rung."""
        return self._registrar.telephone(seat) is not None

    def forget(self, seat: str) -> None:
        """Its password is another now."""
        self._registrar.forget(seat)

    async def ring(self, seat: str, conversation: int, seconds: float) -> bool:
        """Ring it for an offer, or for a call the seat has taken on its page; False where none is registered."""
        telephone = self._registrar.telephone(seat)
        if telephone is None:
            return False
        held = self._seats.get(seat)
        if isinstance(held, DeskLeg) and not held.over:
            self._for[seat] = conversation
            return True
        if held is not None:  # the seat chose its telephone: the browser's line is closed
            del self._seats[seat]
            await held.close()
        leg = DeskLeg(self._sip, telephone)
        leg.on_answer = partial(self._answered, seat, leg)
        leg.on_refused = partial(self._refused, seat, leg)
        leg.on_gone = partial(self._gone, seat, leg)
        self._seats[seat], self._for[seat] = leg, conversation
        await leg.ring(min(max(seconds, 1.0), RING_MAX))
        return True

    async def quiet(self, seat: str, conversation: int) -> None:
        """The offer is over: it rings no more. One that was picked up stays."""
        leg = self._seats.get(seat)
        if isinstance(leg, DeskLeg) and not leg.alive and self._for.get(seat) == conversation:
            self._drop(seat, leg)
            await leg.close()

    def look(self, joined: Container[str]) -> None:
        """Now and then: these seats are joined with a call; a telephone picked up without one is hung up."""
        now = asyncio.get_running_loop().time()
        for seat, leg in list(self._seats.items()):
            if not isinstance(leg, DeskLeg) or not leg.alive:
                continue
            since = self._picked_up.setdefault(seat, now)
            if seat not in joined and (leg.was_joined or now - since > JOINED_WITHIN):
                self._drop(seat, leg)
                self._do(leg.close())

    def _answered(self, seat: str, leg: DeskLeg) -> None:
        conversation = self._for.get(seat, 0)
        if conversation:
            self._do(self._take(seat, leg, conversation))

    async def _take(self, seat: str, leg: DeskLeg, conversation: int) -> None:
        taken = await self._tell(lambda: self._told.picked_up(seat, conversation))
        if not taken:
            self._drop(seat, leg)
            await leg.close()

    def _refused(self, seat: str, leg: DeskLeg, status: int) -> None:
        conversation = self._for.get(seat, 0)
        self._drop(seat, leg)
        log.info("a seat's telephone was not picked up: %s", status)
        if conversation and status in REFUSES:
            self._do(self._tell(lambda: self._told.pressed_away(seat, conversation)))

    def _gone(self, seat: str, leg: DeskLeg) -> None:
        self._drop(seat, leg)
        if leg.hung_up_there:
            self._do(self._tell(lambda: self._told.put_down(seat)))

    def _unregistered(self, seat: str) -> None:
        leg = self._seats.get(seat)
        if isinstance(leg, DeskLeg) and not leg.alive:
            self._drop(seat, leg)
            self._do(leg.close())

    def _drop(self, seat: str, leg: DeskLeg) -> None:
        if self._seats.get(seat) is leg:
            del self._seats[seat]
        self._for.pop(seat, None)
        self._picked_up.pop(seat, None)

    async def _tell(self, do: Callable[[], Any]) -> Any:
        try:
            return await asyncio.get_running_loop().run_in_executor(None, do)
        except Exception as fault:  # noqa: BLE001  (a database away: the page shows how things stand)
            log.warning("the house did not hear of a telephone: %s", type(fault).__name__)
            return False

    def _do(self, what: Any) -> None:
        task = asyncio.ensure_future(what)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def described(host: str, port: int) -> str:
    """What we offer a telephone: G.711 and keys, both ways."""
    family = "IP6" if ":" in host else "IP4"
    lines = [
        "v=0", f"o=yilu {port} 1 IN {family} {host}", "s=-", f"c=IN {family} {host}", "t=0 0",
        f"m=audio {port} RTP/AVP 8 0 101", "a=rtpmap:8 PCMA/8000", "a=rtpmap:0 PCMU/8000",
        "a=rtpmap:101 telephone-event/8000", "a=fmtp:101 0-15", "a=ptime:20", "a=sendrecv",
    ]  # fmt: skip
    return "\r\n".join(lines) + "\r\n"
