"""``yilu mail_in``: takes the mail server's incoming mail and keeps it as replies."""

from __future__ import annotations

import signal
import threading
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import close_old_connections

from yilu.gateways import mail_in
from yilu.kernel.errors import Refusal
from yilu.messaging import operations as messaging
from yilu.messaging.operations import Inbound


def keep(mail: mail_in.Mail) -> None:
    """Keep a mail as a reply, or note that a mail of ours came back."""
    close_old_connections()
    now = datetime.now(UTC)
    if mail.bounced:
        with suppress(messaging.MessageNotFound):
            messaging.receive_receipt(
                message_key=mail.bounced, outcome="FAILED", proof=f"mail:{mail.message_id}", at=now
            )
        return
    text = f"{mail.subject}\n{mail.text}".strip()
    with suppress(Refusal):  # what can never be kept is not to be brought again
        messaging.take_reply(
            inbound=Inbound(
                "SMTP", "mail", mail.message_id, mail.sender, text, mail.answers, mail.is_automatic
            ),
            at=now,
        )


class Command(BaseCommand):
    """Listen until told to stop."""

    help = "Takes incoming mail from the mail server over LMTP or SMTP (YILU_MAIL_IN)."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.MAIL_IN:
            raise CommandError("YILU_MAIL_IN says nowhere to listen: lmtp://127.0.0.1:8024")
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        with mail_in.Sink(settings.MAIL_IN, keep):
            stop.wait()
