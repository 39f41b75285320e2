"""Where in a TOML text something stands, so that a mistake can be named by its line."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

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
