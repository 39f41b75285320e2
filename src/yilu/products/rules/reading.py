"""Turn a plain table (TOML or stored JSON) into Terms, and back; say in Chinese what is wrong."""

from __future__ import annotations

import types
from collections.abc import Callable
from dataclasses import MISSING, dataclass, fields
from datetime import date
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from functools import cache
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from yilu.products.terms import TYPE_NAMES, TYPES, Benefit, Terms

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong in a wording: where (``benefits[2].ratio_none``) and why, in Chinese."""

    place: str
    reason: str

    def __str__(self) -> str:
        return f"{self.place}：{self.reason}"


def read_terms(table: dict[str, Any]) -> tuple[Terms | None, tuple[Problem, ...]]:
    """
    Read a whole wording: the Terms, or None and every problem found, not only the first.

    Amounts may be written as whole numbers, Decimals (TOML) or text (stored JSON), never floats.
    Whether the values make sense is for ``judge``.
    """
    problems: list[Problem] = []
    made = _read(Terms, table, "", problems, leave_out=("digest",))
    return (None if problems else made), tuple(problems)


def read_as(cls: type[T], table: Any, problems: list[Problem], place: str) -> T | None:
    """Any of the dataclasses this room reads from a table; None where ``problems`` grew."""
    before = len(problems)
    made: T | None = _read(cls, table, "", problems)
    problems[before:] = [Problem(place + p.place, p.reason) for p in problems[before:]]
    return made


def to_plain(value: Any) -> Any:
    """The same wording as plain JSON values: amounts and dates as text, each benefit with its type."""
    if isinstance(value, Terms | Benefit) or hasattr(value, "__dataclass_fields__"):
        table = {f.name: to_plain(getattr(value, f.name)) for f in fields(value)}
        if isinstance(value, Benefit):
            return {"type": TYPE_NAMES[type(value)], **table}
        table.pop("digest", None)
        return {name: each for name, each in table.items() if each is not None}
    if isinstance(value, tuple):
        return [to_plain(each) for each in value]
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, date):
        return value.isoformat()
    return value


@cache
def _hints(cls: type) -> dict[str, Any]:
    return get_type_hints(cls)


def _read(
    cls: type, table: Any, place: str, problems: list[Problem], leave_out: tuple[str, ...] = ()
) -> Any:
    if not isinstance(table, dict):
        problems.append(Problem(place, "这里应当是一个表（[…] 或 {…}）"))
        return None
    known = {f.name: f for f in fields(cls) if f.name not in leave_out}
    dotted = f"{place}." if place else ""
    for name in table:
        if name not in known and not (name == "type" and issubclass(cls, Benefit)):
            near = get_close_matches(name, known, 1)
            problems.append(
                Problem(dotted + name, "没有这个字段" + (f"，是不是 {near[0]}？" if near else ""))
            )
    values: dict[str, Any] = {}
    before = len(problems)
    for name, field in known.items():
        if name in table and table[name] is not None:
            values[name] = _value(_hints(cls)[name], table[name], dotted + name, problems)
        elif field.default is MISSING and field.default_factory is MISSING:
            problems.append(Problem(dotted + name, "必填，没有写"))
    return cls(**values) if len(problems) == before else None


def _value(hint: Any, value: Any, place: str, problems: list[Problem]) -> Any:
    if get_origin(hint) is types.UnionType:
        hint = next(each for each in get_args(hint) if each is not type(None))
    if get_origin(hint) is tuple:
        if not isinstance(value, list | tuple):
            problems.append(Problem(place, "这里应当是一个列表 […]"))
            return ()
        item = get_args(hint)[0]
        return tuple(
            _value(item, each, f"{place}[{n}]", problems) for n, each in enumerate(value, 1)
        )
    if hint is Benefit:
        return _benefit(value, place, problems)
    if hasattr(hint, "__dataclass_fields__"):
        return _read(hint, value, place, problems)
    return _PLAIN[hint](value, place, problems)


def _benefit(value: Any, place: str, problems: list[Problem]) -> Any:
    written = value.get("type") if isinstance(value, dict) else None
    if written not in TYPES:
        problems.append(Problem(f"{place}.type", f"要写责任种类，可用：{'、'.join(TYPES)}"))
        return None
    return _read(TYPES[written], value, place, problems)


def _number(value: Any, place: str, problems: list[Problem]) -> Decimal:
    try:
        if isinstance(value, bool | float):
            raise InvalidOperation
        number = Decimal(value)
        if not number.is_finite():
            raise InvalidOperation
    except (InvalidOperation, TypeError, ValueError):
        problems.append(Problem(place, "这里应当是一个数"))
        return Decimal(0)
    return number


def _day(value: Any, place: str, problems: list[Problem]) -> date:
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            value = None
    if not isinstance(value, date):
        problems.append(Problem(place, "这里应当是日期，例如 2026-01-01"))
        return date.min
    return value


def _exactly(kind: type, said: str) -> Callable[[Any, str, list[Problem]], Any]:
    def read(value: Any, place: str, problems: list[Problem]) -> Any:
        if type(value) is not kind:
            problems.append(Problem(place, f"这里应当是{said}"))
            return kind()
        return value

    return read


_PLAIN: dict[Any, Callable[[Any, str, list[Problem]], Any]] = {
    str: _exactly(str, "文字"),
    int: _exactly(int, "整数"),
    bool: _exactly(bool, " true 或 false"),
    Decimal: _number,
    date: _day,
}
