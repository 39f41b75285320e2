"""``yilu count_anew``: count every figure of service again, from the first event."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from yilu.scorecards import operations, queries


class Command(BaseCommand):
    """For a catalogue of figures that was changed: what happened before counts under it too."""

    help = "Forgets every figure and counts the whole journal again; without --now the worker does."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--now", action="store_true", help="count here instead of in the worker"
        )

    def handle(self, *args: Any, now: bool = False, **options: Any) -> None:
        operations.begin_anew(datetime.now(UTC))
        while now and operations.follow(datetime.now(UTC)):
            pass
        if now:
            told = _("已重新计入 {count} 个事件。").format(count=queries.read_so_far().events)
        else:
            told = _("考核数字已清空，后台任务会从头重新计算。")
        self.stdout.write(told)
