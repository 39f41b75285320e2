"""
Text messages: what messaging asks of an operator's gateway or a cloud, and what it may answer.

A gateway takes many at once, because one at a time over a line with 20 ms would be fifty a second. It says
of each whether it has it (and under which names, one a part), refuses it (for good or for now), or
whether nobody can tell. What comes back later, receipts and replies, is collected or posted to a hook.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit


@dataclass(frozen=True, slots=True)
class Text:
    """One text to one mobile number (E.164). ``template`` and ``values`` are for clouds that keep templates."""

    key: str
    number: str = field(repr=False)
    text: str = field(repr=False)
    parts: tuple[str, ...] = field(repr=False)
    sign: str = ""
    template: str = ""
    values: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Accepted:
    """The gateway has it: its names of the parts."""

    references: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Refused:
    """It does not take it; ``is_final``: it never will, for this number or text."""

    code: str
    is_final: bool


@dataclass(frozen=True, slots=True)
class Lost:
    """It was on its way when the answer was lost: it may have it, or not."""

    code: str


Answer = Accepted | Refused | Lost


@dataclass(frozen=True, slots=True)
class Receipt:
    """A gateway's report about one part: ``arrived`` or not, with its own code."""

    reference: str
    arrived: bool
    code: str
    proof: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class Upward:
    """A text somebody sent to our number."""

    proof: str
    number: str = field(repr=False)
    text: str = field(repr=False)


class TextGateway(Protocol):
    """What messaging needs of a gateway for text messages."""

    name: str
    rate: float
    """Messages a second it may be given; 0 for no limit."""

    def submit(self, texts: Sequence[Text]) -> list[Answer]:
        """Hand them over; one answer each, in order. Raises nothing."""

    def collect(self) -> tuple[list[Receipt], list[Upward]]:
        """What came back over the line since the last time."""


class BadAddress(ValueError):
    """A gateway's URL in the settings is none."""


@dataclass(frozen=True, slots=True)
class Place:
    """A gateway's URL taken apart: ``smpp://name:password@host:port?source=1069&rate=200``."""

    scheme: str
    host: str
    port: int | None
    user: str
    password: str = field(repr=False)
    options: Mapping[str, str]

    def number(self, option: str, default: float) -> float:
        """An option that is a number. :raises BadAddress:"""
        try:
            return float(self.options.get(option, default))
        except ValueError:
            raise BadAddress(f"{option} must be a number") from None


def read_place(url: str) -> Place:
    """Take a gateway's URL apart. :raises BadAddress: if it has no scheme."""
    parts: SplitResult = urlsplit(url)
    if not parts.scheme:
        raise BadAddress("a gateway is given as scheme://name:secret@host:port?option=value")
    options = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    return Place(
        parts.scheme, parts.hostname or "", parts.port, unquote(parts.username or ""),
        unquote(parts.password or ""), options,
    )  # fmt: skip


def registered(file: str) -> Mapping[str, Any]:
    """
    Which of the provider's templates is ours: a JSON file, ours → its code (and fields).

    :raises BadAddress: if the file is not such a table.
    """
    if not file:
        return {}
    try:
        with open(os.fspath(file), encoding="utf-8") as opened:
            table = json.load(opened)
    except (OSError, ValueError) as fault:
        raise BadAddress(f"no table of templates in {file}: {type(fault).__name__}") from None
    if not isinstance(table, dict):
        raise BadAddress(f"{file} must hold one JSON object")
    return table


def international(number: str) -> str:
    """A number as a gateway writes it (13912345678, 8613912345678, +86…) in the one writing we keep."""
    digits = "".join(c for c in number if c.isdigit())
    if len(digits) == 11 and digits.startswith("1"):
        return "+86" + digits
    return "+" + digits.removeprefix("00") if digits else ""
