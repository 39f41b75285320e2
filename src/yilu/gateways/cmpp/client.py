"""
Text messages over CMPP: ``cmpp://name:secret@host:port?version=30&source=10690000&service=YILU&rate=100``.

``version`` is 20 or 30, ``window`` how many may be unanswered at once (16). Receipts and replies come back
over the same line; each is acknowledged when we have it.
"""

from __future__ import annotations

import asyncio
import itertools
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from yilu.gateways.cmpp import codec
from yilu.gateways.lines import Line, part_header
from yilu.gateways.sms import BadAddress, Place, Receipt, Refused, Text, Upward, international
from yilu.kernel import short_texts

BUSY = frozenset([8, 9, 10])
"""Flow control, gateway overloaded: later may do. Every other result is for good."""
ALIVE_SECONDS = 30.0
ARRIVED, IN_BETWEEN = "DELIVRD", frozenset(["ACCEPTD", "ENROUTE"])
BEIJING = timedelta(hours=8)


class NotLetIn(Exception):
    """The gateway does not know us, or does not know the secret."""


class CmppGateway(Line):
    """One line to an operator's gateway."""

    def __init__(self, place: Place) -> None:
        if not place.host or not place.user or len(place.user) > 6:
            raise BadAddress(
                "CMPP is given as cmpp://name:secret@host:port, the name at most 6 letters"
            )
        version = place.options.get("version", "20")
        if version not in {"20", "30"}:
            raise BadAddress("the version of CMPP is 20 or 30")
        super().__init__()
        self.name = place.options.get("name", "cmpp")
        self.rate = place.number("rate", 0)
        self.version = int(version, 16)
        self._place = place
        self._room = asyncio.Semaphore(int(place.number("window", 16)))
        self._numbers = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[codec.SubmitAnswer]] = {}
        self._writer: asyncio.StreamWriter | None = None
        self._tasks: list[asyncio.Task[None]] = []

    def is_open(self) -> bool:
        return self._writer is not None

    async def _connect(self) -> None:
        reader, writer = await asyncio.open_connection(self._place.host, self._place.port or 7890)
        stamp = codec.stamp_of(datetime.now(UTC) + BEIJING)
        proof = codec.authenticator(self._place.user, self._place.password, stamp)
        asked = codec.Connect(self._place.user, proof, self.version, stamp)
        try:
            await self._write(writer, codec.CONNECT, asked.encode())
            frame = await read_frame(reader)
            answer = codec.ConnectAnswer.decode(frame.body, self.version)
            status = frame.body[: len(frame.body) - 17]
            right = codec.answer_authenticator(status, proof, self._place.password)
            if answer.status != 0 or answer.proof != right:
                raise NotLetIn(str(answer.status))
        except BaseException:
            writer.close()
            raise
        self._writer = writer
        self._tasks = [
            asyncio.create_task(self._listen(reader, writer)),
            asyncio.create_task(self._stay_alive(writer)),
        ]

    async def _hang_up(self) -> None:
        writer = self._writer
        if writer is not None:
            with suppress(OSError):
                await self._write(writer, codec.TERMINATE, b"")
            self._broken(writer)
        for task in self._tasks:
            task.cancel()

    async def _submit_part(self, text: Text, place: int, reference: int) -> str | Refused:
        alphabet = short_texts.alphabet_of(text.text)
        # A line of GSM letters beyond ASCII goes as UCS-2: this protocol knows no table for them.
        is_ascii = alphabet == "GSM7" and text.text.isascii()
        if not is_ascii and alphabet == "GSM7":
            return Refused("ALPHABET", is_final=True)
        content = text.parts[place].encode("ascii" if is_ascii else "utf-16-be")
        several = len(text.parts) > 1
        if several:
            content = part_header(reference, len(text.parts), place + 1) + content
        submit = codec.Submit(
            self._place.user, self._place.options.get("service", ""),
            self._place.options.get("source", ""), text.number.removeprefix("+86").removeprefix("+"),
            content, codec.ASCII if is_ascii else codec.UCS2, len(text.parts), place + 1, several,
        )  # fmt: skip
        try:
            written = submit.encode(self.version)
        except (codec.Malformed, UnicodeError):
            return Refused("MALFORMED", is_final=True)
        async with self._room:
            writer = self._writer
            if writer is None:
                return Refused("NO_LINE", is_final=False)
            number = next(self._numbers)
            answer: asyncio.Future[codec.SubmitAnswer] = asyncio.get_running_loop().create_future()
            self._waiting[number] = answer
            try:
                writer.write(codec.Frame(codec.SUBMIT, number, written).encode())
                await writer.drain()
                told = await answer
            finally:
                self._waiting.pop(number, None)
        if told.result == 0:
            return told.name.hex()
        return Refused(str(told.result), told.result not in BUSY)

    async def _listen(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                frame = await read_frame(reader)
                if frame.command == codec.SUBMIT | codec.RESPONSE:
                    waiting = self._waiting.get(frame.sequence)
                    if waiting is not None and not waiting.done():
                        waiting.set_result(codec.SubmitAnswer.decode(frame.body, self.version))
                elif frame.command == codec.DELIVER:
                    delivered = codec.Deliver.decode(frame.body, self.version)
                    self._keep(delivered)
                    answer = codec.DeliverAnswer(delivered.name).encode(self.version)
                    await self._answer(writer, frame, answer)
                elif frame.command == codec.ACTIVE_TEST:
                    await self._answer(writer, frame, b"\0")
                elif frame.command == codec.TERMINATE:
                    await self._answer(writer, frame, b"")
                    return
        except (OSError, asyncio.IncompleteReadError, codec.Malformed):
            pass
        finally:
            self._broken(writer)

    def _broken(self, writer: asyncio.StreamWriter) -> None:
        """The line is gone: what was unanswered is lost."""
        if self._writer is writer:
            self._writer = None
            for waiting in self._waiting.values():
                if not waiting.done():
                    waiting.set_exception(ConnectionResetError())
        writer.close()

    async def _stay_alive(self, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while self._writer is writer:
                await asyncio.sleep(ALIVE_SECONDS)
                await self._write(writer, codec.ACTIVE_TEST, b"")

    async def _write(self, writer: asyncio.StreamWriter, command: int, body: bytes) -> None:
        writer.write(codec.Frame(command, next(self._numbers), body).encode())
        await writer.drain()

    async def _answer(self, writer: asyncio.StreamWriter, to: codec.Frame, body: bytes) -> None:
        writer.write(codec.Frame(to.command | codec.RESPONSE, to.sequence, body).encode())
        await writer.drain()

    def _keep(self, delivered: codec.Deliver) -> None:
        if delivered.is_report:
            report = codec.Report.decode(delivered.content, self.version)
            if report.state not in IN_BETWEEN:
                proof = f"{report.name.hex()}:{report.state}"
                self.keep(Receipt(report.name.hex(), report.state == ARRIVED, report.state, proof))
            return
        content = self.joined(delivered.source, delivered.content, has_header=delivered.has_header)
        if content is not None:
            said = content.decode(_ENCODINGS.get(delivered.form, "latin-1"), "replace")
            self.keep(Upward(delivered.name.hex(), international(delivered.source), said))


_ENCODINGS = {codec.UCS2: "utf-16-be", codec.GBK: "gb18030", codec.ASCII: "ascii"}


async def read_frame(reader: asyncio.StreamReader) -> codec.Frame:
    """The next message of a line. :raises Malformed: for bytes that are none."""
    header = await reader.readexactly(codec.HEADER)
    length, command, sequence = codec.read_header(header)
    return codec.Frame(command, sequence, await reader.readexactly(length - codec.HEADER))
