"""
The ``yilu`` command: ``yilu demo`` runs the demo insurer; anything else is a management command.

Without a DATABASE_URL the local PostgreSQL serves it (``local.database``).
"""

from __future__ import annotations

import os
import sys

from yilu.site import local


def main() -> None:
    """Entry point of the console script."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yilu.site.settings")
    arguments = sys.argv[1:]
    if arguments[:1] == ["demo"]:
        from yilu.site import demo

        sys.exit(demo.run(arguments[1:]))
    with local.database():
        from django.core.management import execute_from_command_line

        execute_from_command_line(["yilu", *arguments])
