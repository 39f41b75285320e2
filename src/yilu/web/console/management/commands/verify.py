"""``yilu verify``: re-compute the evidence log and name the first thing that was altered."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from yilu.journal import queries


class Command(BaseCommand):
    """Exit code 0: everything is as it was signed. 1: it is not."""

    help = "Re-computes the evidence log from the events; exit code 1 when something was altered."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--checkpoint",
            type=Path,
            metavar="FILE",
            help="a checkpoint saved earlier, somewhere else: finds out a log rewritten as a whole",
        )
        parser.add_argument("--save", type=Path, metavar="FILE", help="save the newest checkpoint")

    def handle(
        self, *args: Any, checkpoint: Path | None = None, save: Path | None = None, **options: Any
    ) -> None:
        saved = None
        if checkpoint is not None:
            try:
                saved = checkpoint.read_text(encoding="utf-8")
            except OSError as problem:
                raise CommandError(f"{checkpoint}: {problem.strerror}") from None
        verdict = queries.verify_log(saved, self._progress)
        said = {"size": verdict.size, "checkpoints": verdict.checkpoints}
        if verdict.problem is not None:
            self.stderr.write(self.style.ERROR(verdict.problem.message))
            self.stderr.write(_("此前 %(size)d 片叶子已核对无误。") % said)
            sys.exit(1)
        message = _("存证日志完好：%(size)d 个事件，%(checkpoints)d 个签名检查点。") % said
        self.stdout.write(self.style.SUCCESS(message))
        self.stdout.write(queries.verifier_key())
        if save is not None and verdict.size:
            save.write_text(queries.checkpoint(), encoding="utf-8")

    def _progress(self, done: int, of: int) -> None:
        if self.stdout.isatty():
            self.stdout.write(f"\r{done:,} / {of:,}", ending="\n" if done == of else "")
            self.stdout.flush()
