"""A third party's table as a file: CSV in the encodings tables come in, or an Excel workbook."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from yilu.kernel.errors import Sentence
from yilu.kernel.words import marked as _
from yilu.quality.inspection_refusals import BadAuditFile
from yilu.quality.rules import auditing

BYTES_MAX = 10 * 1024 * 1024
ENCODINGS = ("utf-8-sig", "gb18030")


def read(content: bytes) -> tuple[list[tuple[int, list[str]]], Mapping[str, int]]:
    """
    The rows below the heading with their line as a spreadsheet counts, and which column is which.

    :raises BadAuditFile: saying what is wrong.
    """
    if not content.strip(b"\x00 \r\n\t"):
        raise BadAuditFile(_("文件是空的"))
    if len(content) > BYTES_MAX:
        raise BadAuditFile(_("文件超过 10 MB"))
    rows = _workbook(content) if content[:4] == b"PK\x03\x04" else _text(content)
    if len(rows) > auditing.ROWS_MAX + 10:
        raise BadAuditFile(
            Sentence(_("最多 {most} 行，请分成几个文件"), most=f"{auditing.ROWS_MAX:,}")
        )
    found = auditing.find_heading(rows)
    if found is None:
        raise BadAuditFile(_("没有找到列名"))
    at, columns = found
    body = [(n, row) for n, row in enumerate(rows[at + 1 :], at + 2) if any(row)]
    if not body:
        raise BadAuditFile(_("列名下面没有内容"))
    return body, columns


def _workbook(content: bytes) -> list[list[str]]:
    import python_calamine

    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        raw: list[list[Any]] = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (python_calamine.CalamineError, OSError, ValueError, IndexError, zipfile.BadZipFile):
        raise BadAuditFile from None
    return [[_cell(cell) for cell in row] for row in raw]


def _text(content: bytes) -> list[list[str]]:
    for encoding in ENCODINGS:
        try:
            text = content.decode(encoding)
        except UnicodeError:
            continue
        delimiter = "\t" if text[:500].count("\t") > text[:500].count(",") else ","
        try:
            reader = csv.reader(io.StringIO(text.replace("\x00", "")), delimiter=delimiter)
            return [[cell.strip() for cell in row] for row in reader]
        except csv.Error:
            break
    raise BadAuditFile


def _cell(cell: Any) -> str:
    if isinstance(cell, datetime | date):
        return cell.isoformat()[:10]
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()
