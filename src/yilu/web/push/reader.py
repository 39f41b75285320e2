"""One thread that listens to the journal's wake-ups and hands new events to the event loop."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable

import psycopg
from django.db import Error as DatabaseError
from django.db import close_old_connections, connection

from yilu.journal.queries import EventRow, Follower, Listener
from yilu.web.push.hub import Hub
from yilu.web.push.topics import topics_of

POLL_SECONDS = 1.0
BACK_OFF_MAX = 15.0
log = logging.getLogger(__name__)


class Reader:
    """Reads what happens and publishes it; survives the database going away."""

    def __init__(self, hub: Hub, loop: asyncio.AbstractEventLoop) -> None:
        self._hub = hub
        self._loop = loop
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="push-reader", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End soon; does not wait."""
        self._stop.set()

    def _run(self) -> None:
        ear, follower, pause, deaf = Listener(), None, 0.5, False
        while not self._stop.is_set():
            try:
                if follower is None:
                    close_old_connections()
                    ear.wait(0)  # listen first: what happens from here on wakes us
                    follower = Follower()
                    if deaf:
                        self._say(self._hub.everybody_anew)
                        deaf = False
                for event in follower.read():
                    self._say(self._publish, event)
                pause = 0.5
                ear.wait(POLL_SECONDS)
            except (DatabaseError, psycopg.Error) as problem:
                log.warning("no news from the database: %s", type(problem).__name__)
                connection.close()
                follower, deaf = None, True
                self._stop.wait(pause)
                pause = min(pause * 2, BACK_OFF_MAX)
        ear.close()
        connection.close()

    def _publish(self, event: EventRow) -> None:
        self._hub.publish(event.id, topics_of(event))

    def _say(self, function: Callable[..., None], *given: object) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(function, *given)
