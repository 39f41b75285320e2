"""
The worker: reactions, ticks and background jobs.

One process runs the reactions on its main thread and the ticks on a second one, so that a tick that
waits for a bank does not hold reactions up. Background jobs (recognition of pictures, letters) run
in a child process of their own: they are heavy, native code may crash, and Python gives the two
only one interpreter lock a process. The child ends when its parent does, however that ends.
"""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial

import psycopg
from django.conf import settings
from django.db import Error as DatabaseError
from django.db import close_old_connections, connection, connections

from yilu.journal import operations, queries, wakes

POLL_SECONDS = 1.0
"""How long the worker sleeps without a wake-up: back-offs and lost wake-ups."""
BATCH = 100
BACK_OFF_FIRST = 1.0
BACK_OFF_MAX = 30.0
TICK_BACK_OFF_MAX = 60.0
PULSE_SECONDS = 10.0

log = logging.getLogger(__name__)

operations.each_tick(operations.append_leaves)
operations.each_tick(operations.retry_stalled_jobs, seconds=30)


@operations.job(queue="evidence")
def verify(*, verification_id: int) -> None:
    """Verify the whole evidence log for somebody who asked, saying how far it is."""
    said = 0.0

    def progress(done: int, of: int) -> None:
        nonlocal said
        if time.monotonic() - said > 1 or done == of:
            said = time.monotonic()
            operations.note_progress(verification_id=verification_id, done=done, size=of)

    verdict = queries.verify_log(progress=progress)
    operations.finish_verification(
        verification_id=verification_id, verdict=verdict, at=datetime.now(UTC)
    )


@operations.each_tick(seconds=3600)
def forget(at: datetime) -> int:
    """Delete what is long done."""
    operations.forget_finished_jobs()
    return operations.forget_done(at=at)


def run_worker(*, with_jobs: bool = True, stop: threading.Event | None = None) -> None:
    """
    Work until SIGTERM or SIGINT (or ``stop`` is set), then finish the current item and return.

    Survives the database going away: it tries again, at most every 30 s, and nothing is lost.
    """
    stop = stop or threading.Event()
    with _stopping_on_signals(stop), contextlib.ExitStack() as parts:
        if with_jobs:
            parts.callback(_join, _start("jobs", _keep_job_process, stop))
        parts.callback(_join, _start("ticks", _tick, stop))
        for tick in [each for each in operations.TICKS.values() if each.own_thread]:
            parts.callback(_join, _start(tick.name, partial(_tick, alone=tick), stop))
        parts.callback(stop.set)
        _react(stop)


@contextlib.contextmanager
def _stopping_on_signals(stop: threading.Event) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {
        number: signal.signal(number, lambda *_: stop.set())
        for number in (signal.SIGTERM, signal.SIGINT)
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _start(name: str, run: object, stop: threading.Event) -> threading.Thread:
    def work() -> None:
        try:
            run(stop)  # type: ignore[operator]
        finally:
            connections.close_all()

    thread = threading.Thread(target=work, name=f"worker-{name}", daemon=True)
    thread.start()
    return thread


def _join(thread: threading.Thread) -> None:
    thread.join(timeout=60)


def _react(stop: threading.Event) -> None:
    ear = wakes.Listener()
    pause = BACK_OFF_FIRST
    try:
        while not stop.is_set():
            try:
                close_old_connections()
                now = datetime.now(UTC)
                while operations.run_reactions(now, BATCH, stopping=stop.is_set):
                    if stop.is_set():
                        return
                    now = datetime.now(UTC)
                ear.wait(POLL_SECONDS)
                pause = BACK_OFF_FIRST
            except (DatabaseError, psycopg.Error) as problem:
                log.warning("database trouble, trying again: %s", type(problem).__name__)
                connection.close()
                stop.wait(pause)
                pause = min(pause * 2, BACK_OFF_MAX)
    finally:
        ear.close()
        connection.close()


class _Pulse:
    """Says now and then that this process lives, and when its ticks ran last."""

    def __init__(self, part: str = "") -> None:
        whole = f"worker@{socket.gethostname()}:{os.getpid()}"
        self.process = f"{whole}/{part}" if part else whole
        self.started_at = datetime.now(UTC)
        self.ran: dict[str, datetime] = {}
        self._due = 0.0

    def beat(self, failures: dict[str, int]) -> None:
        if time.monotonic() < self._due:
            return
        self._due = time.monotonic() + PULSE_SECONDS
        ticks = {
            name: {
                "at": self.ran[name].isoformat() if name in self.ran else None,
                "failures": failures.get(name, 0),
            }
            for name in {*self.ran, *failures}
        }
        try:
            operations.note_heartbeat(
                process=self.process, started_at=self.started_at, ticks=ticks, at=datetime.now(UTC)
            )
        except (DatabaseError, psycopg.Error) as problem:
            log.warning("no heartbeat: %s", type(problem).__name__)
            connection.close()


def _tick(stop: threading.Event, *, alone: operations.Tick | None = None) -> None:
    """The ticks one after the other, or one of them alone beside the others."""
    due: dict[str, float] = {}
    failures: dict[str, int] = {}
    pulse = _Pulse(alone.name if alone else "")
    while not stop.is_set():
        pulse.beat(failures)
        ours = [alone] if alone else [t for t in operations.TICKS.values() if not t.own_thread]
        for tick in ours:
            if stop.is_set():
                return
            if time.monotonic() < due.get(tick.name, 0.0):
                continue
            every = tick.every.total_seconds()
            try:
                close_old_connections()
                did = tick.function(datetime.now(UTC))
                failures[tick.name] = 0
                pulse.ran[tick.name] = datetime.now(UTC)
                due[tick.name] = 0.0 if did else time.monotonic() + every
            except Exception as problem:  # noqa: BLE001  (one tick's trouble must not stop the others)
                # The text of an exception may hold personal data: only what and where is logged.
                log.error("tick %s failed: %s", tick.name, operations.describe(problem))
                failures[tick.name] = failures.get(tick.name, 0) + 1
                # However seldom it runs: a database that was away for a moment costs it no hour.
                wait = min(2.0 ** min(failures[tick.name], 10), TICK_BACK_OFF_MAX)
                due[tick.name] = time.monotonic() + wait
        stop.wait(min(0.1, alone.every.total_seconds()) if alone else 0.1)


def _keep_job_process(stop: threading.Event) -> None:
    """Start the job process, and again when it ends by itself; stop it when we stop."""
    pause = 1.0
    while not stop.is_set():
        began = time.monotonic()
        child = subprocess.Popen(
            [sys.executable, "-m", "django", "worker", "--only", "jobs"],
            stdin=subprocess.PIPE,
            env={**os.environ, "DJANGO_SETTINGS_MODULE": os.environ["DJANGO_SETTINGS_MODULE"]},
        )
        while not stop.wait(0.2) and child.poll() is None:
            pass
        if stop.is_set():
            child.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(timeout=30)
            child.kill()
            child.wait()
            return
        log.warning("the job process ended (%s), starting it again", child.returncode)
        pause = 1.0 if time.monotonic() - began > 60 else min(pause * 2, BACK_OFF_MAX)
        stop.wait(pause)


def run_jobs(*, once: bool = False) -> None:
    """
    Run the background jobs of all rooms in this process, until a signal or the end of its parent.

    :param once: return when no job is left, instead of waiting for more.
    """
    from procrastinate.contrib.django import app
    from procrastinate.exceptions import ConnectorException

    if not once:
        threading.Thread(target=_end_with_parent, name="parent-watch", daemon=True).start()
    worker_connector = app.connector.get_worker_connector()  # type: ignore[attr-defined]
    try:
        with app.replace_connector(worker_connector) as working:
            working.run_worker(
                concurrency=settings.JOB_CONCURRENCY,
                wait=not once,
                fetch_job_polling_interval=POLL_SECONDS,
                install_signal_handlers=not once,
                shutdown_graceful_timeout=25.0,
                listen_notify=not once,
            )
    except ConnectorException:
        # Whoever keeps this process starts it again; a job that was running is found and retried.
        log.warning("the job process lost the database")
        sys.exit(1)


def _end_with_parent() -> None:
    """Our standard input is a pipe of the parent: it ends when the parent does."""
    with contextlib.suppress(OSError, ValueError):
        while os.read(0, 1024):
            pass
    os.kill(os.getpid(), signal.SIGTERM)
