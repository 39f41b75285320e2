"""Acts of several connections in an order that a test chooses: each goes on until a row stops it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet

PATIENCE = 400
"""How often somebody is looked for who should be waiting, twenty times a second."""


def stopped_by(rows: QuerySet[Any], *acts: Callable[[], Any]) -> list[Any]:
    """
    Hold ``rows``, begin each act in a thread of its own once those before it wait, then let them all go.

    What each returned or raised, in their order. An act that waits for nobody has simply been done.
    """
    done: list[Any] = [None] * len(acts)

    def run(n: int, act: Callable[[], Any]) -> None:
        try:
            done[n] = act()
        except Exception as fault:  # noqa: BLE001
            done[n] = fault
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(n, act)) for n, act in enumerate(acts)]
    with transaction.atomic():
        list(rows.select_for_update(of=("self",)))
        for n, thread in enumerate(threads):
            thread.start()
            _settled(threads[: n + 1])
    for thread in threads:
        thread.join()
    return done


def _settled(threads: list[threading.Thread]) -> None:
    """Until each of them waits for a row, or has come to its end."""
    for _ in range(PATIENCE):
        if _waiting() >= sum(each.is_alive() for each in threads):
            return
        time.sleep(0.05)
    raise AssertionError("somebody neither waits nor comes to an end")


def _waiting() -> int:
    with connection.cursor() as cursor:
        cursor.execute("select pg_stat_clear_snapshot()")
        cursor.execute(
            "select count(*) from pg_stat_activity"
            " where datname = current_database() and wait_event_type = 'Lock'"
        )
        return int(cursor.fetchone()[0])
