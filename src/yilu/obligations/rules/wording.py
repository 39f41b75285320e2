"""Conditions as a person writes them: ``complete = 否；lane ≠ RED、YELLOW``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from yilu.kernel.errors import Sentence
from yilu.kernel.words import marked as _

from .definitions import DefinitionError

_PART = re.compile(r"^([a-z_][a-z0-9_]*)\s*(=|＝|≠|!=)\s*(.*)$")
_TRUTHS = {"是": True, "true": True, "yes": True, "否": False, "false": False, "no": False}
_EMPTY = "空"
"""How a text that says nothing is written."""


def write_condition(when: Mapping[str, Any]) -> str:
    """A stored condition in words; what ``read_condition`` reads back."""
    parts = []
    for name, value in when.items():
        sign = "≠" if isinstance(value, Mapping) else "="
        bare = value["not"] if isinstance(value, Mapping) else value
        values = bare if isinstance(bare, list) else [bare]
        parts.append(f"{name} {sign} {'、'.join(_write(each) for each in values)}")
    return "；".join(parts)


def read_condition(text: str, types: Mapping[str, str]) -> dict[str, Any]:
    """
    A condition as it is stored; ``types`` says how the events tell each fact (str, int, bool).

    :raises DefinitionError: naming the part that is no condition, or no value of its fact.
    """
    found: dict[str, Any] = {}
    for part in (p.strip() for p in re.split(r"[;；\n]", text)):
        if not part:
            continue
        hit = _PART.match(part)
        if hit is None or not hit[3].strip():
            raise DefinitionError(
                Sentence(_("条件“{part}”看不懂，请写成 programme = FAST、STANDARD"), part=part[:60])
            )
        name, values = hit[1], [v.strip() for v in re.split(r"[、,，]", hit[3]) if v.strip()]
        read = [_read(value, types.get(name, "str"), part) for value in values]
        bare = read[0] if len(read) == 1 else read
        found[name] = {"not": read} if hit[2] in {"≠", "!="} else bare
    return found


def _write(value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    return str(value) or _EMPTY


def _read(text: str, kind: str, part: str) -> Any:
    if text == _EMPTY:
        return ""
    if kind.startswith("bool"):
        if text.lower() in _TRUTHS:
            return _TRUTHS[text.lower()]
        raise DefinitionError(Sentence(_("条件“{part}”应填是或否"), part=part[:60]))
    if kind.startswith("int"):
        if re.fullmatch(r"-?\d{1,18}", text):
            return int(text)
        raise DefinitionError(Sentence(_("条件“{part}”应填整数"), part=part[:60]))
    return text
