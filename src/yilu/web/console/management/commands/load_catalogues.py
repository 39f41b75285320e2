"""``yilu load_catalogues``: what ships with the program comes into force; again, and nothing changes."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from yilu.journeys import operations as journeys
from yilu.knowledge import operations as knowledge
from yilu.messaging import operations as messaging
from yilu.obligations import operations as obligations
from yilu.products import operations as products
from yilu.quality import operations as quality
from yilu.standards import operations as standards
from yilu.work import operations as work


class Command(BaseCommand):
    """What staff have edited stays as they left it; what a new release ships is a new version."""

    help = "Loads calendars, decision tables, checklists, promises, messages' words and work queues as shipped."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--with-products", action="store_true", help="also publish the shipped example products"
        )

    def handle(self, *args: Any, with_products: bool = False, **options: Any) -> None:
        now = datetime.now(UTC)
        work.declare_queues(at=now)
        loaded = (
            standards.load_catalogue(now)
            + obligations.load_catalogue(now)
            + messaging.load_catalogue(now)
            + journeys.load_catalogue(now)
            + quality.load_catalogue(now)
            + quality.load_books(now)
        )
        self.stdout.write(_("新载入 %(count)s 项，其余未变。") % {"count": loaded})
        if with_products:
            try:
                published = products.load_catalogue(at=now).published
            except (products.BadWording, products.WordingAlreadyPublished) as refused:
                raise CommandError(str(refused)) from None
            self.stdout.write(_("新发布产品条款 %(count)s 份。") % {"count": len(published)})
        drafted = knowledge.load_catalogue(now)
        self.stdout.write(
            _("知识库新增 %(count)s 份答案草稿，请在知识库核对后批准。") % {"count": drafted}
        )
