"""The push process with two thousand open pages: its memory, and how soon each hears of news."""

from __future__ import annotations

import asyncio
import os
import resource
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from datetime import UTC, datetime
from pathlib import Path

import bench

CONNECTIONS, EVENTS = 2_000, 20
MB = 1024 * 1024


@bench.measure("contact.push", unit="MB", at_most=200)
def push() -> bench.Value:
    """Open 2,000 streams with tickets in one process, then let events of one customer and of all happen."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < CONNECTIONS + 200:
        raise bench.Skip(f"only {hard} files may be open on this machine")
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 65_536), hard))
    port = _free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "yilu.web.push", "--port", str(port)],
        env={**os.environ, "YILU_WAKE": "1"},
    )
    try:
        _wait(port)
        idle = _memory(process.pid)
        open_mb, all_ms, one_ms = asyncio.run(_listen(port, process.pid))
    finally:
        process.terminate()
        began = time.perf_counter()
        process.wait(20)
        stopped = time.perf_counter() - began
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    worst = sorted(all_ms)[int(len(all_ms) * 0.99)]
    bench.also(
        "contact.push_latency", statistics.median(all_ms), "ms",
        note=f"commit to browser, each event to all {CONNECTIONS} pages; p99 {worst:.0f} ms; "
        f"they run on the same two cores",
    )  # fmt: skip
    bench.also(
        "contact.push_one", statistics.median(one_ms), "ms", at_most=500,
        note=f"commit to the one page concerned, {CONNECTIONS} open; slowest {max(one_ms):.0f} ms",
    )  # fmt: skip
    return bench.Value(
        open_mb,
        note=f"{CONNECTIONS} streams open, resident; {idle:.0f} MB without any: "
        f"{(open_mb - idle) * 1024 / CONNECTIONS:.0f} kB each; stopped in {stopped:.1f} s",
    )


async def _listen(port: int, pid: int) -> tuple[float, list[float], list[float]]:
    from yilu.web.common import push as tickets

    heard: dict[int, list[float]] = {}
    done = asyncio.Event()

    async def page(number: int, ready: asyncio.Semaphore) -> None:
        ticket = tickets.ticket(f"party:{number}", "board:1", for_whom=f"staff:{number}")
        async with ready:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(f"GET /push?ticket={ticket} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            await reader.readuntil(b"retry:")
        opened.append(number)
        while not done.is_set():
            line = await reader.readline()
            if line.startswith(b"data: ") and b"*" not in line:
                heard.setdefault(number, []).append(time.perf_counter())
        writer.close()

    opened: list[int] = []
    ready = asyncio.Semaphore(50)
    pages = [asyncio.create_task(page(n, ready)) for n in range(1, CONNECTIONS + 1)]
    while len(opened) < CONNECTIONS:
        await asyncio.sleep(0.1)
    await asyncio.sleep(2)
    open_mb = _memory(pid)
    to_all: list[float] = []
    for _ in range(EVENTS):
        heard.clear()
        said = await asyncio.to_thread(_happen, "board", 1)
        await _until(lambda: len(heard) == CONNECTIONS)
        to_all += [(1000 * (at[0] - said)) for at in heard.values()]
    to_one: list[float] = []
    for n in range(1, EVENTS + 1):
        heard.clear()
        said = await asyncio.to_thread(_happen, "party", n)
        await _until(lambda: bool(heard))
        to_one += [1000 * (at[0] - said) for at in heard.values()]
    done.set()
    for task in pages:
        task.cancel()
    await asyncio.gather(*pages, return_exceptions=True)
    return open_mb, to_all, to_one


async def _until(reached) -> None:  # type: ignore[no-untyped-def]
    deadline = time.perf_counter() + 10
    while not reached():
        if time.perf_counter() > deadline:
            raise RuntimeError("not everybody heard of it")
        await asyncio.sleep(0.002)


def _happen(kind: str, number: int) -> float:
    """Record one event as an operation would; returns when its transaction had committed."""
    from yilu.journal import operations as journal
    from yilu.journal.events import ReactionRetried
    from yilu.kernel import tx
    from yilu.kernel.refs import SYSTEM, Ref

    @tx.use_case
    def happen() -> None:
        fact = ReactionRetried(reaction_id=1, event_id=1, subscriber="bench")
        about = Ref("board", 1) if kind == "board" else Ref("party", number)
        journal.record(fact, about=about, actor=SYSTEM, at=datetime.now(UTC))

    happen()
    return time.perf_counter()


def _memory(pid: int) -> float:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4096 / MB


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(port: int) -> None:
    deadline = time.perf_counter() + 30
    while time.perf_counter() < deadline:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=2).read()
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the push process does not answer")
