"""Decision tables as Excel workbooks, out and in."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import python_calamine

from yilu.kernel import sheets
from yilu.kernel.errors import Sentence
from yilu.kernel.tables import ROWS_MAX
from yilu.kernel.words import marked as _

RULES_SHEET, CASES_SHEET = "规则", "测试用例"
BYTES_MAX = 2 * 1024 * 1024
Stored = Sequence[Mapping[str, Any]]


def write(
    inputs: Stored,
    outputs: Stored,
    rows: Sequence[Sequence[str]],
    cases: Sequence[Mapping[str, Any]],
) -> bytes:
    """A workbook: labels, column names (both stay as they are), then the rows, all as text."""
    columns = [*inputs, *outputs]
    out = io.BytesIO()
    book = sheets.workbook(out)
    head = book.add_format({"bold": True, "bg_color": "#E8EEF7", "border": 1})
    name = book.add_format({"italic": True, "font_color": "#808080", "border": 1})
    text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
    sheet = book.add_worksheet(RULES_SHEET)
    for i, column in enumerate(columns):
        sheet.write_string(0, i, column["label"], head)
        sheet.write_string(1, i, column["name"], name)
        sheet.set_column(i, i, 22, text)
    for number, row in enumerate(rows, 2):
        for i, cell in enumerate(row):
            sheet.write_string(number, i, cell, text)
    sheet.freeze_panes(2, 0)
    listed = book.add_worksheet(CASES_SHEET)
    for i, column in enumerate([{"label": "用例名称", "name": "name"}, *columns]):
        listed.write_string(0, i, column["label"], head)
        listed.write_string(1, i, column["name"], name)
        listed.set_column(i, i, 22, text)
    for number, case in enumerate(cases, 2):
        listed.write_string(number, 0, case["name"], text)
        given = {**case["inputs"], **case["expect"]}
        for i, column in enumerate(columns, 1):
            if column["name"] in given:
                listed.write_string(number, i, given[column["name"]], text)
    listed.freeze_panes(2, 1)
    book.close()
    return out.getvalue()


def read(
    content: bytes, inputs: Stored, outputs: Stored
) -> tuple[list[list[str]], list[dict[str, Any]] | None]:
    """
    Rows and test cases of such a workbook; cases are None where it has no sheet of them.

    :raises ValueError: saying in Chinese why it cannot be read.
    """
    if len(content) > BYTES_MAX:
        raise ValueError(_("文件超过 2 MB"))
    try:
        book = sheets.open_workbook(content)
        found = {
            name: book.get_sheet_by_name(name).to_python(nrows=ROWS_MAX + 3)
            for name in book.sheet_names
        }
    except (python_calamine.CalamineError, OSError, ValueError):
        raise ValueError(_("不是可以读取的 Excel 文件（.xlsx）")) from None
    if RULES_SHEET not in found:
        raise ValueError(Sentence(_("缺少工作表“{sheet}”"), sheet=RULES_SHEET))
    names = [c["name"] for c in (*inputs, *outputs)]
    rows = _body(found[RULES_SHEET], names, RULES_SHEET)
    if CASES_SHEET not in found:
        return rows, None
    listed = _body(found[CASES_SHEET], ["name", *names], CASES_SHEET)
    asked = len(inputs) + 1
    cases = [
        {
            "name": line[0],
            "inputs": dict(zip(names[: asked - 1], line[1:asked], strict=True)),
            "expect": {n: t for n, t in zip(names[asked - 1 :], line[asked:], strict=True) if t},
        }
        for line in listed
    ]
    return rows, cases


def _body(lines: Sequence[Sequence[Any]], names: Sequence[str], sheet: str) -> list[list[str]]:
    if len(lines) < 2 or [_text(cell) for cell in lines[1][: len(names)]] != list(names):
        raise ValueError(
            Sentence(
                _("工作表“{sheet}”第 2 行的列名应依次为 {names}"),
                sheet=sheet,
                names="、".join(names),
            )
        )
    if len(lines) > ROWS_MAX + 2:
        raise ValueError(Sentence(_("工作表“{sheet}”超过 {most} 行"), sheet=sheet, most=ROWS_MAX))
    body = [[_text(cell) for cell in line] for line in lines[2:]]
    for number, line in enumerate(body, 3):
        if any(line[len(names) :]):
            raise ValueError(
                Sentence(
                    _("工作表“{sheet}”第 {number} 行的列数多于 {most}"),
                    sheet=sheet,
                    number=number,
                    most=len(names),
                )
            )
    return [[*line[: len(names)], *[""] * (len(names) - len(line))] for line in body if any(line)]


def _text(cell: Any) -> str:
    """A cell as the person saw it: Excel keeps numbers as floats and dates as dates."""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float):
        exact = Decimal(repr(cell))
        return str(exact.quantize(Decimal(1)) if exact == exact.to_integral() else exact)
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell).strip()
