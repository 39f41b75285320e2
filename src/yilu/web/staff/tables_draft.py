"""
决策表草稿: the grid that staff edit like a spreadsheet; each cell is saved when it is left.

Whoever edited a draft last cannot publish it. A cell that cannot be read is refused with a
sentence beside it, and nothing is saved; gaps and overlaps of the whole are shown as they are.
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from yilu.kernel.errors import Invalid, Refusal
from yilu.standards import operations
from yilu.standards import queries as standards
from yilu.web.common.numbers import whole
from yilu.web.staff.asked import actor_of, moment_in, names, number_in
from yilu.web.staff.page import show
from yilu.web.staff.tables import cases_of, columns_of, failures_of, keepers_only, rows_of

BYTES_MAX = 2 * 1024 * 1024


@require_POST
@keepers_only
def make(request: HttpRequest, code: str) -> HttpResponse:
    """Begin a draft as a copy of the newest version; where there is one, go on with it."""
    try:
        operations.make_draft(
            code=code,
            note=request.POST.get("note", "").strip()[:200],
            actor=actor_of(request),
            at=timezone.now(),
        )
    except operations.DraftExists:
        messages.info(request, _("已经有一份草稿，请接着编辑。"))
    return redirect("staff:table_draft", code)


@require_GET
@keepers_only
def draft(request: HttpRequest, code: str) -> HttpResponse:
    """The grid."""
    return _page(request, code)


@require_POST
@keepers_only
def cells(request: HttpRequest, code: str) -> HttpResponse:
    """
    Write one cell, or the block that was pasted: fields ``cell:<row>:<column>``.

    A single cell answers with what is wrong with it, if anything; a block with the whole grid.
    """
    given = {
        (row, parts[2]): str(text)
        for name, text in request.POST.items()
        if len(parts := name.split(":", 2)) == 3 and parts[0] == "cell"
        if (row := whole(parts[1])) is not None
    }
    if not given:
        raise Invalid(_("没有要保存的内容"))
    refusal: Refusal | None = None
    try:
        operations.put_cells(
            code=code,
            cells=given,
            revision=number_in(request, "revision"),
            actor=actor_of(request),
            at=timezone.now(),
        )
    except operations.MalformedTable as refused:
        refusal = refused
    if request.headers.get("HX-Target") == "grid":
        return _grid(request, code, refusal)
    return _after_cell(request, code, refusal)


@require_POST
@keepers_only
def rows(request: HttpRequest, code: str) -> HttpResponse:
    """Copy a row below itself, take it out, or move it: ``act`` and ``row``."""
    act, row, revision = (
        request.POST.get("act"),
        number_in(request, "row"),
        number_in(request, "revision"),
    )
    actor, at = actor_of(request), timezone.now()
    focus, refusal = row, None
    try:
        if act == "add":
            view = standards.get_table(code, draft=True)
            names_of_columns = [c["name"] for c in (*view.inputs, *view.outputs)]
            copied = view.rows[min(row, len(view.rows)) - 1] if view.rows else ()
            operations.add_row(
                code=code, position=row + 1, cells=dict(zip(names_of_columns, copied, strict=False)),
                revision=revision, actor=actor, at=at,
            )  # fmt: skip
            focus = row + 1
        elif act == "remove":
            operations.remove_row(code=code, position=row, revision=revision, actor=actor, at=at)
            focus = max(1, row - 1)
        elif act in {"up", "down"}:
            focus = row - 1 if act == "up" else row + 1
            operations.move_row(
                code=code, position=row, to=focus, revision=revision, actor=actor, at=at
            )
        else:
            raise Invalid(_("页面内容不完整"))
    except operations.MalformedTable as refused:
        refusal = refused
    return _grid(request, code, refusal, focus=focus)


@require_POST
@keepers_only
def cases(request: HttpRequest, code: str) -> HttpResponse:
    """
    Change the test cases: fields ``case:<number>:<column>`` (column ``name`` is its name), or
    ``act`` add (a copy of ``case``) and remove.
    """
    view = standards.get_table(code, draft=True)
    listed: list[dict[str, Any]] = [
        {"name": c["name"], "inputs": dict(c["inputs"]), "expect": dict(c["expect"])}
        for c in view.cases
    ]
    act = request.POST.get("act", "")
    if act:
        _change_list(view, listed, act, number_in(request, "case", otherwise=0))
    else:
        _change_cells(view, listed, request)
    operations.put_cases(
        code=code,
        cases=listed,
        revision=number_in(request, "revision"),
        actor=actor_of(request),
        at=timezone.now(),
    )
    if act:
        return _part(request, "staff/tables/cases_edit.html", code, fresh=True)
    return _after_cell(request, code, None)


@require_POST
@keepers_only
def take_in(request: HttpRequest, code: str) -> HttpResponse:
    """Replace the draft's rows and cases by those of an Excel workbook."""
    file = request.FILES.get("file")
    if file is None or not file.size:
        raise Invalid(_("请选择文件"), hint=_("请选择由本页导出并修改过的 Excel 文件。"))
    if file.size > BYTES_MAX:
        raise Invalid(_("文件太大"), hint=_("决策表文件不应超过 2 MB。"))
    try:
        operations.import_xlsx(
            code=code,
            content=file.read(),
            revision=number_in(request, "revision"),
            actor=actor_of(request),
            at=timezone.now(),
        )
    except operations.MalformedTable as refused:
        return _page(request, code, refusal=refused)
    messages.success(request, _("已从 Excel 导入。"))
    return redirect("staff:table_draft", code)


@require_POST
@keepers_only
def publish(request: HttpRequest, code: str) -> HttpResponse:
    """Put the draft in force: by another person than its author."""
    try:
        number = operations.publish(
            code=code,
            revision=number_in(request, "revision"),
            effective_from=moment_in(request, "effective_from"),
            actor=actor_of(request),
            at=timezone.now(),
        )
    except (operations.MalformedTable, operations.SameHands, operations.StaleDraft) as refused:
        return _page(request, code, refusal=refused)
    messages.success(request, _("第 %(number)s 版已发布。") % {"number": number})
    return redirect("staff:table", code)


@require_POST
@keepers_only
def discard(request: HttpRequest, code: str) -> HttpResponse:
    """Give the draft up."""
    operations.discard_draft(code=code, actor=actor_of(request), at=timezone.now())
    messages.success(request, _("草稿已放弃。"))
    return redirect("staff:table", code)


def _change_list(
    view: standards.TableView, listed: list[dict[str, Any]], act: str, number: int
) -> None:
    if act == "remove" and 1 <= number <= len(listed):
        del listed[number - 1]
    elif act == "add":
        empty = {"inputs": {c["name"]: "" for c in view.inputs}, "expect": {}}
        copied = listed[number - 1] if 1 <= number <= len(listed) else empty
        listed.append(
            {
                "name": _("用例 %(n)s") % {"n": len(listed) + 1},
                "inputs": dict(copied["inputs"]),
                "expect": dict(copied["expect"]),
            }
        )
    else:
        raise Invalid(_("页面内容不完整"))


def _change_cells(
    view: standards.TableView, listed: list[dict[str, Any]], request: HttpRequest
) -> None:
    outputs = {c["name"] for c in view.outputs}
    inputs = {c["name"] for c in view.inputs}
    for name, text in request.POST.items():
        parts = name.split(":", 2)
        if len(parts) != 3 or parts[0] != "case" or (number := whole(parts[1])) is None:
            continue
        column = parts[2]
        if not 1 <= number <= len(listed):
            raise Invalid(_("没有这个用例"), hint=_("请刷新页面后再试。"))
        case, written = listed[number - 1], str(text).strip()
        if column == "name":
            case["name"] = written[:80] or _("用例 %(n)s") % {"n": number}
        elif column in inputs:
            case["inputs"][column] = written
        elif column in outputs and written:
            case["expect"][column] = written
        elif column in outputs:
            case["expect"].pop(column, None)
        else:
            raise Invalid(_("没有这一列"), hint=_("请刷新页面后再试。"))


def _context(request: HttpRequest, code: str) -> dict[str, Any]:
    view = standards.get_table(code, draft=True)
    return {
        "table": view,
        "columns": columns_of(view),
        "rows": rows_of(view),
        "cases": cases_of(view),
        "problems": view.checks,
        "problem_rows": {problem.row for problem in view.checks if problem.row},
        "failing": failures_of(view),
        "is_author": view.author == actor_of(request),
        "author": names(view.author).get(view.author, str(view.author)),
        "ready": not view.problems and not view.failing_cases and bool(view.cases),
    }


def _page(request: HttpRequest, code: str, refusal: Refusal | None = None) -> HttpResponse:
    page = _context(request, code) | {"refusal": refusal, "refused": _reasons(refusal)}
    status = refusal.status if refusal else 200
    return show(request, "staff/tables/draft.html", page, here="tables", status=status)


def _part(request: HttpRequest, template: str, code: str, **more: Any) -> HttpResponse:
    return render(request, template, _context(request, code) | more)


def _grid(request: HttpRequest, code: str, refusal: Refusal | None, focus: int = 0) -> HttpResponse:
    """The grid anew; what was refused stands above it, and the status beside it is fresh."""
    page = _context(request, code)
    page |= {"fresh": True, "refused": _reasons(refusal), "focus": focus, "refusal": refusal}
    status = 422 if refusal else 200
    return render(request, "staff/tables/grid_edit.html", page, status=status)


def _after_cell(request: HttpRequest, code: str, refusal: Refusal | None) -> HttpResponse:
    """What is wrong with the one cell, and the status beside the grid."""
    page = _context(request, code) | {"fresh": True, "reasons": _reasons(refusal)}
    return render(request, "staff/tables/cell_says.html", page, status=422 if refusal else 200)


def _reasons(refusal: Refusal | None) -> list[tuple[int, str, str]]:
    if not isinstance(refusal, operations.MalformedTable):
        return []
    return [(p.row, p.column, p.reason) for p in refusal.problems]
