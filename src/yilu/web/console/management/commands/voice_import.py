"""``yilu voice-import FILE``: take a file of voices in from where it lies, however large, with progress."""

from __future__ import annotations

import hashlib
from argparse import ArgumentParser
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from yilu.kernel.errors import Refusal
from yilu.kernel.refs import Ref
from yilu.people import queries as people
from yilu.voice import operations, queries
from yilu.voice.queries import JOURNEYS

MEGABYTE = 1024 * 1024


class Command(BaseCommand):
    """Reads CSV, plain lines or Parquet row by row; killed, it goes on where it was."""

    help = (
        "Imports comments and ratings (.csv, .txt, .parquet) for a member of staff with the right."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--by", required=True, help="the user name of whoever imports")
        parser.add_argument("--label", default="")
        parser.add_argument("--journey", default="other", choices=sorted(JOURNEYS))
        parser.add_argument("--scale", default="0-10", help="of the recommendation column")
        parser.add_argument("--positive", choices=("yes", "no"), help="of a text file as a whole")

    def handle(self, *args: Any, file: Path, by: str, **given: Any) -> None:
        try:
            batch_id = self._import(file, by, given)
        except OSError as problem:
            raise CommandError(f"{file}: {problem.strerror}") from None
        except Refusal as refused:
            raise CommandError(f"{refused.message} {refused.hint}") from None
        stored = queries.batch_summary(batch_id)
        if stored.problem:
            raise CommandError(stored.problem)
        self.stdout.write(
            _("已导入 {rows} 条，问题行 {problems} 行；分析在后台进行。").format(
                rows=stored.rows, problems=stored.problems
            )
        )

    def _import(self, file: Path, by: str, given: dict[str, Any]) -> int:
        staff_id = people.find_staff(by)
        if staff_id is None:
            raise CommandError(_("没有这个用户名。"))
        access = people.staff_access(staff_id)
        operations.check_place(file)
        about = operations.About(
            label=given["label"] or file.name, journey=given["journey"], scale=given["scale"],
            positive={"yes": True, "no": False}.get(given["positive"] or ""),
        )  # fmt: skip
        digest = hashlib.sha256()
        with file.open("rb") as content:
            while part := content.read(MEGABYTE):
                digest.update(part)
        batch_id = operations.begin_from_place(
            filename=file.name, sha256=digest.hexdigest(), size=file.stat().st_size, about=about,
            office_id=access.office_id, access=access, actor=Ref("staff", staff_id),
            at=datetime.now(UTC),
        )  # fmt: skip
        operations.read_from_place(
            batch_id=batch_id, place=file, clock=lambda: datetime.now(UTC), say=self._say
        )
        return batch_id

    def _say(self, rows: int, problems: int, position: int) -> None:
        if (rows + problems) % 100_000 < 5_000:
            self.stdout.write(f"  {rows:,} + {problems:,} ({position / MEGABYTE:,.0f} MB)")
