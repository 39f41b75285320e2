"""Pure decisions of standards: compiling a calendar, reading a stored table, what a file lacks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from yilu.kernel.cells import CellError, Column, Kind, read_value
from yilu.kernel.errors import Sentence
from yilu.kernel.tables import Compiled, Hit, Problem, Table, TableError
from yilu.kernel.words import marked as _
from yilu.kernel.worktime import Spell, WorkTime, read_spell

CALENDARS, TABLES, BOOKS = ("standards.calendars", "standards.tables", "standards.books")
"""The names of the editions."""

STATUTORY_DAYS_OFF = ((1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3))
"""全国年节及纪念日放假办法（国务院令第795号）: the days off with a fixed date in the solar year."""


# -- calendars ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """A day that differs from the week."""

    day: date
    is_working: bool
    spells: tuple[str, ...]
    name: str


@dataclass(frozen=True, slots=True)
class Hours:
    """The week of one calendar."""

    week: tuple[tuple[str, ...], ...]
    zone: str
    follows_holidays: bool


def spells_of(week: Sequence[Sequence[str]], special: SpecialDay) -> tuple[Spell, ...]:
    """The spells of a special day: its own, or its weekday's, or a usual working day's."""
    if not special.is_working:
        return ()
    usual = next(spells for spells in week if spells)
    texts = special.spells or week[special.day.weekday()] or usual
    return tuple(read_spell(text) for text in texts)


def compile_calendar(
    hours: Hours,
    national: Iterable[SpecialDay],
    own: Iterable[SpecialDay],
    *,
    confirmed_until: int,
    years: tuple[int, int],
    edition: str = "",
) -> WorkTime:
    """
    The working time of an office: its week, the country's special days, its own above them.

    National hours of a special day do not bind an office: it works its own hours that day.
    """
    days: dict[date, tuple[Spell, ...]] = {}
    if hours.follows_holidays:
        for special in national:
            days[special.day] = spells_of(hours.week, replace(special, spells=()))
    for special in own:
        days[special.day] = spells_of(hours.week, special)
    return WorkTime(
        week=[[read_spell(text) for text in spells] for spells in hours.week],
        days=days,
        zone=hours.zone,
        confirmed_until=confirmed_until,
        years=years,
        fixed_days_off=STATUTORY_DAYS_OFF if hours.follows_holidays else (),
        edition=edition,
    )


# -- decision tables ----------------------------------------------------------------------------


def read_columns(stored: Sequence[Mapping[str, Any]]) -> tuple[Column, ...]:
    """Columns as they are stored: name, label, kind, choices."""
    return tuple(
        Column(c["name"], c["label"], Kind(c["kind"]), tuple(c.get("choices", ()))) for c in stored
    )


def read_table(
    code: str,
    number: int,
    hit: str,
    complete: bool,
    inputs: Sequence[Mapping[str, Any]],
    outputs: Sequence[Mapping[str, Any]],
    rows: Sequence[Sequence[str]],
) -> Table:
    """A stored version as the compiler wants it."""
    return Table(
        code,
        number,
        read_columns(inputs),
        read_columns(outputs),
        tuple(tuple(str(cell) for cell in row) for row in rows),
        Hit(hit),
        complete,
    )


def failing_cases(compiled: Compiled, cases: Sequence[Mapping[str, Any]]) -> tuple[Problem, ...]:
    """
    Which stored test cases the table does not answer as expected.

    A case is ``{"name": …, "inputs": {column: text}, "expect": {column: text}}``; under COLLECT an
    expected text lists the values of all rows, separated by "、".
    """
    problems = []
    for case in cases:
        reason = _case_problem(compiled, case)
        if reason:
            problems.append(
                Problem(
                    compiled.table.code,
                    0,
                    "",
                    Sentence(
                        _("测试用例“{case}”：{reason}"), case=case.get("name", ""), reason=reason
                    ),
                )
            )
    return tuple(problems)


def _case_problem(compiled: Compiled, case: Mapping[str, Any]) -> str:
    table = compiled.table
    try:
        known = {column.name: column for column in table.inputs}
        inputs = {
            name: read_value(known[name], text) if name in known else text
            for name, text in case["inputs"].items()
        }
        decision = compiled.decide(inputs)
        for column in table.outputs:
            if column.name not in case["expect"]:
                continue
            expected, got = case["expect"][column.name], decision.outputs[column.name]
            if table.hit is Hit.COLLECT:
                wanted: Any = tuple(read_value(column, t) for t in expected.split("、") if t)
            else:
                wanted = read_value(column, expected)
            if got != wanted:
                rows = "、".join(map(str, decision.rows))
                return Sentence(
                    _("“{column}”应为 {expected}，第 {rows} 行给出 {got}"),
                    column=column.label,
                    expected=expected,
                    rows=rows,
                    got=got,
                )
    except (CellError, TableError) as error:
        return str(error.args[0]) if not isinstance(error.args[0], Sentence) else error.args[0]
    except (KeyError, AttributeError, TypeError):
        return _("用例须写明 name、inputs、expect")
    return ""
