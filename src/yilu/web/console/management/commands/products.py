"""``yilu products check``: read and judge every wording; ``yilu products publish``: publish them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from yilu.products import operations


class Command(BaseCommand):
    """Checking changes nothing; publishing is all or nothing, and twice is once."""

    help = "Checks or publishes the product wordings of a folder."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("action", choices=["check", "publish"])
        parser.add_argument("folder", nargs="?", type=Path, default=operations.CATALOGUE)

    def handle(self, *args: Any, **options: Any) -> None:
        if options["action"] == "publish":
            self._publish(options["folder"])
        else:
            self._check(options["folder"])

    def _check(self, folder: Path) -> None:
        problems: list[str] = []
        for path in sorted(folder.glob("*/terms.toml")):
            try:
                terms = operations.read_folder(path.parent).terms
            except operations.BadWording as bad:
                problems += bad.problems
            else:
                self.stdout.write(f"{terms.code} {terms.version} {terms.name}")
        if problems:
            raise CommandError("\n".join(problems))
        self.stdout.write(_("条款没有问题。"))

    def _publish(self, folder: Path) -> None:
        try:
            loaded = operations.load_catalogue(folder=folder, at=datetime.now(UTC))
        except operations.BadWording as bad:
            raise CommandError("\n".join(bad.problems)) from None
        except operations.WordingAlreadyPublished as refused:
            raise CommandError(f"{refused.message} {refused.hint}") from None
        for each in loaded.published:
            self.stdout.write(_("已发布 %(version)s") % {"version": each})
        self.stdout.write(_("其余 %(count)s 份此前已发布。") % {"count": loaded.unchanged})
