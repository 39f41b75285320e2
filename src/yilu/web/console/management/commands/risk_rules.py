"""``yilu risk_rules FOLDER``: put the published supervision rules of a folder in force."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from yilu.kernel.refs import SYSTEM
from yilu.risk import operations, queries


class Command(BaseCommand):
    """Loads the spreadsheets of the National Healthcare Security Administration."""

    help = "Puts the supervision rules published as spreadsheets (.xlsx) in force."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--name", default="")

    def handle(self, *args: Any, folder: Path, name: str = "", **options: Any) -> None:
        now = datetime.now(UTC)
        try:
            rules = queries.read_folder(folder)
        except queries.NotAPublication:
            raise CommandError(_("文件夹里没有能识别的规则表格。")) from None
        named = name or f"国家医保局公布规则（{now:%Y-%m-%d} 装载）"
        operations.load_rules(name=named, rules=rules, actor=SYSTEM, at=now)
        self.stdout.write(_("已装载 {count} 条监管规则。").format(count=len(rules)))
