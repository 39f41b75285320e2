"""
The ``yilu`` command: ``yilu demo`` runs the demo insurer; anything else is a management command.

Without a DATABASE_URL the local PostgreSQL is started when needed, and stopped again if it was not
running before.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def main() -> None:
    """Entry point of the console script."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yilu.site.settings")
    arguments = sys.argv[1:]
    if arguments[:1] == ["demo"]:
        from yilu.site import demo

        sys.exit(demo.run(arguments[1:]))
    with database():
        from django.core.management import execute_from_command_line

        execute_from_command_line(["yilu", *arguments])


@contextmanager
def database() -> Iterator[str]:
    """DATABASE_URL as given, or the local cluster's for as long as the block runs."""
    if given := os.environ.get("DATABASE_URL"):
        yield given
        return
    from yilu.site import postgres

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
    root = Path(os.environ.get("YILU_ROOT", Path(__file__).resolve().parents[3]))
    return Path(os.environ.get("YILU_VAR", root / "var")) / "postgres"
