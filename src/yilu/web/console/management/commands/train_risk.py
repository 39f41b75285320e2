"""``yilu train_risk``: train a model on what people established, and print its card."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from yilu.claims import operations as claims
from yilu.kernel.errors import Refusal
from yilu.kernel.refs import SYSTEM
from yilu.risk import jobs, operations, queries


class Command(BaseCommand):
    """Trains a model; a person releases it on the workbench."""

    help = "Trains a risk model on people's findings and prints how it does beside logistic regression."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--all-outcomes", action="store_true",
            help="first tell risk every investigation and decision there ever was",
        )  # fmt: skip

    def handle(self, *args: Any, all_outcomes: bool = False, **options: Any) -> None:
        now = datetime.now(UTC)
        claims.tell_outcomes(
            at=now, since=datetime(2000, 1, 1, tzinfo=UTC) if all_outcomes else None
        )
        try:
            model_id = operations.begin_training(actor=SYSTEM, at=now)
        except Refusal as refusal:
            raise CommandError(f"{refusal.message}，{refusal.hint}") from None
        jobs.train_now(model_id)
        model = queries.get_model(model_id)
        if model.problem:
            raise CommandError(model.problem)
        auc = model.card["auc"]
        self.stdout.write(f"v{model.id}  {model.card['examples']} / {model.card['confirmed']}")
        for name in ("ours", "logistic", "difference"):
            middle, low, high = auc[name]
            self.stdout.write(f"AUC {name:<10} {middle:+.4f}  95% [{low:+.4f}, {high:+.4f}]")
        can = operations.beats_logistic(model.card)
        self.stdout.write(
            _("可以发布：请在工作台核对模型卡。") if can else _("没有胜过逻辑回归，不能发布。")
        )
