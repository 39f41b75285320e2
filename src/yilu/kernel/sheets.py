"""Tables as people hand them in: the first sheet of a workbook, or text with commas or tabs between."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import date, datetime
from typing import Any

ENCODINGS = ("utf-8-sig", "gb18030")


class UnreadableSheet(ValueError):
    """Neither a workbook nor text in one of ``ENCODINGS``."""


def read_sheet(content: bytes) -> list[list[str]]:
    """
    All rows as trimmed text: whole numbers without a point, days as ISO dates, empty rows included.

    The caller bounds the size beforehand. :raises UnreadableSheet: saying nothing of what it holds.
    """
    return _workbook(content) if content[:2] == b"PK" else _text(content)


def _workbook(content: bytes) -> list[list[str]]:
    import python_calamine  # only the few processes that are handed a list pay for it

    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        raw: list[list[Any]] = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (python_calamine.CalamineError, OSError, ValueError, IndexError, zipfile.BadZipFile):
        raise UnreadableSheet from None
    return [[_cell(cell) for cell in row] for row in raw]


def _text(content: bytes) -> list[list[str]]:
    for encoding in ENCODINGS:
        try:
            text = content.decode(encoding).replace("\x00", "")
        except UnicodeError:
            continue
        delimiter = "\t" if text[:500].count("\t") > text[:500].count(",") else ","
        try:
            reader = csv.reader(io.StringIO(text), delimiter=delimiter)
            return [[cell.strip() for cell in row] for row in reader]
        except csv.Error:
            break
    raise UnreadableSheet


def _cell(cell: Any) -> str:
    if isinstance(cell, datetime | date):
        return cell.isoformat()[:10]
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()
