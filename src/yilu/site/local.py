"""Where a PostgreSQL of our own keeps its data, and a database for as long as it is needed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from yilu.site import postgres

ROOT = Path(__file__).resolve().parents[3]
"""The checkout: where demo, simulation and bench lie beside the program."""


@contextmanager
def database() -> Iterator[str]:
    """
    DATABASE_URL as given, or the local cluster's for as long as the block runs.

    A cluster that was not running before is stopped again.
    """
    if given := os.environ.get("DATABASE_URL"):
        yield given
        return
    cluster = postgres.local(folder())
    was_up = cluster.is_up()
    os.environ["DATABASE_URL"] = cluster.start()
    try:
        yield os.environ["DATABASE_URL"]
    finally:
        if not was_up:
            from django.db import connections

            connections.close_all()
            cluster.stop()


def folder() -> Path:
    """Where the local cluster lives."""
    root = Path(os.environ.get("YILU_ROOT", ROOT))
    return Path(os.environ.get("YILU_VAR", root / "var")) / "postgres"
