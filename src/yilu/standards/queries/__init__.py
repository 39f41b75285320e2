"""What others ask of standards: working time, decisions, figures, checklists, editors' screens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from yilu.kernel import tx
from yilu.kernel.errors import NotFound
from yilu.kernel.recall import Recall
from yilu.kernel.refs import Ref
from yilu.kernel.tables import Compiled, Decision, Problem, check_table, compile_table
from yilu.standards import rules, spreadsheets
from yilu.standards.checklists import (
    APPLICATION,
    Area,
    Checklist,
    ChecklistItem,
    area_of,
    circumstances_of,
    for_request,
    request_kind,
)
from yilu.standards.figures import Span
from yilu.standards.models import DecisionTable, State, TableVersion
from yilu.standards.queries.books import BOOKS, BookVersionView, UnknownBook, book_versions
from yilu.standards.queries.calendars import (
    CalendarHoursView,
    CalendarYearView,
    DayView,
    NoticeNotRead,
    calendar_hours,
    calendar_year,
    read_day_lines,
    read_notice,
    working_time,
    write_day_lines,
)
from yilu.standards.queries.checklists import (
    UnknownChecklist,
    checklist,
    checklist_versions,
    list_checklists,
)
from yilu.standards.queries.figures import (
    FigureVersionView,
    FigureView,
    UnknownFigure,
    figure,
    figure_spans,
    get_figure,
    list_figures,
    whole_figure,
)
from yilu.standards.queries.prelaunch import CheckAnswer, checks_of
from yilu.standards.queries.programmes import (
    SERVICE_365,
    SERVICE_12345,
    Eligible,
    ProgrammeView,
    UnknownProgramme,
    Weighed,
    get_programme,
    list_programmes,
    programme_versions,
    programmes_for,
    weigh_programmes,
)
from yilu.standards.rules import SpecialDay

__all__ = [
    "APPLICATION",
    "BOOKS",
    "SERVICE_365",
    "SERVICE_12345",
    "Area",
    "BookVersionView",
    "CalendarHoursView",
    "CalendarYearView",
    "CheckAnswer",
    "Checklist",
    "ChecklistItem",
    "DayView",
    "Decision",
    "Eligible",
    "FigureVersionView",
    "FigureView",
    "NoticeNotRead",
    "ProgrammeView",
    "Span",
    "SpecialDay",
    "TableCard",
    "TableVersionCard",
    "TableView",
    "UnknownBook",
    "UnknownChecklist",
    "UnknownFigure",
    "UnknownProgramme",
    "UnknownTable",
    "Weighed",
    "area_of",
    "book_versions",
    "calendar_hours",
    "calendar_year",
    "checklist",
    "checklist_versions",
    "checks_of",
    "circumstances_of",
    "compiled_at",
    "decide",
    "editions",
    "export_table",
    "figure",
    "figure_spans",
    "for_request",
    "get_figure",
    "get_programme",
    "get_table",
    "list_checklists",
    "list_figures",
    "list_programmes",
    "list_tables",
    "programme_versions",
    "programmes_for",
    "read_day_lines",
    "read_notice",
    "request_kind",
    "table_versions",
    "weigh_programmes",
    "whole_figure",
    "working_time",
    "write_day_lines",
]


class UnknownTable(NotFound):
    """No decision table has that code, or none was in force at that time."""

    code = "unknown_table"
    message = "没有这个决策表"
    hint = "请从决策表目录中选择；新系统请先装载标准目录。"


def editions() -> dict[str, str]:
    """The present editions of everything that processes remember."""
    return dict(tx.rows("select name, token from standards_edition"))


# -- decision tables ----------------------------------------------------------------------------


class _Version:
    """A published version, compiled when it is first asked."""

    def __init__(self, row: TableVersion) -> None:
        self._row = row
        self.effective_from, self.effective_to = row.effective_from, row.effective_to

    def covers(self, at: datetime) -> bool:
        return (self.effective_from is None or self.effective_from <= at) and (
            self.effective_to is None or at < self.effective_to
        )

    @cached_property
    def compiled(self) -> Compiled:
        return compile_table(_table_of(self._row))


def _table_of(row: TableVersion) -> Any:
    return rules.read_table(
        row.table.code,
        row.number,
        row.table.hit,
        row.table.complete,
        row.inputs,
        row.outputs,
        row.rows,
    )


def _load_versions(code: str) -> tuple[_Version, ...]:
    rows = (
        TableVersion.objects.filter(table__code=code)
        .exclude(state=State.DRAFT)
        .select_related("table")
        .order_by("-number")
    )
    return tuple(_Version(row) for row in rows)


_versions: Recall[str, tuple[_Version, ...]] = Recall(rules.TABLES, _load_versions)


def decide(code: str, inputs: Mapping[str, Any], at: datetime) -> Decision:
    """
    Ask a decision table by the version in force ``at``; the answer names version and rows.

    Numbers are Decimal or int (never float), dates ``date``, truths ``bool``.

    :raises UnknownTable: if there is none, or none was in force.
    :raises kernel.tables.TableError: for a missing, unknown or wrongly typed input, or a question
        that no row answers: a mistake in the asking program, or a table published with a gap.
    """
    for version in _versions(code):
        if version.covers(at):
            return version.compiled.decide(inputs)
    raise UnknownTable


def compiled_at(code: str, at: datetime) -> Compiled:
    """A table in force, to look at its conditions. :raises UnknownTable: if there was none."""
    for version in _versions(code):
        if version.covers(at):
            return version.compiled
    raise UnknownTable


@dataclass(frozen=True, slots=True)
class TableCard:
    """A decision table in the list of tables."""

    code: str
    name: str
    description: str
    version: int
    effective_from: datetime | None
    row_count: int
    has_draft: bool


@dataclass(frozen=True, slots=True)
class TableView:
    """
    One version of a decision table as the grid shows it.

    ``problems`` and ``failing_cases`` are what keeps a draft from being published, in Chinese;
    ``checks`` and ``failures`` are the same with place and reason apart, to be said in any language.
    """

    code: str
    name: str
    description: str
    hit: str
    hit_label: str
    complete: bool
    version: int
    state: str
    state_label: str
    effective_from: datetime | None
    effective_to: datetime | None
    revision: int
    author: Ref
    publisher: Ref | None
    note: str
    inputs: tuple[dict[str, Any], ...]
    outputs: tuple[dict[str, Any], ...]
    rows: tuple[tuple[str, ...], ...]
    cases: tuple[dict[str, Any], ...]
    problems: tuple[str, ...]
    failing_cases: tuple[str, ...]
    checks: tuple[Problem, ...]
    failures: tuple[Problem, ...]


def list_tables(at: datetime) -> list[TableCard]:
    """Every decision table with the version in force, by code."""
    rows = tx.rows(
        """
        select t.code, t.name, t.description, v.number, v.effective_from,
               coalesce(jsonb_array_length(v.rows), 0),
               exists (select from standards_tableversion d
                        where d.table_id = t.id and d.state = 'DRAFT')
          from standards_decisiontable t
          left join lateral (
                 select * from standards_tableversion v
                  where v.table_id = t.id and v.state <> 'DRAFT' and v.effective_from <= %s::timestamptz
                    and (v.effective_to is null or %s::timestamptz < v.effective_to)
                  order by v.number desc limit 1) v on true
         order by t.code
        """,
        [at, at],
    )
    return [TableCard(*row) for row in rows]


def get_table(code: str, version: int | None = None, *, draft: bool = False) -> TableView:
    """
    A version of a table: the draft, a numbered one, or the newest published one.

    :raises UnknownTable: if there is no such version.
    """
    row = _find_version(code, version, draft)
    table = _table_of(row)
    problems = check_table(table)
    failing = () if problems else rules.failing_cases(compile_table(table), row.cases)
    return TableView(
        code=code,
        name=row.table.name,
        description=row.table.description,
        hit=row.table.hit,
        hit_label=str(DecisionTable.HitPolicy(row.table.hit).label),
        complete=row.table.complete,
        version=row.number,
        state=row.state,
        state_label=str(State(row.state).label),
        effective_from=row.effective_from,
        effective_to=row.effective_to,
        revision=row.revision,
        author=Ref.parse(row.author),
        publisher=Ref.parse(row.publisher) if row.publisher else None,
        note=row.note,
        inputs=tuple(row.inputs),
        outputs=tuple(row.outputs),
        rows=table.rows,
        cases=tuple(row.cases),
        problems=tuple(str(p) for p in problems),
        failing_cases=tuple(str(p) for p in failing),
        checks=tuple(problems),
        failures=tuple(failing),
    )


@dataclass(frozen=True, slots=True)
class TableVersionCard:
    """A version of a decision table in its history; a draft is one too."""

    version: int
    state: str
    state_label: str
    effective_from: datetime | None
    effective_to: datetime | None
    author: Ref
    publisher: Ref | None
    note: str


def table_versions(code: str, limit: int = 50) -> list[TableVersionCard]:
    """The latest versions of a table, newest first, the draft included."""
    rows = TableVersion.objects.filter(table__code=code).defer("rows", "cases", "inputs", "outputs")
    return [
        TableVersionCard(
            row.number,
            row.state,
            str(State(row.state).label),
            row.effective_from,
            row.effective_to,
            Ref.parse(row.author),
            Ref.parse(row.publisher) if row.publisher else None,
            row.note,
        )
        for row in rows.order_by("-number")[:limit]
    ]


def export_table(code: str, version: int | None = None, *, draft: bool = False) -> bytes:
    """
    A version as an Excel workbook that ``operations.import_xlsx`` reads back.

    :raises UnknownTable: if there is no such version.
    """
    row = _find_version(code, version, draft)
    return spreadsheets.write(row.inputs, row.outputs, row.rows, row.cases)


def _find_version(code: str, version: int | None, draft: bool) -> TableVersion:
    rows = TableVersion.objects.filter(table__code=code).select_related("table")
    if draft:
        rows = rows.filter(state=State.DRAFT)
    elif version is not None:
        rows = rows.filter(number=version)
    else:
        rows = rows.exclude(state=State.DRAFT)
    found = rows.order_by("-number").first()
    if found is None:
        raise UnknownTable
    return found
