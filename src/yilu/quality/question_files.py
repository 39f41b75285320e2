"""Questions as a workbook or a comma-separated file, out and in."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence
from typing import Any

import python_calamine

from yilu.kernel import sheets
from yilu.quality.rules.questioning import HEADINGS, Question

BYTES_MAX, ROWS_MAX = 2 * 1024 * 1024, 2_000
_SAID = {"knowledge": "专业知识", "skill": "服务技巧"}


def read(content: bytes, name: str) -> list[tuple[int, dict[str, str]]]:
    """
    Each line that holds something: its number as the reader sees it, and its cells by heading.

    :raises ValueError: the file cannot be read, or its first line is not ours.
    """
    if not content or len(content) > BYTES_MAX:
        raise ValueError(name)
    lines = _sheet(content) if content.startswith(b"PK") else _commas(content)
    if not lines or len(lines) > ROWS_MAX + 1:
        raise ValueError(name)
    heads = [str(cell).strip() for cell in lines[0]]
    if not {"编号", "维度", "题目", "选项A", "正确答案", "出处"} <= set(heads):
        raise ValueError(name)
    rows = []
    for number, line in enumerate(lines[1:], 2):
        cells = {head: _text(cell) for head, cell in zip(heads, line, strict=False) if head}
        if any(cells.values()):
            rows.append((number, cells))
    return rows


def write(questions: Iterable[Question]) -> bytes:
    """The bank as a workbook that can be changed and handed in again."""
    out = io.BytesIO()
    book = sheets.workbook(out)
    head = book.add_format({"bold": True, "bg_color": "#E8EEF7", "border": 1})
    text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
    sheet = book.add_worksheet("题库")
    sheet.write_row(0, 0, HEADINGS, head)
    sheet.set_column(0, 1, 12, text)
    sheet.set_column(2, 2, 48, text)
    sheet.set_column(3, len(HEADINGS) - 1, 20, text)
    for n, each in enumerate(questions, 1):
        options = [*each.options, *[""] * (6 - len(each.options))]
        line = [
            each.code,
            _SAID[each.dimension],
            each.ask,
            *options,
            "ABCDEF"[each.right],
            each.source,
        ]
        for column, cell in enumerate(line):
            sheet.write_string(n, column, cell, text)
    sheet.freeze_panes(1, 0)
    book.close()
    return out.getvalue()


def _sheet(content: bytes) -> Sequence[Sequence[Any]]:
    try:
        book = sheets.open_workbook(content)
        rows: Sequence[Sequence[Any]] = book.get_sheet_by_index(0).to_python(
            skip_empty_area=False, nrows=ROWS_MAX + 2
        )
        return rows
    except (
        python_calamine.CalamineError,
        OSError,
        ValueError,
        IndexError,
        zipfile.BadZipFile,
    ) as wrong:
        raise ValueError(str(type(wrong))) from None


def _commas(content: bytes) -> list[list[str]]:
    text = content.decode("utf-8-sig")
    if "\x00" in text:
        raise ValueError("no text")
    try:
        return list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as wrong:
        raise ValueError(str(wrong)) from None


def _text(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).replace("\x00", "").strip()
