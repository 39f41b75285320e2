"""What one exchange can do, and what it tells: the little that both drivers have in common."""

from __future__ import annotations

import socket
from asyncio import StreamWriter
from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from typing import Final, Protocol

LEG: Final = "seat-"
"""How the name of a seat's own leg begins: such a channel is never a caller."""


class Gone(Exception):
    """What the command was for is over (a finished playback, a channel that hung up): nothing is left to do."""


class Refused(Exception):
    """The exchange said no; again would be no better."""


class BadCredentials(Exception):
    """The exchange does not let us in: somebody must look at the settings."""


class Broken(Exception):
    """What came over the wire is not the protocol; the connection is of no use any more."""


@dataclass(frozen=True, slots=True)
class Told:
    """
    What an exchange told: ``kind`` came, key, played, leg_up, recorded, not_recorded or gone.

    ``channel`` is the caller's channel or a seat's leg, ``value`` the caller's number, a key, or the name
    of what was played or recorded, ``called`` the number that was dialled (of what came). ``id`` is the
    same when the same thing is told again.
    """

    kind: str
    channel: str
    id: str
    value: str = field(default="", repr=False)
    called: str = ""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A channel that was handed to us; ``answered``: somebody has answered it already."""

    caller: str = field(repr=False)
    answered: bool
    called: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """How things are at the exchange: every living channel, and those handed to us that we do not know."""

    living: frozenset[str]
    waiting: Mapping[str, Waiting]


class Pbx(Protocol):
    """
    One exchange. Commands return when it has taken them.

    :raises Gone: what it is for is over. :raises Refused: it said no. :raises NotDone: nobody answered.
    """

    name: str

    async def connect(self) -> None:
        """Go there. :raises BadCredentials: :raises NotDone: nobody is there. :raises Broken:"""

    async def next(self) -> Told | None:
        """The next thing told; None: one that is none of ours. :raises NotDone: the connection is lost. :raises Broken:"""

    async def close(self) -> None:
        """Leave; twice is once."""

    async def standing(self, known: Set[str]) -> Standing:
        """How things are there; ``known`` channels need no looking at."""

    async def answer(self, call: str) -> None:
        """Take the call."""

    async def play(self, call: str, playing: str, sound: str) -> None:
        """Begin to play; its end is told under that name."""

    async def stop_playing(self, call: str, playing: str) -> None:
        """Fall silent at once."""

    async def music(self, call: str, on: bool) -> None:
        """Music for whoever waits."""

    async def ring(self, call: str, leg: str, seat: str) -> None:
        """Ring a seat's telephone, as a leg of that name."""

    async def join(self, call: str, leg: str) -> None:
        """Both talk."""

    async def part(self, call: str, leg: str) -> None:
        """The leg hangs up, the caller stays."""

    async def record(self, call: str, recording: str, seconds: int, *, joined: bool) -> None:
        """Record the caller, or both."""

    async def stop_recording(self, call: str, recording: str) -> None:
        """The recording is complete."""

    async def transfer(self, call: str, number: str) -> None:
        """Pass the call on."""

    async def hang_up(self, call: str) -> None:
        """End it."""

    async def clear(self, call: str) -> None:
        """A call is over: what was set up for it goes."""


def keep_alive(writer: StreamWriter) -> None:
    """A connection whose other end vanished is noticed within a minute or so, though nothing is said."""
    sock = writer.get_extra_info("socket")
    if sock is None:
        return
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in (("TCP_KEEPIDLE", 30), ("TCP_KEEPINTVL", 10), ("TCP_KEEPCNT", 3)):
        if hasattr(socket, name):
            sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
