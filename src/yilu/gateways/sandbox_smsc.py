"""
An operator's message centre to practise with, over SMPP: ``python -m yilu.gateways.sandbox_smsc --port 2775``.

It takes what anybody hands in and reports each part's arrival. The last four digits of the number choose
otherwise: 0001 refuses, 0002 is busy, 0003 never answers, 0004 reports a failure, 0005 reports before it
answers, 0006 answers the text with TD, 0007 reports twice.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import threading

import smpp34

NO_SUCH_NUMBER, THROTTLED = 0x0B, 0x58


class Centre:
    """The message centre, in an event loop of its own."""

    def __init__(self, port: int, *, host: str = "127.0.0.1") -> None:
        self.host, self.port = host, port
        self.taken: list[tuple[str, bytes, int]] = []
        self.reported = 0
        self._numbers = itertools.count(1)
        self._sessions: dict[str, smpp34.Esme] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def serve(self, ready: threading.Event | None = None) -> None:
        """Serve for ever."""
        server = smpp34.Server(self.host, self.port, system_id="SANDBOX", inbound_capacity=10_000)
        await server.start()
        if ready is not None:
            ready.set()
        try:
            while True:
                event = await server.next()
                if isinstance(event, smpp34.Esme):
                    self._sessions[event.session_id] = event
                elif isinstance(event, smpp34.Unbound):
                    self._sessions.pop(event.session_id, None)
                else:
                    task = asyncio.create_task(self._take(event))
                    self._tasks.add(task)
                    task.add_done_callback(self._tasks.discard)
        finally:
            await server.stop()

    async def _take(self, event: smpp34.SubmitSmEvent) -> None:
        ending = event.destination_addr[-4:]
        if ending == "0001":
            return event.reject(NO_SUCH_NUMBER)
        if ending == "0002":
            return event.reject(THROTTLED)
        if ending == "0003":
            self._kept = event  # dropped, it would be answered with an error
            return None
        name = f"{next(self._numbers):08x}"
        self.taken.append((event.destination_addr, event.short_message, event.data_coding))
        state = "UNDELIV" if ending == "0004" else "DELIVRD"
        if ending == "0005":
            await self._report(event, name, state)
        event.accept(name)
        if ending != "0005":
            await self._report(event, name, state)
        if ending == "0007":
            await self._report(event, name, state)
        if ending == "0006":
            await self._deliver(event, "TD".encode("utf-16-be"), data_coding=8)
        return None

    async def _report(self, event: smpp34.SubmitSmEvent, name: str, state: str) -> None:
        said = f"id:{name} sub:001 dlvrd:001 submit date:2611220930 done date:2611220930 stat:{state} err:000 text:"
        await self._deliver(event, said.encode(), esm_class=4)
        self.reported += 1

    async def _deliver(
        self,
        event: smpp34.SubmitSmEvent,
        content: bytes,
        *,
        esm_class: int = 0,
        data_coding: int = 0,
    ) -> None:
        session = self._sessions.get(event.session_id)
        if session is not None:
            await session.deliver_sm(
                event.source_addr, content, source_addr=event.destination_addr,
                esm_class=esm_class, data_coding=data_coding,
            )  # fmt: skip


class Background:
    """The message centre in a thread: tests and benchmarks."""

    def __init__(self, centre: Centre) -> None:
        self.centre = centre
        self._loop = asyncio.new_event_loop()
        self._task: asyncio.Task[None] | None = None

    def __enter__(self) -> Centre:
        ready = threading.Event()

        def run() -> None:
            asyncio.set_event_loop(self._loop)
            self._task = self._loop.create_task(self.centre.serve(ready))
            try:
                self._loop.run_until_complete(self._task)
            except asyncio.CancelledError:
                self._loop.close()

        self._thread = threading.Thread(target=run, name="sandbox-smsc", daemon=True)
        self._thread.start()
        ready.wait(10)
        return self.centre

    def __exit__(self, *_: object) -> None:
        if self._task is not None:
            self._loop.call_soon_threadsafe(self._task.cancel)
        self._thread.join(10)


def main() -> None:
    """Serve until stopped."""
    asked = argparse.ArgumentParser(description="A message centre to practise with.")
    asked.add_argument("--port", type=int, default=2775)
    asyncio.run(Centre(asked.parse_args().port).serve())


if __name__ == "__main__":
    main()
