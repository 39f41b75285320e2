"""
Decision tables, compiled: a question costs a few bisections and an AND, however many rows.

Each input column is cut into segments, at every number or value its cells mention; each segment
knows, as the bits of one whole number, the rows it satisfies. The answer is the AND of the columns'
bits. The same segments show, exactly, which combinations no row covers and which rows overlap.

Strict: a malformed cell, a missing or unknown input, a value of another type, a gap or an overlap
is an error that names table, row, column and reason. Money and numbers are Decimal.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from .axes import Axis
from .cells import (
    CellError,
    Column,
    Condition,
    Kind,
    Value,
    check_value,
    read_condition,
    read_value,
)
from .errors import Sentence, joined
from .words import marked as _

ROWS_MAX = 5_000
PROBLEMS_MAX = 20
_STATES_MAX = 500_000


class Hit(enum.StrEnum):
    """Which of the matching rows count (命中策略)."""

    FIRST = "FIRST"
    UNIQUE = "UNIQUE"
    COLLECT = "COLLECT"


@dataclass(frozen=True, slots=True)
class Table:
    """
    A decision table as it is written: rows of text, inputs first, then outputs.

    ``complete`` promises that every combination of inputs is covered.
    """

    code: str
    version: int
    inputs: tuple[Column, ...]
    outputs: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    hit: Hit = Hit.FIRST
    complete: bool = True


def named(table: Table) -> Sentence:
    """A table's code and version, as errors name it."""
    return Sentence(_("{code}（第 {version} 版）"), code=table.code, version=table.version)


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a table or a question to it, and where (row counts from 1; 0 is none)."""

    table: str
    row: int
    column: str
    reason: str

    @property
    def sentence(self) -> Sentence:
        """Where and what, to be said in the reader's language."""
        if self.row and self.column:
            template = _("决策表 {table}，第 {row} 行，“{column}”列：{reason}")
        elif self.row:
            template = _("决策表 {table}，第 {row} 行：{reason}")
        elif self.column:
            template = _("决策表 {table}，“{column}”列：{reason}")
        else:
            template = _("决策表 {table}：{reason}")
        return Sentence(
            template, table=self.table, row=self.row, column=self.column, reason=self.reason
        )

    def __str__(self) -> str:
        return str(self.sentence)


class TableError(ValueError):
    """A table that cannot be used, or a question it cannot answer."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(joined(p.sentence for p in problems))


@dataclass(frozen=True, slots=True)
class Decision:
    """
    What a table said, and which rows of which version said it.

    ``outputs`` maps output names to values; under COLLECT to a tuple of the rows' values.
    """

    outputs: dict[str, Any]
    table: str
    version: int
    rows: tuple[int, ...]


class Compiled:
    """A table ready to answer; made by ``compile_table``, shared by threads."""

    __slots__ = ("_axes", "_outputs", "_steps", "conditions", "table")

    def __init__(
        self,
        table: Table,
        conditions: tuple[tuple[Condition, ...], ...],
        outputs: tuple[dict[str, Value], ...],
    ) -> None:
        self.table = table
        self.conditions = conditions
        self._outputs = outputs
        self._axes = tuple(
            Axis(column, [row[i] for row in conditions]) for i, column in enumerate(table.inputs)
        )
        self._steps = tuple(
            (axis.column.name, _TYPES[axis.column.kind], axis) for axis in self._axes
        )

    def decide(self, inputs: Mapping[str, Any]) -> Decision:
        """
        Answer one question.

        :raises TableError: for a missing, unknown or wrongly typed input, when no row applies
            (unless COLLECT), or when two rows of a UNIQUE table do.
        """
        left = -1
        try:
            for name, types, axis in self._steps:
                value = inputs[name]
                if type(value) not in types:
                    raise TypeError
                left &= axis.mask(value)
        except (KeyError, TypeError, ArithmeticError):
            self._refuse(inputs)
            raise
        if len(inputs) != len(self._steps):
            self._refuse(inputs)
        table = self.table
        is_single = left and not left & (left - 1)
        if (table.hit is Hit.FIRST and left) or (table.hit is Hit.UNIQUE and is_single):
            row = (left & -left).bit_length() - 1
            return Decision(dict(self._outputs[row]), table.code, table.version, (row + 1,))
        return self._decide_by_rows(left, inputs)

    def _decide_by_rows(self, left: int, inputs: Mapping[str, Any]) -> Decision:
        table = self.table
        rows = list(_bits(left))
        numbers = tuple(row + 1 for row in rows)
        if table.hit is Hit.COLLECT:
            outputs = {
                c.name: tuple(self._outputs[row][c.name] for row in rows) for c in table.outputs
            }
            return Decision(outputs, table.code, table.version, numbers)
        self._refuse(inputs)
        if not rows:
            raise self._error("", Sentence(_("没有适用的行：{inputs}"), inputs=_say(inputs)))
        if len(rows) > 1:
            raise self._error(
                "",
                Sentence(
                    _("有多行同时适用（第 {rows} 行）：{inputs}"),
                    rows="、".join(map(str, numbers)),
                    inputs=_say(inputs),
                ),
            )
        return Decision(dict(self._outputs[rows[0]]), table.code, table.version, numbers)

    def _refuse(self, inputs: Mapping[str, Any]) -> None:
        """Say what is wrong with the inputs, if anything is."""
        known = {column.name for column in self.table.inputs}
        problems = [
            Problem(self._name, 0, name, _("表中没有这一列"))
            for name in inputs
            if name not in known
        ]
        for column in self.table.inputs:
            if column.name not in inputs:
                problems.append(Problem(self._name, 0, column.label, _("缺少输入")))
                continue
            try:
                check_value(column, inputs[column.name])
            except CellError as error:
                problems.append(Problem(self._name, 0, column.label, error.args[0]))
        if problems:
            raise TableError(problems)

    def _error(self, column: str, reason: str) -> TableError:
        return TableError([Problem(self._name, 0, column, reason)])

    @property
    def _name(self) -> str:
        return named(self.table)

    # -- what a table leaves out, or says twice --------------------------------------------------

    def gaps(self, limit: int = PROBLEMS_MAX) -> list[str]:
        """Combinations of inputs that no row covers, described; at most ``limit``."""
        every = (1 << len(self.table.rows)) - 1
        return [self._describe(path) for path in self._uncovered(every, None, limit)]

    def overlaps(self, limit: int = PROBLEMS_MAX) -> list[tuple[int, int, str]]:
        """Pairs of rows (from 1) with a combination that satisfies both, and that combination."""
        held = [self._held(row) for row in range(len(self.table.rows))]
        found = []
        for a in range(len(held)):
            for b in range(a + 1, len(held)):
                common = [x & y for x, y in zip(held[a], held[b], strict=True)]
                if all(common):
                    path = [(c & -c).bit_length() - 1 for c in common]
                    found.append((a + 1, b + 1, self._describe(path)))
                    if len(found) >= limit:
                        return found
        return found

    def unreachable(self) -> list[int]:
        """Rows (from 1) that can never be the first to apply."""
        found = []
        for row in range(1, len(self.table.rows)):
            earlier = (1 << row) - 1
            if not self._uncovered(earlier, self._held(row), 1):
                found.append(row + 1)
        return found

    def _held(self, row: int) -> list[int]:
        """For each axis, the segments that satisfy a row's cell, as bits."""
        bit = 1 << row
        return [
            sum(1 << segment for segment, mask in enumerate(axis.masks) if mask & bit)
            for axis in self._axes
        ]

    def _uncovered(self, rows: int, within: list[int] | None, limit: int) -> list[list[int]]:
        """
        Combinations of segments (inside ``within``) that none of ``rows`` covers.

        Goes column by column, keeping the rows that still apply; segments that leave the same rows
        are looked at once, and a state seen before is known to have no gap or to be reported. A
        path shorter than the columns means: whatever the remaining ones say.
        """
        found: list[list[int]] = []
        seen: set[tuple[int, int]] = set()
        open_ended = self._indifferent()
        allowed = within or [-1] * len(self._axes)

        def look(depth: int, left: int, path: list[int]) -> None:
            if len(found) >= limit or left & open_ended[depth] or (left and (depth, left) in seen):
                return
            seen.add((depth, left))
            if len(seen) > _STATES_MAX:
                raise TableError(
                    [Problem(self._name, 0, "", _("表过于复杂，无法检查是否有遗漏，请拆分"))]
                )
            if not left:
                found.append(path)
                return
            tried: set[int] = set()
            for segment, mask in enumerate(self._axes[depth].masks):
                if allowed[depth] >> segment & 1 and left & mask not in tried:
                    tried.add(left & mask)
                    look(depth + 1, left & mask, [*path, segment])

        look(0, rows, [])
        return found

    def _indifferent(self) -> list[int]:
        """For each depth, the rows that accept anything in all the columns from there on."""
        rows = (1 << len(self.table.rows)) - 1
        found = [rows]
        for axis in reversed(self._axes):
            for mask in axis.masks:
                rows &= mask
            found.append(rows)
        return found[::-1]

    def _describe(self, path: Sequence[int]) -> str:
        return "，".join(
            f"{axis.column.label} {axis.describe(segment)}"
            for axis, segment in zip(self._axes, path, strict=False)
        )


_TYPES: dict[Kind, tuple[type, ...]] = {
    Kind.TEXT: (str,),
    Kind.CHOICE: (str,),
    Kind.NUMBER: (Decimal, int),
    Kind.BOOL: (bool,),
    Kind.DATE: (date,),
}


def compile_table(table: Table) -> Compiled:
    """
    Read every cell and prepare the answers.

    :raises TableError: naming each malformed cell. Gaps and overlaps are ``check_table``'s.
    """
    name = named(table)
    problems = _shape_problems(table, name)
    conditions: list[tuple[Condition, ...]] = []
    outputs: list[dict[str, Value]] = []
    for number, cells in enumerate(table.rows, 1) if not problems else ():
        asked: list[Condition] = []
        said: dict[str, Value] = {}
        for i, column in enumerate((*table.inputs, *table.outputs)):
            try:
                if i < len(table.inputs):
                    asked.append(read_condition(column, cells[i]))
                else:
                    said[column.name] = read_value(column, cells[i])
            except CellError as error:
                problems.append(Problem(name, number, column.label, error.args[0]))
        conditions.append(tuple(asked))
        outputs.append(said)
    if problems:
        raise TableError(problems[:PROBLEMS_MAX])
    return Compiled(table, tuple(conditions), tuple(outputs))


def check_table(table: Table) -> tuple[Problem, ...]:
    """
    Everything that keeps a table from being used: malformed cells, gaps, overlaps, dead rows.

    Gaps count where the table promises to be complete, overlaps where the hit policy is UNIQUE,
    rows that can never apply where it is FIRST.
    """
    try:
        compiled = compile_table(table)
    except TableError as error:
        return error.problems
    try:
        return tuple(_logic_problems(compiled)[:PROBLEMS_MAX])
    except TableError as error:
        return error.problems


def _logic_problems(compiled: Compiled) -> list[Problem]:
    table = compiled.table
    name = named(table)
    problems = []
    if table.complete and table.hit is not Hit.COLLECT:
        problems += [
            Problem(name, 0, "", Sentence(_("没有任何一行覆盖：{gap}"), gap=gap))
            for gap in compiled.gaps()
        ]
    if table.hit is Hit.UNIQUE:
        problems += [
            Problem(name, b, "", Sentence(_("与第 {a} 行重叠：{where}"), a=a, where=where))
            for a, b, where in compiled.overlaps()
        ]
    if table.hit is Hit.FIRST:
        problems += [
            Problem(name, row, "", _("前面的行已覆盖全部情形，本行永远不会命中"))
            for row in compiled.unreachable()
        ]
    return problems


def _shape_problems(table: Table, name: str) -> list[Problem]:
    columns = (*table.inputs, *table.outputs)
    problems = []
    if not table.inputs or not table.outputs:
        problems.append(Problem(name, 0, "", _("至少需要一个条件列和一个结果列")))
    if not table.rows:
        problems.append(Problem(name, 0, "", _("表中没有行")))
    if len(table.rows) > ROWS_MAX:
        problems.append(Problem(name, 0, "", Sentence(_("超过 {most} 行"), most=ROWS_MAX)))
    names = [column.name for column in columns]
    problems += [
        Problem(name, 0, each, _("列名重复"))
        for each in sorted(set(names))
        if names.count(each) > 1
    ]
    problems += [
        Problem(name, 0, column.label, _("可选值列没有列出可选值"))
        for column in columns
        if column.kind is Kind.CHOICE and not column.choices
    ]
    problems += [
        Problem(
            name,
            number,
            "",
            Sentence(
                _("应有 {expected} 格，实有 {found} 格"), expected=len(columns), found=len(cells)
            ),
        )
        for number, cells in enumerate(table.rows, 1)
        if len(cells) != len(columns)
    ]
    return problems


def _bits(mask: int) -> Iterator[int]:
    """The places of the bits that are set, lowest first."""
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest


def _say(inputs: Mapping[str, Any]) -> str:
    return "，".join(f"{name}={value}" for name, value in inputs.items())
