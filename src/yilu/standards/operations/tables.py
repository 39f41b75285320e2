"""Changes to decision tables: draft, test, publish by a second person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.errors import Invalid, NotAllowed, NotFound, Refusal, Stale, joined
from yilu.kernel.refs import Ref
from yilu.kernel.tables import Compiled, Problem, TableError, check_table, compile_table
from yilu.kernel.words import marked as _
from yilu.standards import events, rules, spreadsheets
from yilu.standards.models import DecisionTable, State, TableVersion
from yilu.standards.queries import UnknownTable

from .editions import touch


class DraftExists(Refusal):
    """Somebody is already changing this table."""

    code = "draft_exists"
    message = "这个决策表已有一份草稿"
    hint = "请继续编辑该草稿，或先放弃它。"


class NoDraft(NotFound):
    """There is no draft to change."""

    code = "no_draft"
    message = "这个决策表没有草稿"
    hint = "请先建立草稿。"


class StaleDraft(Stale):
    """A colleague saved the draft in between."""

    code = "stale_draft"
    message = "草稿已被同事修改"


class SameHands(NotAllowed):
    """Whoever wrote a version may not publish it."""

    code = "same_hands"
    message = "编制人不能发布自己的版本"
    hint = "请由另一位有权限的同事复核后发布。"


class MalformedTable(Invalid):
    """The table cannot be used as it stands; ``problems`` says where."""

    code = "malformed_table"
    message = "决策表有误"
    hint = "请按提示修改后再提交。"

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(joined(p.sentence for p in problems))


class CasesFail(MalformedTable):
    """Stored test cases are answered otherwise than they expect, or there are none."""

    code = "cases_fail"
    hint = "请改正规则，或在确认无误后更新测试用例。"


@tx.use_case
def make_draft(*, code: str, note: str = "", actor: Ref, at: datetime) -> int:
    """
    Begin a new version as a copy of the newest published one; return its number.

    :raises UnknownTable: for a code nobody knows.
    :raises DraftExists: if there is a draft already.
    """
    table = _table(code)
    versions = TableVersion.objects.filter(table=table)
    newest = versions.exclude(state=State.DRAFT).order_by("-number").first()
    if newest is None:
        raise UnknownTable
    number = versions.order_by("-number").values_list("number", flat=True)[0] + 1
    try:
        with tx.savepoint():
            TableVersion.objects.create(
                table=table,
                number=number,
                inputs=newest.inputs,
                outputs=newest.outputs,
                rows=newest.rows,
                cases=newest.cases,
                note=note,
                author=str(actor),
            )
    except IntegrityError:
        raise DraftExists from None
    journal.record(
        events.TableDrafted(code=code, version=number),
        about=Ref("decision_table", table.pk),
        actor=actor,
        at=at,
    )
    return number


@tx.use_case
def put_cells(
    *, code: str, cells: Mapping[tuple[int, str], str], revision: int, actor: Ref, at: datetime
) -> int:
    """
    Write cells of the draft, by (row from 1, column name); return the new revision.

    :raises StaleDraft: if ``revision`` is not the draft's present one.
    :raises MalformedTable: naming each cell that cannot be read; nothing is saved.
    """
    draft = _draft(code, revision)
    names = [c["name"] for c in (*draft.inputs, *draft.outputs)]
    rows = [list(row) for row in draft.rows]
    wrong = [
        Problem(code, row, name, _("没有这一格"))
        for row, name in cells
        if name not in names or not 1 <= row <= len(rows)
    ]
    if wrong:
        raise MalformedTable(wrong)
    for (row, name), text in cells.items():
        rows[row - 1][names.index(name)] = text.strip()
    return _save_rows(draft, rows, actor)


@tx.use_case
def add_row(
    *, code: str, position: int, cells: Mapping[str, str], revision: int, actor: Ref, at: datetime
) -> int:
    """
    Put a row into the draft so that it becomes row ``position``; return the new revision.

    Conditions left out mean anything; every output must be given.

    :raises StaleDraft, MalformedTable: as ``put_cells``.
    """
    draft = _draft(code, revision)
    row = [cells.get(c["name"], "-").strip() for c in draft.inputs]
    row += [cells.get(c["name"], "").strip() for c in draft.outputs]
    rows = [list(each) for each in draft.rows]
    rows.insert(max(0, min(position - 1, len(rows))), row)
    return _save_rows(draft, rows, actor)


@tx.use_case
def remove_row(*, code: str, position: int, revision: int, actor: Ref, at: datetime) -> int:
    """
    Take row ``position`` out of the draft; return the new revision.

    :raises StaleDraft, MalformedTable: as ``put_cells``.
    """
    draft = _draft(code, revision)
    rows = [list(row) for row in draft.rows]
    if not 1 <= position <= len(rows):
        raise MalformedTable([Problem(code, position, "", _("没有这一行"))])
    del rows[position - 1]
    return _save_rows(draft, rows, actor)


@tx.use_case
def move_row(*, code: str, position: int, to: int, revision: int, actor: Ref, at: datetime) -> int:
    """
    Move a row of the draft; return the new revision.

    :raises StaleDraft, MalformedTable: as ``put_cells``.
    """
    draft = _draft(code, revision)
    rows = [list(row) for row in draft.rows]
    if not (1 <= position <= len(rows) and 1 <= to <= len(rows)):
        raise MalformedTable([Problem(code, position, "", _("没有这一行"))])
    rows.insert(to - 1, rows.pop(position - 1))
    return _save_rows(draft, rows, actor)


@tx.use_case
def put_cases(
    *, code: str, cases: Sequence[Mapping[str, Any]], revision: int, actor: Ref, at: datetime
) -> int:
    """
    Replace the test cases stored with the draft; return the new revision.

    A case is a name, the inputs as text, and the outputs it expects; see ``rules.failing_cases``.
    They need not pass yet.

    :raises StaleDraft, MalformedTable: as ``put_cells``.
    """
    draft = _draft(code, revision)
    for case in cases:
        shape = (case.get("name"), case.get("inputs"), case.get("expect"))
        if not shape[0] or not isinstance(shape[1], dict) or not isinstance(shape[2], dict):
            raise MalformedTable([Problem(code, 0, "", _("用例须写明 name、inputs、expect"))])
    draft.cases = [dict(case) for case in cases]
    return _save(draft, actor)


@tx.use_case
def import_xlsx(*, code: str, content: bytes, revision: int, actor: Ref, at: datetime) -> int:
    """
    Replace the draft's rows and cases by those of a workbook made by ``queries.export_table``.

    :raises MalformedTable: for a file that is not such a workbook, other columns, or cells that
        cannot be read; nothing is saved.
    :raises StaleDraft: as ``put_cells``.
    """
    draft = _draft(code, revision)
    try:
        rows, cases = spreadsheets.read(content, draft.inputs, draft.outputs)
    except ValueError as error:
        raise MalformedTable([Problem(code, 0, "", error.args[0])]) from None
    if cases is not None:
        draft.cases = cases
    return _save_rows(draft, rows, actor)


@tx.use_case
def discard_draft(*, code: str, actor: Ref, at: datetime) -> None:
    """
    Give the draft up.

    :raises NoDraft: if there is none.
    """
    draft = _draft(code, None)
    journal.record(
        events.TableDraftDiscarded(code=code, version=draft.number),
        about=Ref("decision_table", draft.table_id),
        actor=actor,
        at=at,
    )
    draft.delete()


@tx.use_case
def publish(
    *, code: str, revision: int, effective_from: datetime | None = None, actor: Ref, at: datetime
) -> int:
    """
    Put the draft in force from ``effective_from`` (now, if none); return its number.

    The publisher is another person than the author, and has seen this ``revision``.

    :raises SameHands: for the author.
    :raises StaleDraft: if it was edited since.
    :raises MalformedTable: naming gaps, overlaps and rows that can never apply.
    :raises CasesFail: if a stored test case fails, or there is none.
    """
    draft = _draft(code, revision)
    if draft.author == str(actor):
        raise SameHands
    starts = max(effective_from or at, at)
    compiled = _compiled(draft)
    if problems := check_table(compiled.table):
        raise MalformedTable(problems)
    if not draft.cases:
        raise CasesFail([Problem(code, 0, "", _("没有测试用例，不能发布"))])
    if failing := rules.failing_cases(compiled, draft.cases):
        raise CasesFail(failing)
    replaced = (
        TableVersion.objects.select_for_update()
        .filter(table_id=draft.table_id, effective_to=None)
        .exclude(state=State.DRAFT)
    )
    for version in replaced:
        version.state = State.RETIRED
        version.effective_to = max(starts, version.effective_from or starts)
        version.save(update_fields=["state", "effective_to"])
        starts = version.effective_to
    draft.state = State.PUBLISHED
    draft.effective_from = starts
    draft.publisher = str(actor)
    draft.save(update_fields=["state", "effective_from", "publisher"])
    journal.record(
        events.TablePublished(
            code=code, version=draft.number, effective_from=starts.isoformat(), author=draft.author
        ),
        about=Ref("decision_table", draft.table_id),
        actor=actor,
        at=at,
    )
    touch(rules.TABLES)
    return draft.number


def _table(code: str) -> DecisionTable:
    table = DecisionTable.objects.select_for_update().filter(code=code).first()
    if table is None:
        raise UnknownTable
    return table


def _draft(code: str, revision: int | None) -> TableVersion:
    """The draft, locked; its edits follow one another."""
    draft = (
        TableVersion.objects.select_for_update(of=("self",))
        .select_related("table")
        .filter(table__code=code, state=State.DRAFT)
        .first()
    )
    if draft is None:
        raise NoDraft
    if revision is not None and draft.revision != revision:
        raise StaleDraft
    return draft


def _compiled(draft: TableVersion) -> Compiled:
    table = draft.table
    try:
        return compile_table(
            rules.read_table(
                table.code,
                draft.number,
                table.hit,
                table.complete,
                draft.inputs,
                draft.outputs,
                draft.rows,
            )
        )
    except TableError as error:
        raise MalformedTable(error.problems) from None


def _save_rows(draft: TableVersion, rows: list[list[str]], actor: Ref) -> int:
    draft.rows = rows
    _compiled(draft)
    return _save(draft, actor)


def _save(draft: TableVersion, actor: Ref) -> int:
    """Whoever edited it last answers for it: a second person must publish."""
    draft.revision += 1
    draft.author = str(actor)
    draft.save(update_fields=["rows", "cases", "revision", "author"])
    return draft.revision
