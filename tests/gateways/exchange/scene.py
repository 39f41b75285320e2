"""Small servers on 127.0.0.1 that speak as Asterisk and FreeSWITCH do, and an exchange connected to them."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import tempfile
from pathlib import Path
from urllib.parse import unquote

from tests.gateways.switch.scene import FakeHouse, until
from yilu.gateways.calls.asterisk_ari.client import Asterisk
from yilu.gateways.calls.asterisk_ari.websocket import accept_for
from yilu.gateways.calls.exchange.exchange import Exchange
from yilu.gateways.calls.exchange.sounds import Sounds
from yilu.gateways.calls.freeswitch_esl.client import FreeSwitch

__all__ = ["FakeAsterisk", "FakeFreeSwitch", "FakeHouse", "exchange", "until"]


class _Server:
    """Remembers ``asked``; ``answers`` by a part of the command says what it answers instead."""

    def __init__(self):
        self.asked, self.answers, self.connections, self.channels = [], {}, 0, []
        self.writers = []

    async def __aenter__(self):
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_):
        self._server.close()
        for writer in self.writers:
            writer.close()

    async def _serve(self, reader, writer):
        self.writers.append(writer)
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            await self.serve(reader, writer)

    def was_asked(self, part):
        return any(part in each for each in self.asked)

    def answer_to(self, command, otherwise):
        return next((v for k, v in self.answers.items() if k in command), otherwise)

    async def drop(self):
        """The connection that events come by is lost."""
        self.listener.close()


class FakeAsterisk(_Server):
    async def serve(self, reader, writer):
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        method, path, _version = head.split("\r\n")[0].split(" ")
        headers = dict(row.split(": ", 1) for row in head.split("\r\n")[1:] if row)
        if headers["Authorization"] != "Basic " + base64.b64encode(b"yilu:secret").decode():
            writer.write(b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n")
        elif "Upgrade" in headers:
            accept = accept_for(headers["Sec-WebSocket-Key"])
            writer.write(
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                f"Sec-WebSocket-Accept: {accept}\r\n\r\n".encode()
            )
            self.listener = writer
            self.connections += 1
            return
        else:
            command = f"{method} {unquote(path).removeprefix('/ari')}"
            self.asked.append(command)
            status, body = self.answer_to(command, (200, self._told(command)))
            content = json.dumps(body).encode() if body is not None else b""
            writer.write(
                f"HTTP/1.1 {status} X\r\nContent-Length: {len(content)}\r\n\r\n".encode() + content
            )
        await writer.drain()
        writer.close()

    def _told(self, command):
        if command == "GET /channels":
            return [
                {
                    "id": key,
                    "state": state,
                    "caller": {"number": "13800138077"},
                    "dialplan": {"exten": "95500"},
                }
                for key, state in self.channels
            ]
        if command == "GET /applications/yilu":
            return {"name": "yilu", "channel_ids": [key for key, _state in self.channels]}
        return None

    def send(self, text):
        content = text.encode()
        size = bytes([len(content)]) if len(content) < 126 else b"\x7e" + len(content).to_bytes(2)
        self.listener.write(b"\x81" + size + content)

    def tell(self, kind, channel="1700000000.1", at="2026-11-22T16:00:00.000+0800", **more):
        told = {"type": kind, "timestamp": at, "application": "yilu", "asterisk_id": "a", **more}
        if channel:
            told["channel"] = {
                "id": channel, "name": "PJSIP/trunk-1", "state": "Ring",
                "caller": {"name": "", "number": "13800138077"}, "dialplan": {"exten": "95500"},
            }  # fmt: skip
        self.send(json.dumps(told))

    def pbx(self, password="secret"):
        return Asterisk(f"http://127.0.0.1:{self.port}/ari", "yilu", password)


class FakeFreeSwitch(_Server):
    number = 100

    async def serve(self, reader, writer):
        writer.write(self.greeting)
        while True:
            command = (await reader.readuntil(b"\n\n")).decode().strip()
            if command.startswith("auth "):
                good = command == "auth ClueCon"
                self._reply(writer, "+OK accepted" if good else "-ERR invalid")
                if good:
                    self.listener = writer
                continue
            if command.startswith("event "):
                self.connections += 1
            self.asked.append(command)
            said = self.answer_to(command, "+OK")
            if command == "api show channels as json":
                said = json.dumps({"row_count": len(self.channels), "rows": self.channels})
            if command.startswith("api "):
                content = said.encode()
                writer.write(b"Content-Type: api/response\nContent-Length: %d\n\n" % len(content))
                writer.write(content)
            else:
                self._reply(writer, said)

    greeting = b"Content-Type: auth/request\n\n"

    def _reply(self, writer, said):
        writer.write(f"Content-Type: command/reply\nReply-Text: {said}\n\n".encode())

    def tell(self, kind, channel="call-1", number=None, **more):
        FakeFreeSwitch.number += 1
        told = {
            "Event-Name": kind, "Core-UUID": "2130a7d1-c1f7-44cd-8fae-8ed5946f3cec", "Unique-ID": channel,
            "Event-Sequence": str(number or FakeFreeSwitch.number), **{k.replace("__", "-"): v for k, v in more.items()},
        }  # fmt: skip
        content = json.dumps(told).encode()
        self.listener.write(b"Content-Length: %d\nContent-Type: text/event-json\n\n" % len(content))
        self.listener.write(content)

    def came(self, channel="call-1", **more):
        self.tell(
            "CHANNEL_PARK", channel, variable_yilu_hotline="true",
            Caller__Caller__ID__Number="13800138077",
            Caller__Destination__Number="95500", **more,
        )  # fmt: skip

    def pbx(self, password="ClueCon"):
        return FreeSwitch(f"127.0.0.1:{self.port}", password)


@contextlib.asynccontextmanager
async def exchange(pbx, house, folder=None):
    """An exchange that is connected, its sounds in ``folder``; ``pauses`` are what it would have waited."""
    pauses = []

    async def pause(seconds):
        pauses.append(seconds)
        await asyncio.sleep(0)

    with tempfile.TemporaryDirectory() as of_its_own:
        sounds = Sounds(Path(folder or of_its_own))
        sounds.prepare()
        made = Exchange(pbx, house, sounds, pause=pause)
        made.pauses = pauses
        task = asyncio.ensure_future(made.run())
        await until(lambda: made.up.is_set() or task.done())
        try:
            yield made
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
            for call in list(made.calls.values()):
                await call.end(tell=False)
