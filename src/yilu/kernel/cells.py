"""
The cells of a decision table: what a person may write in them, and what it means.

Conditions: ``-`` anything; ``A, B`` one of; ``not A, B`` anything but; for numbers and dates also
``>= 3000 and < 10000``, ``[3000..10000)``, ``< 10 , [20..30]``. Chinese punctuation and 且/非/是/否
are read as well. Everything else is an error that says why; an empty cell is one too, because a
forgotten cell must not come to mean "anything".
"""

from __future__ import annotations

import enum
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from .errors import Sentence
from .words import marked as _

Value = str | Decimal | bool | date


class Kind(enum.StrEnum):
    """What a column holds (列类型)."""

    TEXT = "TEXT"
    CHOICE = "CHOICE"
    NUMBER = "NUMBER"
    BOOL = "BOOL"
    DATE = "DATE"


@dataclass(frozen=True, slots=True)
class Column:
    """A typed column; ``choices`` are the values a CHOICE may take."""

    name: str
    label: str
    kind: Kind
    choices: tuple[str, ...] = ()

    @property
    def is_ordered(self) -> bool:
        """Whether its values lie on a line."""
        return self.kind in (Kind.NUMBER, Kind.DATE)


class CellError(ValueError):
    """A cell, or a value, that cannot be read; the text is for the person who wrote it."""


@dataclass(frozen=True, slots=True)
class Interval:
    """Values from ``low`` to ``high``; None is without end."""

    low: Any
    low_in: bool
    high: Any
    high_in: bool

    def holds(self, value: Any) -> bool:
        """Whether it contains a value."""
        if self.low is not None and (value < self.low or (value == self.low and not self.low_in)):
            return False
        return self.high is None or value < self.high or (value == self.high and self.high_in)


@dataclass(frozen=True, slots=True)
class Condition:
    """
    What a cell asks of a value: to be among ``values`` or within one of ``intervals``.

    ``negated`` turns it round; anything is the negation of nothing.
    """

    values: frozenset[Any] = frozenset()
    intervals: tuple[Interval, ...] = ()
    negated: bool = False

    def holds(self, value: Any) -> bool:
        """Look at one value, the plain way."""
        found = value in self.values or any(i.holds(value) for i in self.intervals)
        return found is not self.negated


ANYTHING = Condition(negated=True)

_TRUE, _FALSE = {"true", "是", "真"}, {"false", "否", "假"}
_FULL_WIDTH = str.maketrans("，、（）［］＞＜＝－．　：", ",,()[]><=-. :") | {
    0x2265: ">=",
    0x2264: "<=",
}
_FULL_WIDTH_TEXT = str.maketrans("，、－　“”", ',,- ""')
_RANGE = re.compile(r"^([\[(])\s*(\S*?)\s*\.\.\s*(\S*?)\s*([\])])$")
_COMPARED = re.compile(r"^(>=|<=|>|<|=)\s*(\S.*)$")


def read_value(column: Column, text: str) -> Value:
    """
    Read one plain value of a column.

    :raises CellError: if it is not one.
    """
    text = text.strip()
    if column.kind is Kind.NUMBER:
        return _number(text)
    if column.kind is Kind.DATE:
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise CellError(Sentence(_("“{text}”不是日期，请写成 2026-01-31"), text=text)) from None
    if column.kind is Kind.BOOL:
        if text.lower() in _TRUE:
            return True
        if text.lower() in _FALSE:
            return False
        raise CellError(Sentence(_("“{text}”不是“是”或“否”"), text=text))
    if column.kind is Kind.CHOICE and text not in column.choices:
        raise CellError(
            Sentence(
                _("“{text}”不在可选值内：{choices}"), text=text, choices="、".join(column.choices)
            )
        )
    return text


def check_value(column: Column, value: Any) -> None:
    """:raises CellError: if an input has not the column's type."""
    kind = column.kind
    if kind is Kind.NUMBER:
        right = type(value) is Decimal or type(value) is int
        if type(value) is Decimal and not value.is_finite():
            right = False
    elif kind is Kind.BOOL:
        right = type(value) is bool
    elif kind is Kind.DATE:
        right = type(value) is date
    else:
        right = isinstance(value, str)
    if not right:
        raise CellError(
            Sentence(_("应为{kind}，得到 {got}"), kind=KIND_LABELS[kind], got=type(value).__name__)
        )
    if kind is Kind.CHOICE and value not in column.choices:
        raise CellError(
            Sentence(
                _("“{value}”不在可选值内：{choices}"),
                value=value,
                choices="、".join(column.choices),
            )
        )


KIND_LABELS = {
    Kind.TEXT: _("文字"),
    Kind.CHOICE: _("可选值"),
    Kind.NUMBER: _("数值（Decimal 或整数）"),
    Kind.BOOL: _("是/否"),
    Kind.DATE: _("日期"),
}


def read_condition(column: Column, text: str) -> Condition:
    """
    Read a condition cell of a column.

    :raises CellError: saying in Chinese what cannot be read.
    """
    written = text.translate(_FULL_WIDTH if column.is_ordered else _FULL_WIDTH_TEXT).strip()
    if not written:
        raise CellError(_("单元格为空；任意值请填“-”"))
    if written == "-":
        return ANYTHING
    negated, written = _without_not(written)
    if column.is_ordered:
        return _ordered(column, written, negated)
    values = []
    for part in _parts(written):
        if _COMPARED.match(part) or _RANGE.match(part):
            raise CellError(
                Sentence(
                    _("“{part}”：{kind}列不能比较大小"), part=part, kind=KIND_LABELS[column.kind]
                )
            )
        values.append(read_value(column, part))
    if len(set(values)) < len(values):
        raise CellError(_("同一个值写了两次"))
    return Condition(values=frozenset(values), negated=negated)


def _number(text: str) -> Decimal:
    cleaned = text.replace("_", "")
    if not re.fullmatch(r"[+-]?\d+(\.\d+)?", cleaned):
        raise CellError(Sentence(_("“{text}”不是数值"), text=text))
    try:
        return Decimal(cleaned)
    except InvalidOperation:  # pragma: no cover - the pattern admits numbers only
        raise CellError(Sentence(_("“{text}”不是数值"), text=text)) from None


def _without_not(text: str) -> tuple[bool, str]:
    for word in ("not ", "不是 "):
        if text.lower().startswith(word):
            rest = text[len(word) :].strip()
            if rest == "-":
                raise CellError(_("“-”不能取反"))
            return True, rest
    return False, text


def _parts(text: str) -> list[str]:
    """Split at commas that are not inside quotes; quotes let a text contain a comma."""
    parts, quoted, part = [], False, ""
    for char in text:
        if char == '"':
            quoted = not quoted
        elif char == "," and not quoted:
            parts.append(part.strip())
            part = ""
        else:
            part += char
    parts.append(part.strip())
    if quoted or not all(parts):
        raise CellError(Sentence(_("“{text}”中有空的部分或不成对的引号"), text=text))
    return parts


def _ordered(column: Column, text: str, negated: bool) -> Condition:
    values: list[Any] = []
    intervals: list[Interval] = []
    for part in _parts_outside_ranges(text):
        if part.startswith(("[", "(")):
            intervals.append(_range(column, part))
            continue
        pieces = re.split(r"\s+and\s+|\s*且\s*", part, flags=re.IGNORECASE)
        if len(pieces) > 1 or _COMPARED.match(part):
            intervals.append(_meet([_compared(column, piece) for piece in pieces], part))
        else:
            values.append(read_value(column, part))
    return Condition(frozenset(values), tuple(intervals), negated)


def _parts_outside_ranges(text: str) -> Sequence[str]:
    parts = [part.strip() for part in text.split(",")]
    if any(not part for part in parts):
        raise CellError(Sentence(_("“{text}”中有空的部分"), text=text))
    return parts


def _range(column: Column, text: str) -> Interval:
    found = _RANGE.match(text)
    if not found:
        raise CellError(Sentence(_("“{text}”不是区间，请写成 [3000..10000)"), text=text))
    opens, low, high, closes = found.groups()
    interval = Interval(
        read_value(column, low) if low else None,
        opens == "[",
        read_value(column, high) if high else None,
        closes == "]",
    )
    return _not_empty(interval, text)


def _compared(column: Column, text: str) -> Interval:
    found = _COMPARED.match(text.strip())
    if not found:
        raise CellError(Sentence(_("“{text}”不是比较，请写成 >= 3000"), text=text))
    sign, bound = found.group(1), read_value(column, found.group(2))
    if sign == "=":
        return Interval(bound, True, bound, True)
    if sign[0] == ">":
        return Interval(bound, sign == ">=", None, False)
    return Interval(None, False, bound, sign == "<=")


def _meet(intervals: Sequence[Interval], text: str) -> Interval:
    """What several comparisons joined by "and" have in common."""
    met = intervals[0]
    for other in intervals[1:]:
        low, low_in, high, high_in = met.low, met.low_in, met.high, met.high_in
        if other.low is not None:
            if low is None or other.low > low:
                low, low_in = other.low, other.low_in
            elif other.low == low:
                low_in = low_in and other.low_in
        if other.high is not None:
            if high is None or other.high < high:
                high, high_in = other.high, other.high_in
            elif other.high == high:
                high_in = high_in and other.high_in
        met = Interval(low, low_in, high, high_in)
    return _not_empty(met, text)


def _not_empty(interval: Interval, text: str) -> Interval:
    low, high = interval.low, interval.high
    if low is not None and high is not None:
        if low > high or (low == high and not (interval.low_in and interval.high_in)):
            raise CellError(Sentence(_("“{text}”不含任何值"), text=text))
    return interval
