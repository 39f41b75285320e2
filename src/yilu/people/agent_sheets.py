"""Lists of agents as branches keep them: a workbook or CSV, its columns by their headings."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import date, datetime
from typing import Any

import python_calamine

from yilu.kernel.errors import Invalid
from yilu.kernel.words import marked as _

FILE_MAX = 2 * 1024 * 1024
ROWS_MAX = 2_000
COLUMNS = {
    "工号": "code", "姓名": "name", "机构代码": "office", "手机号": "phone", "离职日": "left_on",
    "接任工号": "successor",
}  # fmt: skip
"""Heading → field. With 离职日 the list is of those who left, with 姓名 of those newly appointed."""
_ENCODINGS = ("utf-8-sig", "gb18030")


class BadAgentFile(Invalid):
    """Not a list of agents that we can read."""

    code = "bad_agent_file"
    message = _("读不了这份名单")
    hint = _("请用 Excel 或 CSV，第一行是表头，最多 2,000 行。")


def read(content: bytes) -> list[tuple[int, dict[str, str]]]:
    """
    The rows below the headings with the number of each in its file; empty ones are left out.

    :raises BadAgentFile: no workbook or text of ours, unknown headings, no row, or too many.
    """
    if not content or len(content) > FILE_MAX:
        raise BadAgentFile
    rows = _workbook(content) if content[:2] == b"PK" else _text(content)
    if not rows or len(rows) > ROWS_MAX + 1:
        raise BadAgentFile
    fields = [COLUMNS.get(cell.strip(), "") for cell in rows[0]]
    if "code" not in fields or not {"left_on", "name"} & set(fields):
        raise BadAgentFile(_("表头里没有需要的列"))
    read = [
        (number, {name: cell for name, cell in zip(fields, row, strict=False) if name})
        for number, row in enumerate(rows[1:], start=2)
        if any(row)
    ]
    if not read:
        raise BadAgentFile(_("名单里没有一行"))
    return read


def _workbook(content: bytes) -> list[list[str]]:
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        raw: list[list[Any]] = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (python_calamine.CalamineError, OSError, ValueError, IndexError, zipfile.BadZipFile):
        raise BadAgentFile from None
    return [[_cell(cell) for cell in row] for row in raw]


def _text(content: bytes) -> list[list[str]]:
    for encoding in _ENCODINGS:
        try:
            text = content.decode(encoding).replace("\x00", "")
            return [[cell.strip() for cell in row] for row in csv.reader(io.StringIO(text))]
        except (UnicodeError, csv.Error):
            continue
    raise BadAgentFile


def _cell(cell: Any) -> str:
    if isinstance(cell, datetime | date):
        return cell.isoformat()[:10]
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()
