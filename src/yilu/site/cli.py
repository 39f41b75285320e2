"""
The ``yilu`` command: ``yilu demo`` runs the demo insurer; anything else is a management command.

Without a DATABASE_URL the local PostgreSQL serves it (``local.database``).
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys

from yilu.kernel import memory
from yilu.site import local, starting
from yilu.site.postgres import NoPostgres

WITHOUT_DATABASE = {
    "",
    "help",
    "--help",
    "-h",
    "version",
    "--version",
    "collectstatic",
    "makemigrations",
}
"""These neither need a database nor start one."""


def main() -> None:
    """Entry point of the console script. What keeps us from starting is said in one sentence."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yilu.site.settings")
    memory.collect_seldom()
    try:
        code = _run(sys.argv[1:])
    except (starting.CannotStart, NoPostgres) as why:
        sys.stderr.write(f"yilu cannot start. {why}\n")
        code = 2
    sys.exit(code)


def _run(arguments: list[str]) -> int:
    command = (arguments or [""])[0]
    if command == "demo":
        from yilu.site import demo

        return demo.run(arguments[1:])
    if command == "push":
        from yilu.web.push.__main__ import main as push

        if given := os.environ.get("DATABASE_URL"):
            starting.must_answer(given)
        with local.database():
            return push(arguments[1:])
    if command == "simulate":  # on databases of its own
        return subprocess.call([sys.executable, "-m", "simulation", *arguments[1:]], cwd=local.ROOT)  # noqa: S603
    needs = command not in WITHOUT_DATABASE
    if needs and (given := os.environ.get("DATABASE_URL")):
        starting.must_answer(given)
    with local.database() if needs else contextlib.nullcontext():
        from django.core.management import execute_from_command_line

        # On the command line words are joined by dashes: yilu audit-money.
        spoken = [command.replace("-", "_") if command[:1].isalpha() else command]
        execute_from_command_line(["yilu", *spoken[: len(arguments)], *arguments[1:]])
    return 0
