"""``yilu audit-money``: recompute the money of every claim and name each that differs."""

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
        "Recomputes the money of every claim from terms and records; exit code 1 with differences."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--batch", type=int, default=operations.BATCH, metavar="N", help="claims at a time"
        )

    def handle(self, *args: Any, batch: int = operations.BATCH, **options: Any) -> None:
        total = queries.claims_with_money()
        run_id = operations.start_money_audit(actor=SYSTEM, at=timezone.now())
        while True:
            at = timezone.now()
            progress = operations.audit_batch(run_id=run_id, at=at, limit=max(1, batch))
            self._name(progress)
            self._bar(progress.claims, max(total, progress.claims), progress.done)
            if progress.done:
                break
        said = {
            "claims": progress.claims, "amount": progress.amount, "differences": progress.differences,
        }  # fmt: skip
        if progress.differences:
            text = _("复算 %(claims)d 件赔案，共 %(amount)s 元：%(differences)d 处差异。") % said
            self.stderr.write(self.style.ERROR(text))
            sys.exit(1)
        text = _("复算 %(claims)d 件赔案，共 %(amount)s 元：没有差异。") % said
        self.stdout.write(self.style.SUCCESS(text))

    def _name(self, progress: operations.Progress) -> None:
        numbers = queries.claim_numbers({each.claim_id for each in progress.found})
        for each in progress.found:
            place = f" {each.place}" if each.place else ""
            said = {
                "claim": numbers[each.claim_id], "what": _(queries.KINDS[each.kind]) + place,
                "expected": each.expected, "actual": each.actual,
            }  # fmt: skip
            self.stderr.write(_("%(claim)s　%(what)s：应为 %(expected)s，实为 %(actual)s") % said)

    def _bar(self, done: int, of: int, finished: bool) -> None:
        if self.stdout.isatty():
            full = BAR if finished or not of else BAR * done // of
            self.stdout.write(
                f"\r[{'█' * full}{' ' * (BAR - full)}] {done:,} / {of:,}",
                ending="\n" if finished else "",
            )
            self.stdout.flush()
