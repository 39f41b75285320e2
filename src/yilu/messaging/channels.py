"""
The ways a message can go. A new one (SMS, WeChat) is one more class here over one more gateway.

The mailbox of the customer's own pages (OUTBOX) is always there: what is in it has arrived.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from django.conf import settings

from yilu.gateways import smtp
from yilu.people.queries import Contact


class TryLater(Exception):
    """The channel is out of order for now."""


class WillNotWork(Exception):
    """The channel cannot bring it: no address, or refused for good."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message ready to go. ``key`` is ours and the same at every try."""

    key: str
    to: Contact = field(repr=False)
    title: str = field(repr=False)
    text: str = field(repr=False)
    at: datetime


@dataclass(frozen=True, slots=True)
class Taken:
    """The channel has it: under which name, and whether it has thereby arrived."""

    reference: str
    arrived: bool = False


class Channel(Protocol):
    """What messaging needs of a way to people."""

    def send(self, message: Outgoing) -> Taken:
        """Hand it over. :raises TryLater, WillNotWork: if it was not taken."""


class Mailbox:
    """
    The customer's mailbox in our own pages, and the outbox screen of the demo.

    An electronic notice has arrived when it enters the system the recipient uses (民法典 137).
    """

    def send(self, message: Outgoing) -> Taken:
        return Taken(f"mailbox:{message.key}", arrived=True)


class EMail:
    """E-mail through the mail server of the installation. Receipts, if any, come later."""

    def __init__(self, server: smtp.MailServer) -> None:
        self._server = server

    def send(self, message: Outgoing) -> Taken:
        if not message.to.email:
            raise WillNotWork("no address")
        mail = smtp.Mail(message.key, message.to.email, message.title, message.text, message.at)
        try:
            return Taken(self._server.send(mail))
        except smtp.TryLater as trouble:
            raise TryLater(str(trouble)) from None
        except smtp.WillNotWork as trouble:
            raise WillNotWork(str(trouble)) from None


_instead: Mapping[str, Channel] | None = None


def available() -> Mapping[str, Channel]:
    """The channels of this installation by code."""
    if _instead is not None:
        return _instead
    channels: dict[str, Channel] = {"OUTBOX": Mailbox()}
    if settings.SMTP_URL:
        channels["SMTP"] = EMail(smtp.MailServer(settings.SMTP_URL, settings.MAIL_FROM))
    return channels


@contextmanager
def use(channels: Mapping[str, Channel]) -> Iterator[None]:
    """Put other channels in their place for a while: tests."""
    global _instead
    before, _instead = _instead, channels
    try:
        yield
    finally:
        _instead = before
