"""``yilu audit-money``: recompute claims and the books of policies and name each figure that differs."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import gettext as _

from yilu.audit import operations, queries
from yilu.kernel.refs import SYSTEM

BAR = 30


class Command(BaseCommand):
    """Exit code 0: every figure is confirmed. 1: some are not, and each was named."""

    help = (
        "Recomputes the money of every claim and the books of every policy; exit code 1 with "
        "differences."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--batch", type=int, default=None, metavar="N", help="claims or policies at a time"
        )

    def handle(self, *args: Any, batch: int | None = None, **options: Any) -> None:
        if sum(self._audit(scope, batch) for scope in operations.SCOPES):
            sys.exit(1)

    def _audit(self, scope: str, batch: int | None) -> int:
        """One run over everything of a scope; how many differences there are."""
        total = queries.how_many(scope)
        run_id = operations.start_money_audit(actor=SYSTEM, at=timezone.now(), scope=scope)
        limit = None if batch is None else max(1, batch)
        while True:
            progress = operations.audit_batch(run_id=run_id, at=timezone.now(), limit=limit)
            self._name(progress)
            self._bar(progress.looked_at, max(total, progress.looked_at), progress.done)
            if progress.done:
                break
        self._sum_up(scope, progress)
        return progress.differences

    def _sum_up(self, scope: str, progress: operations.Progress) -> None:
        said = {
            "count": progress.looked_at, "amount": progress.amount,
            "differences": progress.differences,
        }  # fmt: skip
        claims = scope == operations.CLAIMS
        if progress.differences:
            text = (
                _("复算 %(count)d 件赔案，共 %(amount)s 元：%(differences)d 处差异。") if claims
                else _("核对 %(count)d 张保单，收付 %(amount)s 元：%(differences)d 处差异。")
            )  # fmt: skip
            self.stderr.write(self.style.ERROR(text % said))
            return
        text = (
            _("复算 %(count)d 件赔案，共 %(amount)s 元：没有差异。") if claims
            else _("核对 %(count)d 张保单，收付 %(amount)s 元：没有差异。")
        )  # fmt: skip
        self.stdout.write(self.style.SUCCESS(text % said))

    def _name(self, progress: operations.Progress) -> None:
        numbers = queries.numbers_of({each.subject for each in progress.found})
        for each in progress.found:
            place = f" {each.about} {each.place}".rstrip()
            said = {
                "subject": numbers[each.subject], "what": _(queries.KINDS[each.kind]) + place,
                "expected": each.expected, "actual": each.actual,
            }  # fmt: skip
            self.stderr.write(_("%(subject)s　%(what)s：应为 %(expected)s，实为 %(actual)s") % said)

    def _bar(self, done: int, of: int, finished: bool) -> None:
        if self.stdout.isatty():
            full = BAR if finished or not of else BAR * done // of
            self.stdout.write(
                f"\r[{'█' * full}{' ' * (BAR - full)}] {done:,} / {of:,}",
                ending="\n" if finished else "",
            )
            self.stdout.flush()
