"""
An operator's gateway to practise with, over CMPP: ``python -m yilu.gateways.cmpp.sandbox --port 7890``.

Anybody who knows the secret is let in. The last four digits of the number choose as in ``sandbox_smsc``: 0001
refuses, 0002 is busy, 0003 never answers, 0004 reports a failure, 0005 reports before it answers, 0006 answers TD,
0008 hangs up without an answer.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import threading

from yilu.gateways.cmpp import codec
from yilu.gateways.cmpp.client import read_frame

PRACTICE = "a secret to practise with"


class Gateway:
    """The gateway, in an event loop of its own."""

    def __init__(self, port: int = 0, *, secret: str = PRACTICE, host: str = "127.0.0.1") -> None:
        self.host, self.port, self.secret = host, port, secret
        self.taken: list[codec.Submit] = []
        self.heard: list[bytes] = []
        self._names = itertools.count(1)

    async def serve(self, ready: threading.Event | None = None) -> None:
        """Serve for ever."""
        server = await asyncio.start_server(self._meet, self.host, self.port)
        self.port = server.sockets[0].getsockname()[1]
        if ready is not None:
            ready.set()
        async with server:
            await server.serve_forever()

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            frame = await read_frame(reader)
            asked = codec.Connect.decode(frame.body)
            self.heard.append(frame.encode())
            right = codec.authenticator(asked.source, self.secret, asked.stamp)
            status = 0 if asked.proof == right and asked.version in {0x20, 0x30} else 3
            wide = 4 if asked.version >= 0x30 else 1
            proof = codec.answer_authenticator(
                status.to_bytes(wide, "big"), asked.proof, self.secret
            )
            answer = codec.ConnectAnswer(status, proof, asked.version).encode(asked.version)
            await self._say(writer, codec.CONNECT | codec.RESPONSE, frame.sequence, answer)
            while status == 0 and await self._serve_one(reader, writer, asked.version):
                pass
        except (OSError, asyncio.IncompleteReadError, codec.Malformed):
            pass
        finally:
            writer.close()

    async def _serve_one(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, version: int
    ) -> bool:
        frame = await read_frame(reader)
        if frame.command == codec.SUBMIT:
            self.heard.append(frame.encode())
            return await self._take(frame, writer, version)
        if frame.command == codec.ACTIVE_TEST:
            await self._say(writer, codec.ACTIVE_TEST | codec.RESPONSE, frame.sequence, b"\0")
        if frame.command == codec.TERMINATE:
            await self._say(writer, codec.TERMINATE | codec.RESPONSE, frame.sequence, b"")
            return False
        return True

    async def _take(self, frame: codec.Frame, writer: asyncio.StreamWriter, version: int) -> bool:
        submit = codec.Submit.decode(frame.body, version)
        ending = submit.number[-4:]
        name = next(self._names).to_bytes(8, "big")
        result = {"0001": 13, "0002": 8}.get(ending, 0)
        answer = codec.SubmitAnswer(name, result).encode(version)
        if ending == "0008":
            return False
        if result == 0:
            self.taken.append(submit)
        state = "UNDELIV" if ending == "0004" else "DELIVRD"
        if ending == "0005":
            await self._report(writer, submit, name, state, version)
        if ending != "0003":
            await self._say(writer, codec.SUBMIT | codec.RESPONSE, frame.sequence, answer)
        if result == 0 and ending not in {"0003", "0005"}:
            await self._report(writer, submit, name, state, version)
        if ending == "0006":
            words = codec.Deliver(
                next(self._names).to_bytes(8, "big"), submit.source_number, submit.service,
                submit.number, "TD退订".encode("utf-16-be"), codec.UCS2,
            )  # fmt: skip
            await self._say(writer, codec.DELIVER, next(self._names), words.encode(version))
        return True

    async def _report(
        self,
        writer: asyncio.StreamWriter,
        submit: codec.Submit,
        name: bytes,
        state: str,
        version: int,
    ) -> None:
        report = codec.Report(name, state, "2611220930", "2611220931", submit.number)
        told = codec.Deliver(
            name, submit.source_number, submit.service, submit.number, report.encode(version),
            codec.ASCII, is_report=True,
        )  # fmt: skip
        await self._say(writer, codec.DELIVER, next(self._names), told.encode(version))

    async def _say(
        self, writer: asyncio.StreamWriter, command: int, sequence: int, body: bytes
    ) -> None:
        writer.write(codec.Frame(command, sequence, body).encode())
        await writer.drain()


class Background:
    """The gateway in a thread: tests and benchmarks."""

    def __init__(self, gateway: Gateway) -> None:
        self.gateway = gateway
        self._loop = asyncio.new_event_loop()

    def __enter__(self) -> Gateway:
        ready = threading.Event()

        def run() -> None:
            asyncio.set_event_loop(self._loop)
            self._task = self._loop.create_task(self.gateway.serve(ready))
            try:
                self._loop.run_until_complete(self._task)
            except asyncio.CancelledError:
                self._loop.close()

        self._thread = threading.Thread(target=run, name="sandbox-cmpp", daemon=True)
        self._thread.start()
        ready.wait(10)
        return self.gateway

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._task.cancel)
        self._thread.join(10)


def main() -> None:
    """Serve until stopped."""
    asked = argparse.ArgumentParser(description="A CMPP gateway to practise with.")
    asked.add_argument("--port", type=int, default=7890)
    asked.add_argument("--secret", default=PRACTICE)
    given = asked.parse_args()
    asyncio.run(Gateway(given.port, secret=given.secret).serve())


if __name__ == "__main__":
    main()
