"""
Tickets for news: which topics a page may be told about, signed, for some minutes.

A page renders its ticket; the browser takes it to the push process (``yilu.web.push``), which looks
at signature and age and at nothing else: no cookie, no session, no database. What it tells are
numbers of events; what happened the page reads through its own door.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.core import signing
from django.utils import timezone

MINUTES = 30
MINUTES_MAX = 60
RENEWED_WITHIN_HOURS = 12
"""How old a ticket may be to be exchanged for a new one, by somebody still signed in."""
TOPICS_MAX = 12
_TOPIC = re.compile(r"[a-z_]{1,30}:[a-z0-9_-]{1,40}\Z")
_SIGNER = signing.TimestampSigner(salt="yilu.push")
_STAFF_ONLY = ("seat:", "board:", "staff:")


class BadTicket(Exception):
    """No ticket, not ours, or too old."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """Who may hear of what, from when until when (seconds since 1970)."""

    topics: tuple[str, ...]
    for_whom: str
    issued: float
    ends: float


def ticket(*topics: str, for_whom: str, minutes: int = MINUTES) -> str:
    """
    Sign what a page of somebody may be told about.

    :param topics: ``party:5``, ``conversation:7``, ``seat:3``, ``board:contact``, ``claim:9`` …
    :param for_whom: the reader's reference, ``party:5`` or ``staff:3``.
    :raises ValueError: a topic that is none, or that such a reader may never hear.
    """
    wanted = tuple(sorted(set(topics)))
    if not 0 < len(wanted) <= TOPICS_MAX or not all(_TOPIC.match(topic) for topic in wanted):
        raise ValueError("no such topic")
    if not 0 < minutes <= MINUTES_MAX:
        raise ValueError("a ticket lasts at most an hour")
    kind, _colon, number = for_whom.partition(":")
    for topic in wanted:
        of, _colon, whose = topic.partition(":")
        if kind != "staff" and topic.startswith(_STAFF_ONLY):
            raise ValueError("only staff may hear of that")
        if kind == "party" and of in {"party", "offer"} and whose != number:
            raise ValueError("a customer hears of themselves only")
        if kind == "staff" and of == "seat" and whose != number:
            raise ValueError("a seat hears of itself only")
    return _SIGNER.sign_object({"t": wanted, "w": for_whom, "m": minutes})


def read(text: str, *, lenient: bool = False) -> Ticket:
    """
    What a ticket says.

    :param lenient: also one that has ended today, to be exchanged for a new one.
    :raises BadTicket: it is not ours, or too old.
    """
    longest = RENEWED_WITHIN_HOURS * 3600 if lenient else MINUTES_MAX * 60
    try:
        given = _SIGNER.unsign_object(text[:2000], max_age=longest)
        issued = float(signing.b62_decode(text.rsplit(":", 2)[1]))
    except (signing.BadSignature, ValueError) as problem:
        raise BadTicket from problem
    ends = issued + 60 * int(given["m"])
    if not lenient and timezone.now().timestamp() > ends:
        raise BadTicket
    return Ticket(tuple(given["t"]), str(given["w"]), issued, ends)


def renew(text: str, *, for_whom: str) -> str:
    """
    A new ticket for the same topics, for the same person.

    :raises BadTicket: unless it is theirs and of today.
    """
    old = read(text, lenient=True)
    if old.for_whom != for_whom:
        raise BadTicket
    return ticket(*old.topics, for_whom=for_whom)


def origin(url: str) -> str:
    """Scheme, host and port of a url of ours, as browsers name an origin; empty for a mere path."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""


def connect_source() -> str:
    """What the content security policy must allow besides our own pages; empty if nothing."""
    return origin(settings.NEWS_URL)
