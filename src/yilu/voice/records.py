"""
Records of a delimited file whose quotes may be broken: one bad record must not swallow those after it.

A record may hold line breaks inside quotes. One that runs on for more lines or characters than any honest
record is given up at its first line, and reading goes on with the second.
"""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from yilu.kernel.words import marked as _

LINES_MAX = 200
CHARACTERS_MAX = 200_000
LINE_BYTES_MAX = 8 * 1024 * 1024
UNCLOSED = _("引号没有成对，这一行没有读完")
UNREADABLE = _("这一行的文字编码无法识别")
MALFORMED = _("这一行的分隔格式有误")


@dataclass(frozen=True, slots=True)
class Record:
    """Cells and the line they began on; ``problem`` says why there are none."""

    line: int
    cells: list[str]
    problem: str = ""
    excerpt: str = ""


def records(lines: Iterable[bytes], encoding: str, delimiter: str) -> Iterator[Record]:
    """Every record of a file's raw lines, bad ones with the reason."""
    source, waiting = enumerate(lines, start=1), deque[tuple[int, bytes]]()
    while True:
        begun = waiting.popleft() if waiting else next(source, None)
        if begun is None:
            return
        number, raw = begun
        text = _text(raw, encoding)
        if text is None:
            yield Record(number, [], UNREADABLE)
            continue
        if '"' not in text:
            if text.strip():
                yield Record(number, text.split(delimiter))
            continue
        yield _quoted(number, text, source, waiting, encoding, delimiter)


def _quoted(
    number: int, text: str, source: Iterator[tuple[int, bytes]],
    waiting: deque[tuple[int, bytes]], encoding: str, delimiter: str,
) -> Record:  # fmt: skip
    """A record that may run over several lines; what turns out not to belong to it waits."""
    parts, taken, length = [text], [], len(text)
    is_open = text.count('"') % 2 == 1
    while is_open:
        following = waiting.popleft() if waiting else next(source, None)
        more = None if following is None else _text(following[1], encoding)
        if following is not None:
            taken.append(following)
        length += len(more or "")
        if more is None or len(taken) > LINES_MAX or length > CHARACTERS_MAX:
            waiting.extendleft(reversed(taken))
            return Record(number, [], UNCLOSED, text[:40])
        parts.append(more)
        is_open ^= more.count('"') % 2 == 1
    try:
        rows = list(csv.reader(["\n".join(parts)], delimiter=delimiter, strict=True))
    except csv.Error:
        rows = []
    if len(rows) == 1:
        return Record(number, rows[0])
    waiting.extendleft(reversed(taken))
    return Record(number, [], MALFORMED, text[:40])


def _text(raw: bytes, encoding: str) -> str | None:
    if len(raw) > LINE_BYTES_MAX:
        return raw[:CHARACTERS_MAX].decode(encoding, "replace")
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError:
        return None
    return text.rstrip("\r\n").replace("\x00", "")


def encoding_of(beginning: bytes) -> str:
    """UTF-8 where the beginning reads as such, else GB18030."""
    if beginning[:3] == b"\xef\xbb\xbf":
        return "utf-8-sig"
    try:
        beginning[: beginning.rfind(b"\n") + 1 or len(beginning)].decode("utf-8")
    except UnicodeDecodeError:
        return "gb18030"
    return "utf-8"


def delimiter_of(heading: str) -> str:
    """Comma, tab or semicolon: whichever the first line has most of."""
    return max(",\t;", key=heading.count)
