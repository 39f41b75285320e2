"""
The ways a message can go. A new one is one more class here over one more gateway.

The mailbox of the customer's own pages (OUTBOX) is always there: what is in it has arrived.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Protocol

from django.conf import settings

from yilu.gateways import accounts, fax, opening, sms, smtp
from yilu.kernel.phones import is_mobile, read_phone
from yilu.messaging import rules
from yilu.people.queries import Contact


class TryLater(Exception):
    """The channel is out of order for now."""


class WillNotWork(Exception):
    """The channel cannot bring it: no address, or refused for good."""


class InDoubt(Exception):
    """It was being handed over when the answer was lost: nobody knows whether it went."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """
    A message ready to go. ``key`` is ours and the same at every try.

    ``address`` is where somebody is reached beside telephone and e-mail. ``values`` are the facts as
    told, for gateways that keep templates of their own. ``answers``: the channel's own name of the letter
    that this answers.
    """

    key: str
    to: Contact = field(repr=False)
    title: str = field(repr=False)
    text: str = field(repr=False)
    at: datetime
    address: str = field(default="", repr=False)
    template: str = ""
    values: Mapping[str, str] = field(default_factory=dict, repr=False)
    answers: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """The channel has it: under which name (one a part), and whether it has thereby arrived."""

    reference: str
    arrived: bool = False
    gateway: str = ""
    references: tuple[str, ...] = ()


Result = Taken | TryLater | WillNotWork | InDoubt


class Channel(Protocol):
    """
    What messaging needs of a way to people.

    It may also have ``send_many`` (a batch at once), ``lanes`` (how many at the same time),
    ``takes_twice`` (the same key again is a second message: then never after doubt), and ``limit``
    (gateway and messages a second).
    """

    def send(self, message: Outgoing) -> Taken:
        """Hand it over. :raises TryLater, WillNotWork, InDoubt: if it was not surely taken."""


def takes_twice(channel: Channel) -> bool:
    """Whether the same message handed over again would arrive again."""
    return bool(getattr(channel, "takes_twice", False))


def limit_of(channel: Channel) -> tuple[str, float] | None:
    """The gateway of a channel and how many a second it takes; None without limit."""
    limit: tuple[str, float] | None = getattr(channel, "limit", None)
    return limit


def hand_over(channel: Channel, messages: Sequence[Outgoing]) -> list[Result]:
    """Give a batch to a channel: one result each, in order."""
    many = getattr(channel, "send_many", None)
    if many is not None:
        results: list[Result] = many(messages)
        return results
    lanes = min(int(getattr(channel, "lanes", 1)), len(messages))
    if lanes <= 1:
        return [_one(channel, message) for message in messages]
    with ThreadPoolExecutor(lanes) as pool:
        return list(pool.map(lambda message: _one(channel, message), messages))


def _one(channel: Channel, message: Outgoing) -> Result:
    try:
        return channel.send(message)
    except (TryLater, WillNotWork, InDoubt) as trouble:
        return trouble


class Mailbox:
    """
    The customer's mailbox in our own pages, and the outbox screen of the demo.

    An electronic notice has arrived when it enters the system the recipient uses (民法典 137).
    """

    def send(self, message: Outgoing) -> Taken:
        return Taken(f"mailbox:{message.key}", arrived=True, gateway="mailbox")


class EMail:
    """E-mail through the mail server of the installation. Receipts, if any, come later."""

    lanes = 4

    def __init__(self, server: smtp.MailServer) -> None:
        self._server = server

    def send(self, message: Outgoing) -> Taken:
        if not message.to.email:
            raise WillNotWork("no address")
        mail = smtp.Mail(
            message.key, message.to.email, message.title, message.text, message.at, message.answers
        )
        return Taken(_mailed(self._server, mail), gateway="smtp")


class Fax:
    """A fax as an e-mail to the fax provider, who prints it and sends it on (传真)."""

    def __init__(self, server: smtp.MailServer, domain: str) -> None:
        self._server, self._domain = server, domain

    def send(self, message: Outgoing) -> Taken:
        if not message.address:
            raise WillNotWork("no fax number")
        try:
            to = fax.address_of(message.address, self._domain)
        except ValueError:
            raise WillNotWork("not a fax number") from None
        mail = smtp.Mail(message.key, to, message.title, message.text, message.at)
        return Taken(_mailed(self._server, mail), gateway="fax")


def _mailed(server: smtp.MailServer, mail: smtp.Mail) -> str:
    try:
        return server.send(mail)
    except smtp.TryLater as trouble:
        raise TryLater(str(trouble)) from None
    except smtp.WillNotWork as trouble:
        raise WillNotWork(str(trouble)) from None


class TextMessage:
    """
    Text messages through one or several gateways: what the first cannot take now, the next may.

    The text carries the insurer's signature in front and is cut as operators count it.
    """

    takes_twice = True

    def __init__(self, gateways: Sequence[sms.TextGateway]) -> None:
        self.gateways = tuple(gateways)
        first = self.gateways[0]
        self.limit = (first.name, first.rate) if first.rate else None

    def send(self, message: Outgoing) -> Taken:
        (result,) = self.send_many([message])
        if isinstance(result, Taken):
            return result
        raise result

    def send_many(self, messages: Sequence[Outgoing]) -> list[Result]:
        results: dict[int, Result] = {}
        texts: dict[int, sms.Text] = {}
        for place, message in enumerate(messages):
            try:
                texts[place] = _as_text(message)
            except ValueError as fault:
                results[place] = WillNotWork(str(fault))
        for gateway in self.gateways:
            left = [
                place
                for place in texts
                if not isinstance(results.get(place), Taken | WillNotWork | InDoubt)
            ]
            if not left:
                break
            for place, answer in zip(left, gateway.submit([texts[p] for p in left]), strict=True):
                results[place] = _understood(answer, gateway.name)
        return [results[place] for place in range(len(messages))]


def _as_text(message: Outgoing) -> sms.Text:
    number = read_phone(message.to.phone) if message.to.phone else ""
    if not number or not is_mobile(number):
        raise ValueError("not a mobile number")
    sign = settings.INSURER_SHORT_NAME
    text = rules.with_signature(message.text, sign)
    return sms.Text(
        message.key, number, text, rules.split(text), sign, message.template, message.values
    )


def _understood(answer: sms.Answer, gateway: str) -> Result:
    if isinstance(answer, sms.Accepted):
        return Taken(answer.references[0], gateway=gateway, references=answer.references)
    if isinstance(answer, sms.Lost):
        return InDoubt(f"{gateway} {answer.code}")
    kind = WillNotWork if answer.is_final else TryLater
    return kind(f"{gateway} {answer.code}")


class Account:
    """WeChat, WeCom or the app: an account of the person, bound to them, behind an HTTP interface."""

    lanes = 8

    def __init__(self, interface: accounts.Interface) -> None:
        self.interface = interface
        self.takes_twice = not interface.knows_key
        self.limit = (interface.name, interface.rate) if interface.rate else None

    def send(self, message: Outgoing) -> Taken:
        if not message.address:
            raise WillNotWork("not bound")
        notice = accounts.Notice(
            message.key, message.address, message.title, message.text, message.template,
            message.values, answers=bool(message.answers),
        )  # fmt: skip
        try:
            name = self.interface.send(notice)
        except accounts.Busy as trouble:
            raise TryLater(str(trouble)) from None
        except accounts.Refuses as trouble:
            raise WillNotWork(str(trouble)) from None
        except accounts.NoAnswer as trouble:
            raise (InDoubt if self.takes_twice else TryLater)(str(trouble)) from None
        return Taken(name, gateway=self.interface.name, references=(name,))


_instead: Mapping[str, Channel] | None = None


def available() -> Mapping[str, Channel]:
    """The channels of this installation by code."""
    if _instead is not None:
        return _instead
    return _made(
        settings.SMTP_URL, settings.MAIL_FROM, settings.SMS_URL, settings.WECHAT_URL,
        settings.WECOM_URL, settings.PUSH_URL, settings.FAX_DOMAIN,
    )  # fmt: skip


@lru_cache(maxsize=4)
def _made(
    mail: str, sender: str, texts: str, wechat: str, wecom: str, push: str, fax_domain: str
) -> Mapping[str, Channel]:
    """Lines to gateways are kept open: made once for these settings."""
    channels: dict[str, Channel] = {"OUTBOX": Mailbox()}
    if mail:
        server = smtp.MailServer(mail, sender)
        channels["SMTP"] = EMail(server)
        if fax_domain:
            channels["FAX"] = Fax(server, fax_domain)
    if texts:
        channels["SMS"] = TextMessage([opening.open_gateway(url) for url in texts.split()])
    for code, url in (("WECHAT", wechat), ("WECOM", wecom), ("PUSH", push)):
        if url:
            channels[code] = Account(opening.open_interface(code, url))
    return channels


def text_gateways() -> tuple[sms.TextGateway, ...]:
    """The gateways for text messages that this process has opened."""
    found = available().get("SMS")
    return found.gateways if isinstance(found, TextMessage) else ()


@contextmanager
def use(channels: Mapping[str, Channel]) -> Iterator[None]:
    """Put other channels in their place for a while: tests."""
    global _instead
    before, _instead = _instead, channels
    try:
        yield
    finally:
        _instead = before
