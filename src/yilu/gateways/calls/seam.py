"""The verbs and the events every driver speaks, whatever exchange stands behind it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Final, Protocol

KINDS: Final = frozenset(
    {
        "offered", "answered", "digits", "queued", "abandoned", "connected", "held", "released",
        "recording_ready",
    }
)  # fmt: skip
"""What can happen to a call. ``digits`` without any: the caller stayed silent."""
DIGITS_MAX: Final = 32
_NAME = re.compile(r"[A-Za-z0-9._:@+-]{1,64}\Z")
_DIGITS = re.compile(r"[0-9*#]{0,32}\Z")
_NUMBER = re.compile(r"[0-9+() -]{0,32}\Z")


class BadEvent(ValueError):
    """An event nobody can read; says which field, never its content."""


class NotDone(Exception):
    """The exchange did not surely take the verbs; telling it again under the same key is safe."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Take the call."""


@dataclass(frozen=True, slots=True)
class Say:
    """
    Speak a text, or play the recording of that name where the exchange has one.

    ``plain``: the same without the moment that only this call knows ("nobody is on duty; back from 8:30"),
    for whoever has only words made beforehand; empty where the text has none.
    """

    text: str = field(repr=False)
    prompt: str = ""
    language: str = "zh-CN"
    plain: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Gather:
    """Collect keys: at most so many, or until the finishing key; empty after so many seconds."""

    digits: int
    finish: str = "#"
    seconds: int = 8


@dataclass(frozen=True, slots=True)
class Enqueue:
    """Keep the caller with music; our routing says when a seat takes it."""

    skill: str


@dataclass(frozen=True, slots=True)
class Bridge:
    """Join the caller with a seat."""

    seat: str


@dataclass(frozen=True, slots=True)
class Record:
    """Record: what the caller leaves (``voicemail``), or the talk in two channels (``talk``)."""

    of: str = "talk"
    seconds: int = 7200


@dataclass(frozen=True, slots=True)
class Transfer:
    """Pass the call to another number."""

    number: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class HangUp:
    """End the call."""


Verb = Answer | Say | Gather | Enqueue | Bridge | Record | Transfer | HangUp
_NAMES: Final[Mapping[str, type]] = {
    "answer": Answer, "say": Say, "gather": Gather, "enqueue": Enqueue, "bridge": Bridge,
    "record": Record, "transfer": Transfer, "hang_up": HangUp,
}  # fmt: skip
_OF: Final = {kind: name for name, kind in _NAMES.items()}


@dataclass(frozen=True, slots=True)
class CallEvent:
    """
    Something that happened to a call. ``id`` is the driver's own: the same again is no second event.

    ``caller`` is the number it came from and ``called`` the number that was dialled (both ``offered``),
    ``digits`` what was keyed, ``recording`` the driver's name of a recording.
    """

    id: str
    call: str
    kind: str
    at: datetime
    caller: str = field(default="", repr=False)
    digits: str = field(default="", repr=False)
    recording: str = ""
    seconds: int = 0
    called: str = ""


class CallControl(Protocol):
    """What contact asks of an exchange outside of an answer to one of its events."""

    name: str

    def tell(self, call: str, verbs: Sequence[Verb], *, key: str) -> None:
        """Do this with a call; the same key again does nothing more. :raises NotDone:"""


def read_event(told: Any) -> CallEvent:
    """
    An event as it came over the wire.

    :raises BadEvent: a field is missing, unknown or cannot be.
    """
    if not isinstance(told, Mapping):
        raise BadEvent("not an object")
    fields = {"event", "call", "kind", "at", "from", "to", "digits", "recording", "seconds"}
    for name in told:
        if name not in fields:
            raise BadEvent("unknown field")
    kind = _text(told, "kind", re.compile(r"[a-z_]{1,20}\Z"))
    if kind not in KINDS:
        raise BadEvent("kind")
    seconds = told.get("seconds", 0)
    if not isinstance(seconds, int) or isinstance(seconds, bool) or not 0 <= seconds <= 86400:
        raise BadEvent("seconds")
    return CallEvent(
        id=_text(told, "event", _NAME), call=_text(told, "call", _NAME), kind=kind, at=_moment(told),
        caller=_text(told, "from", _NUMBER, ""), digits=_text(told, "digits", _DIGITS, ""),
        recording=_text(told, "recording", re.compile(r"[A-Za-z0-9._:/-]{0,200}\Z"), ""),
        seconds=seconds, called=_text(told, "to", _NUMBER, ""),
    )  # fmt: skip


def write_verbs(verbs: Iterable[Verb]) -> list[dict[str, Any]]:
    """Verbs as they go over the wire: ``{"verb": "say", "text": …}``."""
    return [{"verb": _OF[type(verb)], **asdict(verb)} for verb in verbs]


def read_verbs(rows: Iterable[Mapping[str, Any]]) -> tuple[Verb, ...]:
    """The other way round. :raises KeyError, TypeError: for what we never wrote."""
    return tuple(
        _NAMES[row["verb"]](**{name: value for name, value in row.items() if name != "verb"})
        for row in rows
    )


def _text(
    told: Mapping[str, Any], name: str, shape: re.Pattern[str], default: str | None = None
) -> str:
    value = told.get(name, default)
    if not isinstance(value, str) or not shape.match(value):
        raise BadEvent(name)
    return value


def _moment(told: Mapping[str, Any]) -> datetime:
    try:
        at = datetime.fromisoformat(str(told["at"])[:40])
    except (KeyError, ValueError):
        raise BadEvent("at") from None
    if at.tzinfo is None:
        raise BadEvent("at")
    return at
