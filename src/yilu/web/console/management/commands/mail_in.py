"""``yilu mail_in``: takes the mail server's incoming mail, faxes among it, and keeps it as letters."""

from __future__ import annotations

import logging
import signal
import threading
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import close_old_connections

from yilu.documents import operations as documents
from yilu.gateways import fax, mail_in
from yilu.kernel.errors import Refusal
from yilu.kernel.refs import SYSTEM, Ref
from yilu.messaging import operations as messaging
from yilu.messaging import queries
from yilu.messaging.operations import Inbound

log = logging.getLogger(__name__)


def keep(mail: mail_in.Mail) -> None:
    """Keep a mail as a letter with its files, or note that a mail of ours came back."""
    close_old_connections()
    now = datetime.now(UTC)
    if mail.bounced:
        with suppress(messaging.MessageNotFound):
            messaging.receive_receipt(
                message_key=mail.bounced, outcome="FAILED", proof=f"mail:{mail.message_id}", at=now
            )
        return
    with suppress(Refusal):  # what can never be kept is not to be brought again
        _keep_files(_keep_letter(mail, now), mail, now)


def _keep_letter(mail: mail_in.Mail, now: datetime) -> int:
    """The letter's number, also where it was kept before its files were."""
    number = fax.number_of(mail.sender, settings.FAX_DOMAIN)
    channel, gateway = ("FAX", "fax") if number else ("SMTP", "mail")
    names = "、".join(each.name or "？" for each in mail.files)
    text = f"{mail.subject}\n{mail.text}".strip()[: mail_in.TEXT_MAX - len(names) - 10]
    inbound = Inbound(
        channel, gateway, mail.message_id, number or mail.sender,
        f"{text}\n［附件：{names}］".strip() if names else text, mail.answers,
        mail.is_report if number else mail.is_automatic,
    )  # fmt: skip
    kept = messaging.take_reply(inbound=inbound, at=now)
    return kept or queries.letter_of(gateway, mail.message_id) or 0


def _keep_files(letter_id: int, mail: mail_in.Mail, now: datetime) -> None:
    """What came with it, each looked at for what it really is; the same mail again is kept once."""
    about = Ref("reply", letter_id)
    writer = queries.writers_of([about])[about]
    for file in mail.files:
        try:
            documents.store_upload(
                about=about, party_id=writer.party_id or 0, kind="OTHER", filename=file.name,
                content=file.content, at=now,
                actor=Ref("party", writer.party_id) if writer.party_id else SYSTEM,
            )  # fmt: skip
        except Refusal as refused:
            log.warning("a file that came with a mail was not kept: %s", refused.code)


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
