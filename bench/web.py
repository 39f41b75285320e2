"""The web process: how much memory it takes, and what its main pages cost."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import bench

ROUNDS_MEMORY = 200
ROUNDS_CPU = 30
MEGABYTE = 1024 * 1024
ANSWERS_WITHIN = 60.0


@bench.measure("web.memory", unit="MB", at_most=300)
def memory() -> bench.Value:
    """Resident memory of granian and its worker process after the main pages were served 200 times."""
    pages = _pages()
    with _granian() as (server, port):
        before = _resident(server.pid)
        for _ in range(ROUNDS_MEMORY):
            for path, cookie in pages.values():
                status = _ask(port, path, cookie)
                assert status == 200, f"{path}: {status}"
        after = _resident(server.pid)
    return bench.Value(
        after / MEGABYTE,
        note=f"{ROUNDS_MEMORY} × {len(pages)} pages; {before / MEGABYTE:.0f} MB before the first",
    )


@bench.measure("web.pages", unit="ms CPU", at_most=100)
def pages() -> bench.Value:
    """CPU of the dearest main page, client and PostgreSQL; each page beside it with its statements."""
    costs: dict[str, tuple[float, int]] = {}
    for name, (path, cookie) in _pages().items():
        for _ in range(3):
            assert _serve(path, cookie) == 200, path
        with bench.statements() as sent:
            _serve(path, cookie)
        with bench.core_seconds() as cpu:
            for _ in range(ROUNDS_CPU):
                _serve(path, cookie)
        costs[name] = (1000 * cpu.total / ROUNDS_CPU, len(sent))
        bench.also(f"web.page.{name}", costs[name][0], "ms CPU", note=f"{len(sent)} statements")
    dearest = max(costs, key=lambda name: costs[name][0])
    return bench.Value(costs[dearest][0], note=f"{dearest}, {costs[dearest][1]} statements")


@cache
def _pages() -> dict[str, tuple[str, str]]:
    """The main pages by name: their address and the cookie of somebody who may see them."""
    from django.db import connection
    from tests.house.world import make_world

    world = make_world()
    world.come_in()
    claim = world.things["claim_id"]
    lin, all_a = _cookie(world.browser("lin")), _cookie(world.browser("all_a"))
    with connection.cursor() as cursor:
        cursor.execute("analyze")
    return {
        "public_verify": ("/verify", ""),
        "customer_home": ("/", lin),
        "customer_claim": (f"/c/claims/{claim}", lin),
        "customer_live": (f"/c/claims/{claim}/live", lin),
        "staff_home": ("/staff/", all_a),
        "claim_desk": (f"/staff/claims/{claim}", all_a),
    }


def _cookie(browser: Any) -> str:
    return f"yilu_session={browser.cookies['yilu_session'].value}"


@cache
def _application() -> Any:
    from yilu.site.wsgi import application

    return application


def _serve(path: str, cookie: str) -> int:
    """One page through the whole application, without a network."""
    statuses: list[str] = []
    environ = {
        "REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": "", "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80", "HTTP_HOST": "127.0.0.1", "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.version": (1, 0), "wsgi.url_scheme": "http", "wsgi.input": sys.stdin.buffer,
        "wsgi.errors": sys.stderr, "wsgi.multithread": True, "wsgi.multiprocess": True,
        "wsgi.run_once": False, "HTTP_COOKIE": cookie,
    }  # fmt: skip
    answer = _application()(environ, lambda status, headers, *_: statuses.append(status))
    for _ in answer:
        pass
    answer.close()
    return int(statuses[0].split()[0])


@contextmanager
def _granian() -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """The server as the demo and the operating guide run it, with one worker."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    server = subprocess.Popen(
        [
            sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1",
            "--port", str(port), "--workers", "1", "--blocking-threads", "4",
            "--log-level", "warning", "yilu.site.wsgi:application",
        ],
        cwd=bench.ROOT, env=os.environ | {"YILU_TEST_DATABASE": "bench"}, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        deadline = time.monotonic() + ANSWERS_WITHIN
        while not _answers(port):
            assert server.poll() is None, "the web server ended"
            assert time.monotonic() < deadline, "the web server does not answer"
            time.sleep(0.1)
        yield server, port
    finally:
        server.terminate()
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _answers(port: int) -> bool:
    try:
        return _ask(port, "/help", "") == 200
    except OSError:
        return False


def _ask(port: int, path: str, cookie: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", path, headers={"Cookie": cookie} if cookie else {})
        answer = connection.getresponse()
        answer.read()
        return answer.status
    finally:
        connection.close()


def _resident(pid: int) -> int:
    """Bytes of a process and its children; what they share is counted for each: an upper bound."""
    total, waiting = 0, [pid]
    while waiting:
        one = Path(f"/proc/{waiting.pop()}")
        status = dict(line.split(":", 1) for line in (one / "status").read_text().splitlines())
        total += int(status["VmRSS"].split()[0]) * 1024
        for task in one.glob("task/*/children"):
            waiting += [int(child) for child in task.read_text().split()]
    return total
