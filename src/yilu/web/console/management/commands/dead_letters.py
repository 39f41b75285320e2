"""``yilu dead_letters``: what the worker gave up on; ``--retry`` has it tried again."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from yilu.journal import operations, queries
from yilu.kernel.errors import Refusal
from yilu.kernel.refs import SYSTEM


class Command(BaseCommand):
    """Lists stopped reactions and failed jobs."""

    help = "Lists reactions and jobs that failed every attempt; --retry tries them again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--retry", type=int, nargs="+", metavar="ID", help="reactions to try again"
        )
        parser.add_argument(
            "--retry-job", type=int, nargs="+", metavar="ID", help="jobs to try again"
        )

    def handle(
        self,
        *args: Any,
        retry: list[int] | None = None,
        retry_job: list[int] | None = None,
        **options: Any,
    ) -> None:
        now = datetime.now(UTC)
        try:
            for id in retry or ():
                operations.retry_dead(reaction_id=id, actor=SYSTEM, at=now)
            for id in retry_job or ():
                operations.retry_failed_job(job_id=id, actor=SYSTEM, at=now)
        except Refusal as refusal:
            raise CommandError(f"{id}: {refusal.message}，{refusal.hint}") from None
        if retry or retry_job:
            self.stdout.write(_("已重新发起。"))
            return
        dead, failed = queries.list_dead(), queries.list_failed_jobs()
        for each in dead:
            self.stdout.write(
                f"{each.id}  {each.label}  {each.about}  {each.subscriber}  "
                f"{each.since:%Y-%m-%d %H:%M} UTC  {each.problem}"
            )
        for job in failed:
            self.stdout.write(f"job {job.id}  {job.name}  {job.arguments}")
        if not dead and not failed:
            self.stdout.write(_("没有停止的后台处理。"))
