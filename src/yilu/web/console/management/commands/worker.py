"""``yilu worker``: reactions, ticks and background jobs."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from yilu.journal import jobs
from yilu.kernel import memory


class Command(BaseCommand):
    """Run the worker until it is told to stop."""

    help = "Runs reactions, ticks and background jobs until SIGTERM or Ctrl-C."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--only",
            choices=["reactions", "jobs"],
            help="reactions: reactions and ticks only; jobs: background jobs only (more machines)",
        )

    def handle(self, *args: Any, only: str | None = None, **options: Any) -> None:
        memory.keep_what_is_loaded()
        if only == "jobs":
            jobs.run_jobs()
        else:
            jobs.run_worker(with_jobs=only is None)
