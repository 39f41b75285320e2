"""
Write a calendar after RFC 5545: whole-day events with alarms.

Written here because all we need is a dozen lines of the format; a parser checks it in the tests.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

LINE_BYTES = 75


@dataclass(frozen=True, slots=True)
class Entry:
    """One day in the calendar; ``uid`` stays the same when it changes."""

    uid: str
    day: date
    title: str
    words: str = ""
    done: bool = False


def write(entries: Iterable[Entry], *, name: str, alarm_days: Sequence[int], at: datetime) -> bytes:
    """The calendar as a subscription reads it: UTF-8, CRLF, folded at 75 octets."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Yilu//Renewals//ZH",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{escaped(name)}",
        "REFRESH-INTERVAL;VALUE=DURATION:P1D",
        "X-PUBLISHED-TTL:P1D",
    ]
    stamp = at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    for entry in entries:
        lines += _event(entry, alarm_days, stamp)
    lines.append("END:VCALENDAR")
    return b"".join(b"\r\n".join(folded(line)) + b"\r\n" for line in lines)


def _event(entry: Entry, alarm_days: Sequence[int], stamp: str) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{entry.uid}"
    yield f"DTSTAMP:{stamp}"
    yield f"DTSTART;VALUE=DATE:{entry.day:%Y%m%d}"
    yield f"DTEND;VALUE=DATE:{entry.day + timedelta(days=1):%Y%m%d}"
    yield f"SUMMARY:{escaped(entry.title)}"
    if entry.words:
        yield f"DESCRIPTION:{escaped(entry.words)}"
    yield "TRANSP:TRANSPARENT"
    yield "CLASS:PRIVATE"
    if not entry.done:
        for days in sorted(set(alarm_days), reverse=True):
            # Nine in the morning, so many days before: a whole day begins at midnight.
            trigger = "PT9H" if days == 0 else f"-P{days - 1}DT15H"
            yield "BEGIN:VALARM"
            yield "ACTION:DISPLAY"
            yield f"DESCRIPTION:{escaped(entry.title)}"
            yield f"TRIGGER:{trigger}"
            yield "END:VALARM"
    yield "END:VEVENT"


def escaped(text: str) -> str:
    """A text as RFC 5545 3.3.11 wants it; other control characters have no place in it."""
    text = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\\n")
    return "".join(c for c in text if c == "\t" or (ord(c) >= 32 and ord(c) != 127))


def folded(line: str) -> list[bytes]:
    """A line in pieces of 75 octets at most, never cut inside a character; the rest begin with a space."""
    pieces: list[bytes] = []
    piece = b""
    for char in line:
        octets = char.encode()
        room = LINE_BYTES - (1 if pieces else 0)
        if len(piece) + len(octets) > room:
            pieces.append(piece)
            piece = b""
        piece += octets
    pieces.append(piece)
    return [pieces[0], *(b" " + rest for rest in pieces[1:])]
