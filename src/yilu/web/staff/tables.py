"""决策表: which there are, what each version says, how two versions differ, out to Excel."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_noop as _
from django.views.decorators.http import require_GET

from yilu.kernel.errors import NotAllowed
from yilu.people.queries import Access
from yilu.standards import queries as standards
from yilu.web.common.access import View, staff_only
from yilu.web.common.numbers import whole
from yilu.web.staff import words
from yilu.web.staff.asked import names
from yilu.web.staff.page import access_of, show

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
KIND_WORDS = {
    "TEXT": _("文字"), "CHOICE": _("选项"), "NUMBER": _("数值"), "BOOL": _("是/否"),
    "DATE": _("日期"),
}  # fmt: skip

KEEPERS = {"underwriting.": "underwriting.tables"}
"""Rights that open the tables of one room, by the beginning of their codes; standards.edit opens all."""


def may_keep(access: Access, code: str) -> bool:
    """Whether somebody may read and change a table."""
    return access.may("standards.edit") or any(
        code.startswith(beginning) and access.may(right) for beginning, right in KEEPERS.items()
    )


def keepers_only(view: View) -> View:
    """Only for those who keep the table of this ``code``; others are refused as anywhere."""

    @staff_only()
    @wraps(view)
    def kept(request: HttpRequest, code: str) -> HttpResponse:
        if not may_keep(access_of(request), code):
            raise NotAllowed()
        return view(request, code)

    return kept


@dataclass(frozen=True, slots=True)
class ColumnHead:
    """The head of a column: what it asks or answers, and what may stand in it."""

    name: str
    label: str
    kind: str
    choices: tuple[str, ...]
    is_output: bool
    labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def kind_label(self) -> str:
        return KIND_WORDS[self.kind]

    @property
    def meanings(self) -> list[tuple[str, str]]:
        """Each choice with its word, where it has one."""
        return [(code, self.labels.get(code) or words.say(code)) for code in self.choices]

    def say(self, text: str) -> str:
        """A cell in words: by the column's own labels, else by what the codes mean everywhere."""
        return words.say_cell(text, self.choices, self.labels)


@dataclass(frozen=True, slots=True)
class CellView:
    """A cell of the grid: as it is written, and as it is said."""

    column: ColumnHead
    text: str
    said: str
    changed: bool = False


@dataclass(frozen=True, slots=True)
class RowView:
    """A row of the grid; ``mark`` is new, gone or changed where two versions are compared."""

    number: int
    cells: tuple[CellView, ...]
    mark: str = ""
    before: int = 0


@require_GET
@staff_only()
def listing(request: HttpRequest) -> HttpResponse:
    """The tables somebody keeps, with the version in force and whether a draft is being written."""
    access = access_of(request)
    kept = [t for t in standards.list_tables(timezone.now()) if may_keep(access, t.code)]
    if not kept and not access.may("standards.edit"):
        raise NotAllowed()
    return show(request, "staff/tables/list.html", {"tables": kept}, here="tables")


@require_GET
@keepers_only
def table(request: HttpRequest, code: str) -> HttpResponse:
    """One version, to read: the newest published one unless ``?version=`` names another."""
    view = standards.get_table(code, whole(request.GET.get("version")))
    versions = standards.table_versions(code)
    return show(
        request,
        "staff/tables/table.html",
        {
            "table": view,
            "columns": columns_of(view),
            "rows": rows_of(view),
            "cases": cases_of(view),
            "versions": versions,
            "draft": next((v for v in versions if v.state == "DRAFT"), None),
            "who": names(*(ref for v in versions for ref in (v.author, v.publisher))),
        },
        here="tables",
    )


@require_GET
@keepers_only
def compare(request: HttpRequest, code: str) -> HttpResponse:
    """What one version changed against another, row by row; ``?old=`` and ``?new=``."""
    new = standards.get_table(code, whole(request.GET.get("new")))
    old_number = whole(request.GET.get("old"))
    old = standards.get_table(code, max(1, new.version - 1) if old_number is None else old_number)
    return show(
        request,
        "staff/tables/compare.html",
        {
            "table": new,
            "old": old,
            "new": new,
            "columns": columns_of(new),
            "rows": difference(old, new),
            "same_columns": [c["name"] for c in (*old.inputs, *old.outputs)]
            == [c["name"] for c in (*new.inputs, *new.outputs)],
            "versions": standards.table_versions(code),
        },
        here="tables",
    )


@require_GET
@keepers_only
def export(request: HttpRequest, code: str) -> HttpResponse:
    """A version as an Excel workbook: ``?version=``, ``?draft=1``, or the newest published one."""
    draft = request.GET.get("draft") == "1"
    number = whole(request.GET.get("version"))
    content = standards.export_table(code, number, draft=draft)
    ending = "-draft" if draft else f"-v{number}" if number else ""
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{_plain(code)}{ending}.xlsx"'
    return response


def columns_of(view: standards.TableView) -> tuple[ColumnHead, ...]:
    """The heads of a version's columns, conditions before results."""
    return tuple(
        ColumnHead(
            c["name"],
            c["label"],
            c["kind"],
            tuple(c.get("choices", ())),
            is_output,
            c.get("labels", {}),
        )
        for part, is_output in ((view.inputs, False), (view.outputs, True))
        for c in part
    )


def rows_of(view: standards.TableView) -> list[RowView]:
    """The rows of a version, with their codes said as words."""
    columns = columns_of(view)
    return [RowView(n, _cells(columns, row)) for n, row in enumerate(view.rows, 1)]


def cases_of(view: standards.TableView) -> list[dict[str, Any]]:
    """The test cases with what became of each: an empty ``reason`` means it passed."""
    reasons = dict(failures_of(view))
    columns = columns_of(view)
    return [
        {
            "number": number,
            "name": case["name"],
            "cells": [
                CellView(c, text, c.say(text) if text else "")
                for c in columns
                for text in [str(case["expect" if c.is_output else "inputs"].get(c.name, ""))]
            ],
            "reason": reasons.get(case["name"], ""),
            "ran": not view.problems,
        }
        for number, case in enumerate(view.cases, 1)
    ]


def failures_of(view: standards.TableView) -> list[tuple[str, str]]:
    """The test cases that fail, by name, with the reason: still to be said in a language."""
    found = []
    for problem in view.failures:
        figures = getattr(problem.reason, "figures", {})
        found.append((figures.get("case", ""), figures.get("reason", problem.reason)))
    return found


def difference(old: standards.TableView, new: standards.TableView) -> list[RowView]:
    """The rows of both versions in one list, marked new, gone or changed."""
    columns = columns_of(new)
    found: list[RowView] = []
    matcher = SequenceMatcher(a=old.rows, b=new.rows, autojunk=False)
    for tag, a, a_end, b, b_end in matcher.get_opcodes():
        if tag == "equal":
            found += [
                RowView(j + 1, _cells(columns, new.rows[j]), before=i + 1)
                for i, j in zip(range(a, a_end), range(b, b_end), strict=True)
            ]
            continue
        pairs = min(a_end - a, b_end - b)
        for k in range(pairs):
            before, after = old.rows[a + k], new.rows[b + k]
            found.append(
                RowView(b + k + 1, _cells(columns, after, before), "changed", before=a + k + 1)
            )
        found += [
            RowView(0, _cells(columns, old.rows[i]), "gone", before=i + 1)
            for i in range(a + pairs, a_end)
        ]
        found += [
            RowView(j + 1, _cells(columns, new.rows[j]), "new") for j in range(b + pairs, b_end)
        ]
    return found


def _cells(
    columns: Sequence[ColumnHead], row: Sequence[str], before: Sequence[str] | None = None
) -> tuple[CellView, ...]:
    return tuple(
        CellView(
            column,
            text,
            column.say(text),
            changed=before is not None and (i >= len(before) or before[i] != text),
        )
        for i, (column, text) in enumerate(zip(columns, row, strict=False))
    )


def _plain(code: str) -> str:
    return re.sub(r"[^a-z0-9._-]", "-", code.lower())
