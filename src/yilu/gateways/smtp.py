"""
E-mail: hand one message to the mail server in ``YILU_SMTP_URL``.

smtp://user:password@host:587 uses STARTTLS where the server offers it, smtps:// TLS from the start.
A failure says whether trying again can help.
"""

from __future__ import annotations

import re
import smtplib
import ssl
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from urllib.parse import unquote, urlsplit

SECONDS_MAX = 10.0
_MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,190}>")


class MailTrouble(Exception):
    """The mail server did not take the message."""


class TryLater(MailTrouble):
    """The server is away or busy: the same message may go through later."""


class WillNotWork(MailTrouble):
    """The server refuses this message or this address for good."""


@dataclass(frozen=True, slots=True)
class Mail:
    """
    One e-mail; ``key`` becomes its Message-ID, so that a second copy is known as the same.

    ``answers`` is the Message-ID of the mail that a person of ours answers by it.
    """

    key: str
    to: str = field(repr=False)
    subject: str = field(repr=False)
    text: str = field(repr=False)
    at: datetime
    answers: str = ""


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail goes out."""

    url: str = field(repr=False)
    sender: str

    def send(self, mail: Mail) -> str:
        """Hand it over; return its Message-ID. :raises TryLater, WillNotWork: if it was not taken."""
        parts = urlsplit(self.url)
        if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
            raise ValueError("YILU_SMTP_URL must look like smtp://user:password@host:port")
        message = self._compose(mail)
        try:
            with self._connect(parts.scheme, parts.hostname, parts.port) as server:
                if parts.username:
                    server.login(unquote(parts.username), unquote(parts.password or ""))
                server.send_message(message)
        except smtplib.SMTPRecipientsRefused as refusal:
            code = max(code for code, _ in refusal.recipients.values())
            raise _trouble(code, "recipient") from None
        except smtplib.SMTPAuthenticationError:
            raise TryLater("the mail server refuses our name or password") from None
        except smtplib.SMTPResponseException as refusal:
            raise _trouble(refusal.smtp_code, "message") from None
        except (OSError, smtplib.SMTPException) as fault:
            raise TryLater(type(fault).__name__) from None
        return str(message["Message-ID"])

    def _compose(self, mail: Mail) -> EmailMessage:
        _, address = parseaddr(mail.to)
        if "@" not in address or any(c in mail.to + mail.subject for c in "\r\n"):
            raise WillNotWork("not an e-mail address")
        message = EmailMessage(policy=SMTP)
        message["Message-ID"] = f"<{mail.key}@{self.sender.rpartition('@')[2]}>"
        message["From"] = self.sender
        message["To"] = address
        message["Subject"] = mail.subject
        message["Date"] = format_datetime(mail.at)
        if _MESSAGE_ID.fullmatch(mail.answers):
            message["In-Reply-To"] = message["References"] = mail.answers
        else:
            message["Auto-Submitted"] = "auto-generated"
        message.set_content(mail.text, charset="utf-8", cte="base64")
        return message

    def _connect(self, scheme: str, host: str, port: int | None) -> smtplib.SMTP:
        context = ssl.create_default_context()
        if scheme == "smtps":
            return smtplib.SMTP_SSL(host, port or 465, timeout=SECONDS_MAX, context=context)
        server = smtplib.SMTP(host, port or 587, timeout=SECONDS_MAX)
        server.ehlo()
        if server.has_extn("starttls"):
            server.starttls(context=context)
            server.ehlo()
        return server


def _trouble(code: int, what: str) -> MailTrouble:
    kind = WillNotWork if 500 <= code < 600 else TryLater
    return kind(f"{what} refused with {code}")
