"""
Wake the worker soon after a commit, without slowing the commit down.

A NOTIFY inside a write transaction takes a lock that all committing transactions share: measured
eleven times slower. So a commit only sets a flag; one thread of the process sends at most one
NOTIFY each 20 ms over an autocommit connection of its own. A lost wake-up costs nothing but time:
the worker also looks by itself.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection

from yilu.kernel import tx

CHANNEL = "yilu_journal"
_EVENTS = f"notify {CHANNEL}"
# What the job library's worker listens for.
_JOBS = """notify procrastinate_any_queue_v1, '{"type": "job_inserted", "job_id": 0}'"""
AT_MOST_EACH = 0.02
"""Seconds between two notifications of one process."""
IDLE_CLOSE = 60.0
"""Seconds without events after which the thread gives its connection back."""
BACK_OFF_MAX = 30.0

log = logging.getLogger(__name__)


def connect() -> psycopg.Connection[Any]:
    """A plain autocommit connection to Django's database, outside its transactions."""
    known = connection.get_connection_params()
    wanted = ("dbname", "user", "password", "host", "port")
    return psycopg.connect(
        autocommit=True,
        connect_timeout=5,
        application_name="yilu wake",
        # A notification is not data: nobody waits for a disk because of it.
        options="-c synchronous_commit=off",
        **{name: known[name] for name in wanted if known.get(name)},
    )


def after_commit() -> None:
    """Have the worker look at new events once the open use case has committed."""
    if settings.WAKE_WORKER:
        tx.after_commit(_waker.ring_events)


def jobs_after_commit() -> None:
    """Have the job process look for new jobs once the open use case has committed."""
    if settings.WAKE_WORKER:
        tx.after_commit(_waker.ring_jobs)


class _Waker:
    """The process's notifying thread; begun at the first event, and again after a fork."""

    def __init__(self) -> None:
        self._rung = threading.Event()
        self._begin = threading.Lock()
        self._thread: threading.Thread | None = None
        self._process = 0
        self._wanted: set[str] = set()

    def ring_events(self) -> None:
        """Ask for a notification of new events soon. Never blocks and never fails."""
        self._ring(_EVENTS)

    def ring_jobs(self) -> None:
        """Ask for a notification of new jobs soon."""
        self._ring(_JOBS)

    def _ring(self, notification: str) -> None:
        self._wanted.add(notification)
        self._rung.set()
        alive = (
            self._thread is not None and self._process == os.getpid() and self._thread.is_alive()
        )
        if not alive:
            with self._begin:
                if (
                    self._thread is None
                    or self._process != os.getpid()
                    or not self._thread.is_alive()
                ):
                    self._process = os.getpid()
                    self._thread = threading.Thread(
                        target=self._run, name="journal-wake", daemon=True
                    )
                    self._thread.start()

    def _run(self) -> None:
        line: psycopg.Connection[Any] | None = None
        pause = AT_MOST_EACH
        while True:
            if not self._rung.wait(IDLE_CLOSE):
                if line is not None:
                    line.close()
                    line = None
                continue
            self._rung.clear()
            try:
                line = line or connect()
                while self._wanted:
                    notifications = set(self._wanted)
                    self._wanted -= notifications
                    try:
                        line.execute(";".join(notifications))
                    except psycopg.Error:
                        self._wanted |= notifications
                        raise
                pause = AT_MOST_EACH
            except psycopg.Error as problem:
                log.warning("cannot wake the worker: %s", type(problem).__name__)
                if line is not None:
                    line.close()
                    line = None
                self._rung.set()
                pause = min(max(pause, 0.5) * 2, BACK_OFF_MAX)
            time.sleep(pause)


_waker = _Waker()


class Listener:
    """The worker's ear: waits for wake-ups, and copes with the database going away."""

    def __init__(self) -> None:
        self._line: psycopg.Connection[Any] | None = None

    def wait(self, seconds: float) -> None:
        """
        Return at a wake-up, or after ``seconds``; wake-ups since the last call count.

        :raises psycopg.Error: when the database cannot be reached; the next call connects anew.
        """
        try:
            if self._line is None:
                self._line = connect()
                self._line.execute(f"listen {CHANNEL}")
                return  # what happened before we listened is to be looked at first
            for _ in self._line.notifies(timeout=seconds, stop_after=1):
                pass
        except psycopg.Error:
            self.close()
            raise

    def close(self) -> None:
        """Give the connection back."""
        if self._line is not None:
            self._line.close()
            self._line = None
