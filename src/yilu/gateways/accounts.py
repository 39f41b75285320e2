"""
Accounts of a person that a message can go to: WeChat official account, WeCom, the insurer's app.

Each is an HTTP interface of its own; here is what messaging asks of all of them, and the one request they share.
"""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import urlsplit

CONNECT_SECONDS = 3.0
ANSWER_SECONDS = 5.0
ANSWER_MAX = 1_000_000


class Trouble(Exception):
    """The interface did not surely take it."""


class Busy(Trouble):
    """Not now: it cannot have got it, or says that it is busy."""


class Refuses(Trouble):
    """Never: this person, this template, this text."""


class NoAnswer(Trouble):
    """It may have got it."""


@dataclass(frozen=True, slots=True)
class Notice:
    """
    A message to an account; ``values`` are its facts as told, for templates kept over there.

    ``answers``: the person has just written to us, and is answered in words of our own.
    """

    key: str
    address: str = field(repr=False)
    title: str = field(repr=False)
    text: str = field(repr=False)
    template: str
    values: Mapping[str, str] = field(repr=False)
    answers: bool = False


class Interface(Protocol):
    """What messaging needs of it."""

    name: str
    rate: float
    knows_key: bool
    """Whether the same key a second time is no second message."""

    def send(self, notice: Notice) -> str:
        """Hand it over; return its name over there. :raises Busy, Refuses, NoAnswer:"""


def ask(
    base: str, method: str, path: str, body: bytes | None, headers: Mapping[str, str]
) -> tuple[int, Any]:
    """One request and its answer as JSON. :raises Busy: if it cannot have arrived. :raises NoAnswer:"""
    parts = urlsplit(base)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=CONNECT_SECONDS)
    try:
        try:
            connection.connect()
        except OSError as fault:
            raise Busy(type(fault).__name__) from None
        try:
            connection.sock.settimeout(ANSWER_SECONDS)
            connection.request(method, parts.path.rstrip("/") + path, body, dict(headers))
            response = connection.getresponse()
            content = response.read(ANSWER_MAX)
        except (OSError, http.client.HTTPException) as fault:
            raise NoAnswer(type(fault).__name__) from None
    finally:
        connection.close()
    if response.status in {429, 503}:
        raise Busy(f"answered {response.status}")
    if response.status >= 500:
        raise NoAnswer(f"answered {response.status}")
    try:
        return response.status, json.loads(content) if content else {}
    except ValueError:
        raise NoAnswer("unreadable answer") from None
