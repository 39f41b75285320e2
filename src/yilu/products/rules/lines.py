"""In which line of a TOML file a place stands, so that whoever wrote it finds it at once."""

from __future__ import annotations

import re

_TABLE = re.compile(r"^\s*(\[\[?)\s*([\w.\"-]+)\s*\]")
_KEY = re.compile(r"^\s*([\w-]+)\s*=\s*(.*)$")
_LAST = re.compile(r"(\[\d+\]|\.?[^.\[\]]+)$")


def line_of(text: str, place: str) -> int | None:
    """
    The line of ``benefits[2].ratio`` or of what it stands in; None where nothing of it is in the file.

    What is missing in a table is looked for where the table begins.
    """
    lines = _places(text)
    while place:
        if place in lines:
            return lines[place]
        place = _LAST.sub("", place)
    return None


def _places(text: str) -> dict[str, int]:
    found: dict[str, int] = {}
    counts: dict[str, int] = {}
    table, inside, rows = "", "", 0
    for number, line in enumerate(text.splitlines(), start=1):
        if inside:
            if line.lstrip().startswith("{"):
                rows += 1
                found.setdefault(f"{inside}[{rows}]", number)
            inside = "" if line.strip() == "]" else inside
        elif header := _TABLE.match(line):
            table = _named(header[2], counts, is_array=header[1] == "[[")
            found.setdefault(table, number)
        elif key := _KEY.match(line):
            place = f"{table}.{key[1]}" if table else key[1]
            found.setdefault(place, number)
            inside, rows = (place, 0) if key[2].strip() == "[" else ("", 0)
    return found


def _named(name: str, counts: dict[str, int], *, is_array: bool) -> str:
    """A header's table with the numbers of the arrays it stands in: ``benefits[2].levels[1]``."""
    place = ""
    parts = name.replace('"', "").split(".")
    for n, part in enumerate(parts, start=1):
        place = f"{place}.{part}" if place else part
        if n == len(parts) and is_array:
            counts[place] = counts.get(place, 0) + 1
        if place in counts:
            place = f"{place}[{counts[place]}]"
    return place
