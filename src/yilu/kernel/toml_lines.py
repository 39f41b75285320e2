"""Where in a TOML text something stands, so that a mistake can be named by its line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from .errors import Sentence
from .words import marked as _

_HEADER = re.compile(r"^\s*\[\[?\s*([\w.-]+)\s*\]\]?\s*(#.*)?$")
_KEY = re.compile(r"^\s*([\w-]+)\s*=")


@dataclass
class Lines:
    """The lines of tables and of the keys in them; the n-th ``[[step]]`` is ``("step", n)``."""

    tables: dict[tuple[str, int], int] = field(default_factory=dict)
    keys: dict[tuple[str, int, str], int] = field(default_factory=dict)

    def of(self, table: str = "", place: int = 0, key: str = "") -> int:
        """The line of a key, else of its table, else 1."""
        return self.keys.get((table, place, key)) or self.tables.get((table, place), 1)


def lines_of(text: str) -> Lines:
    """Read a text once; strings over several lines do not confuse it beyond a line number."""
    found, counts, now = Lines(), {"": 1}, ("", 0)
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _HEADER.match(line):
            name = header.group(1)
            now = (name, counts.get(name, 0))
            counts[name] = now[1] + 1
            found.tables.setdefault(now, number)
        elif key := _KEY.match(line):
            found.keys.setdefault((*now, key.group(1)), number)
    return found


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing wrong with a definition: where, and why."""

    file: str
    line: int
    reason: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.reason}"


class TableReader:
    """Reads a definition's tables and collects its mistakes on the way, each with its line."""

    def __init__(self, given: dict[str, Any], lines: Lines, file: str) -> None:
        self.given, self.lines, self.file = given, lines, file
        self.mistakes: list[Mistake] = []
        self.at: tuple[str, int] = ("", 0)

    def wrong(self, key: str, reason: str, **figures: Any) -> None:
        """Note a mistake with a key of the table that is being read."""
        text = Sentence(reason, **figures) if figures else reason
        self.mistakes.append(Mistake(self.file, self.lines.of(*self.at, key), text))

    def rows(self, table: str) -> Iterator[dict[str, Any]]:
        """The tables of one name in their order; none, and a mistake, where it is written otherwise."""
        rows = self.given.get(table, [])
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            self.at = ("", 0)
            self.wrong(table, _("{field} 应写成 [[{field}]]"), field=table)
            return
        for place, row in enumerate(rows):
            self.at = (table, place)
            yield row
        self.at = ("", 0)
