"""What we ask of FreeSWITCH."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections import deque
from collections.abc import Set
from typing import Final

from yilu.gateways.calls.exchange.pbx import (
    LEG,
    BadCredentials,
    Broken,
    Gone,
    Refused,
    Standing,
    Told,
    Waiting,
    keep_alive,
)
from yilu.gateways.calls.freeswitch_esl import wire
from yilu.gateways.calls.seam import NotDone

SECONDS: Final = 5.0
RING_SECONDS: Final = 30
MUSIC: Final = "local_stream://moh"
_GONE: Final = ("no such channel", "invalid session id", "cannot locate", "no such uuid")


class FreeSwitch:
    """
    The FreeSWITCH at ``host:port``; calls are ours that its dialplan parks with ``yilu_hotline=true``.

    ``endpoint`` says which telephone is a seat's (user/{seat}), ``sounds`` and ``recordings`` are folders
    as it sees them, ``context`` which part of its dialplan a call is passed on by.
    """

    name = "freeswitch_esl"

    def __init__(
        self, address: str, password: str, *, endpoint: str = "user/{seat}",
        sounds: str = "/var/lib/yilu/sounds", recordings: str = "/var/lib/yilu/recordings",
        context: str = "yilu-transfer",
    ) -> None:  # fmt: skip
        self._host, _colon, port = address.rpartition(":")
        if not self._host or not port.isdigit() or not password or "\n" in password:
            raise ValueError("FreeSWITCH needs YILU_ESL_ADDRESS (host:port) and YILU_ESL_PASSWORD")
        if "{seat}" not in endpoint:
            raise ValueError("YILU_EXCHANGE_SEATS must say where {seat} goes")
        self._port, self._password, self._endpoint = int(port), password, endpoint
        self._sounds, self._recordings, self._context = sounds, recordings, context
        self._writer: asyncio.StreamWriter | None = None
        self._reading: asyncio.Task[None] | None = None
        self._replies: deque[asyncio.Future[str]] = deque()
        self._events: asyncio.Queue[Told | Exception] = asyncio.Queue()

    async def connect(self) -> None:
        """Sign in and listen."""
        try:
            async with asyncio.timeout(SECONDS):
                reader, self._writer = await asyncio.open_connection(
                    self._host, self._port, limit=256 * 1024
                )
                keep_alive(self._writer)
                asked = await wire.receive(reader)
                if asked.kind == "text/rude-rejection":
                    raise BadCredentials("this address is not let in")
                if asked.kind != "auth/request":
                    raise Broken("no event socket")
                self._writer.write(f"auth {self._password}\n\n".encode())
                if not (await wire.receive(reader)).headers.get("Reply-Text", "").startswith("+OK"):
                    raise BadCredentials("the password is not taken")
        except (OSError, TimeoutError) as fault:
            raise NotDone(type(fault).__name__) from None
        self._replies, self._events = deque(), asyncio.Queue()
        self._reading = asyncio.ensure_future(self._read(reader))
        await self._send(f"event json {wire.EVENTS}")

    async def next(self) -> Told | None:
        """The next event."""
        found = await self._events.get()
        if isinstance(found, Exception):
            raise found
        return found

    async def close(self) -> None:
        """Leave."""
        if self._reading is not None:
            self._reading.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._reading
            self._reading = None
        if self._writer is not None:
            self._writer.close()
            self._writer = None

    async def standing(self, known: Set[str]) -> Standing:
        """Every channel, and those parked for us."""
        try:
            rows = json.loads(await self._send("api show channels as json")).get("rows", [])
            living = {row["uuid"]: row for row in rows}
        except (ValueError, KeyError, TypeError, AttributeError):
            raise Broken("a list of channels that cannot be read") from None
        waiting = {}
        for key, row in living.items():
            if key in known or key.startswith(LEG) or row.get("direction") != "inbound":
                continue
            with contextlib.suppress(Gone, Refused):
                if await self._api("uuid_getvar", key, "yilu_hotline") == "true":
                    answered = row.get("callstate") == "ACTIVE"
                    called = str(row.get("dest", ""))
                    waiting[key] = Waiting(str(row.get("cid_num", "")), answered, called)
        return Standing(frozenset(living), waiting)

    async def answer(self, call: str) -> None:
        await self._api("uuid_answer", call)

    async def play(self, call: str, playing: str, sound: str) -> None:
        await self._execute(call, "playback", f"{self._sounds}/{sound}.wav", playing)

    async def stop_playing(self, call: str, playing: str) -> None:
        await self._api("uuid_break", call, "all")

    async def music(self, call: str, on: bool) -> None:
        if on:
            await self._execute(call, "playback", MUSIC, "music")
        else:
            await self._api("uuid_break", call, "all")

    async def ring(self, call: str, leg: str, seat: str) -> None:
        if not (seat.isascii() and seat.isdigit()):
            raise Refused("no seat")
        first = f"origination_uuid={leg},originate_timeout={RING_SECONDS},ignore_early_media=true"
        where = self._endpoint.replace("{seat}", seat)
        await self._send(f"bgapi originate {{{first}}}{where} &park()\nJob-UUID: {leg}")

    async def join(self, call: str, leg: str) -> None:
        await self._api("uuid_setvar", call, "park_after_bridge", "true")
        await self._api("uuid_bridge", call, leg)

    async def part(self, call: str, leg: str) -> None:
        await self._api("uuid_kill", leg, "NORMAL_CLEARING")

    async def record(self, call: str, recording: str, seconds: int, *, joined: bool) -> None:
        await self._api("uuid_setvar", call, "RECORD_STEREO", "true" if joined else "false")
        await self._api("uuid_record", call, "start", self._file(recording), str(seconds))

    async def stop_recording(self, call: str, recording: str) -> None:
        await self._api("uuid_record", call, "stop", self._file(recording))

    async def transfer(self, call: str, number: str) -> None:
        extension = "".join(each for each in number if each in "0123456789+*#")
        await self._api("uuid_transfer", call, extension, "XML", self._context)

    async def hang_up(self, call: str) -> None:
        await self._api("uuid_kill", call, "NORMAL_CLEARING")

    async def clear(self, call: str) -> None:
        """Nothing is left of it."""

    def _file(self, recording: str) -> str:
        return f"{self._recordings}/{recording}.wav"

    async def _api(self, *words: str) -> str:
        return await self._send(f"api {' '.join(words)}")

    async def _execute(self, call: str, application: str, argument: str, name: str) -> None:
        await self._send(
            f"sendmsg {call}\ncall-command: execute\nexecute-app-name: {application}\n"
            f"execute-app-arg: {argument}\nEvent-UUID: {name}"
        )

    async def _send(self, command: str) -> str:
        """Replies come in the order of commands."""
        writer, reading = self._writer, self._reading
        if writer is None or reading is None or reading.done():
            raise NotDone("not connected")
        reply: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._replies.append(reply)
        writer.write(f"{command}\n\n".encode())
        try:
            async with asyncio.timeout(SECONDS):
                said = (await reply).strip()
        except TimeoutError:
            raise NotDone("no reply") from None
        if said.startswith("-ERR"):
            if any(each in said.lower() for each in _GONE):
                raise Gone
            raise Refused(f"{command.split(' ')[:2][-1]} was refused")
        return said

    async def _read(self, reader: asyncio.StreamReader) -> None:
        """Replies to whoever asked, events into the queue; what ends it ends every question."""
        try:
            while True:
                packet = await wire.receive(reader)
                if packet.kind in ("command/reply", "api/response"):
                    said = packet.headers.get("Reply-Text") or packet.body.decode(
                        "utf-8", "replace"
                    )
                    if self._replies:
                        reply = self._replies.popleft()
                        if not reply.done():
                            reply.set_result(said)
                elif packet.kind in ("text/event-json", "text/event-plain"):
                    told = wire.read(wire.event_of(packet))
                    if told is not None:
                        self._events.put_nowait(told)
                elif packet.kind == "text/disconnect-notice":
                    raise NotDone("FreeSWITCH says goodbye")
        except (NotDone, Broken) as fault:
            self._events.put_nowait(fault)
        finally:
            for reply in self._replies:
                if not reply.done():
                    reply.set_exception(NotDone("the connection is lost"))
