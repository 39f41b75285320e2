"""``yilu reseal``: after a new sealing key was put first in the ring, seal everything with it."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _


class Command(BaseCommand):
    """Asks each room that seals anything, the lowest first, until nothing outdated is left."""

    help = "Seals all personal data with the newest key; may be stopped and started at any time."

    def handle(self, *args: Any, **options: Any) -> None:
        for room in settings.ROOMS:
            if find_spec(f"yilu.{room}.operations") is None:
                continue
            operations = import_module(f"yilu.{room}.operations")
            reseal_batch = getattr(operations, "reseal_batch", None)
            if reseal_batch is None:
                continue
            total = 0
            while done := reseal_batch(at=datetime.now(UTC)):
                total += done
            self.stdout.write(
                _("%(room)s：已换密钥 %(total)s 项。") % {"room": room, "total": total}
            )
        self.stdout.write(_("全部完成后，可将旧密钥移出 YILU_SEALING_KEY。"))
