"""What a form of a shape says, as it was typed: its fields, the rows that travelled along undrawn, new codes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from django.http import HttpRequest, QueryDict

from yilu.quality.queries.shapes import CODE, LINES, NUMBER, PLACE, SOME, YES, Field, Group, Shape
from yilu.web.common.numbers import whole

Told = dict[str, Any]
REST: Final = ".rest"
"""How the field is named that carries a group's undrawn rows."""
FROM: Final = ".from"
"""How the field is named that says from which row on a group was drawn."""


def told_in(request: HttpRequest, shape: Shape) -> Told:
    """What a form says, as it was typed; new rows get a code of their own."""
    told = _read(shape.parts, request.POST, "")
    taken = set(_codes(shape.parts, told))
    _give_codes(shape.parts, told, taken)
    return told


def _read(parts: tuple[Field | Group, ...], given: QueryDict, at: str) -> Told:
    told: Told = {}
    for part in parts:
        name = f"{at}{part.name}"
        if isinstance(part, Field):
            told[part.name] = _value(part, given, name)
        elif part.single:
            told[part.name] = _read(part.parts, given, f"{name}.")
        else:
            count = min(whole(given.get(name)) or 0, part.most)
            rest = _unpacked(part, given.get(f"{name}{REST}", ""))
            told[part.name] = [
                rest[n] if n in rest else _read(part.parts, given, f"{name}.{n}.")
                for n in range(count)
            ]
    return told


def starts(given: QueryDict) -> dict[str, int]:
    """From which row each long group was drawn last."""
    return {
        name.removesuffix(FROM): whole(given.get(name)) or 0
        for name in given
        if name.endswith(FROM)
    }


def _unpacked(group: Group, packed: str) -> dict[int, Told]:
    """The rows that travelled along undrawn, by their place; whatever else came is left out."""
    try:
        found = json.loads(packed) if packed else {}
    except (ValueError, RecursionError):
        return {}
    rows = found.items() if isinstance(found, dict) else ()
    return {
        n: _sorted_out(group.parts, row)
        for place, row in rows
        if (n := whole(place)) is not None and isinstance(row, dict)
    }


def _sorted_out(parts: tuple[Field | Group, ...], row: Mapping[str, Any]) -> Told:
    """Of a packed row what its shape knows, each as a form would have said it."""
    told: Told = {}
    for part in parts:
        value = row.get(part.name)
        if isinstance(part, Field):
            told[part.name] = _as_typed(part, value)
        elif part.single:
            told[part.name] = _sorted_out(part.parts, value if isinstance(value, dict) else {})
        else:
            rows = value if isinstance(value, list) else []
            told[part.name] = [
                _sorted_out(part.parts, each) for each in rows if isinstance(each, dict)
            ]
    return told


def _as_typed(field: Field, value: Any) -> Any:
    if field.kind in {LINES, SOME}:
        return [_plain(each) for each in value] if isinstance(value, list) else []
    if field.kind in {NUMBER, PLACE}:
        return value if isinstance(value, int) else _plain(value) or None
    return value is True if field.kind == YES else _plain(value)


def _plain(value: Any) -> str:
    """A text a database can hold: half signs, which only a made-up request holds, are left out."""
    return value.encode("utf-8", "ignore").decode() if isinstance(value, str) else ""


def _value(field: Field, given: QueryDict, name: str) -> Any:
    """As it belongs into a text; what is no number stays what was typed, and is refused as such."""
    typed = given.get(name, "").replace("\r\n", "\n").strip()
    if field.kind in {NUMBER, PLACE}:
        number = whole(typed.removeprefix("-")) if field.least < 0 else whole(typed)
        if number is None:
            return typed or None
        return -number if typed.startswith("-") else number - (field.kind == PLACE)
    if field.kind == LINES:
        return [line.strip() for line in typed.split("\n") if line.strip()]
    if field.kind == SOME:
        return given.getlist(name)
    return typed == "yes" if field.kind == YES else typed


def _codes(parts: tuple[Field | Group, ...], told: Told) -> Iterator[str]:
    for part in parts:
        if isinstance(part, Group):
            rows = [told.get(part.name) or {}] if part.single else told.get(part.name) or []
            for row in rows:
                yield from _codes(part.parts, row)
        elif part.kind == CODE and told.get(part.name):
            yield told[part.name]


def _give_codes(parts: tuple[Field | Group, ...], told: Told, taken: set[str]) -> None:
    for part in parts:
        if not isinstance(part, Group):
            continue
        for row in [told[part.name]] if part.single else told[part.name]:
            if "code" in row and not row["code"]:
                row["code"] = next(
                    code for n in range(1, 10_000) if (code := f"{part.name}_{n}") not in taken
                )
                taken.add(row["code"])
            _give_codes(part.parts, row, taken)
