"""Batch files: CSV in the encodings hospitals write, Excel workbooks, JSON; and the answer as a workbook."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import chain, islice
from typing import Any

import python_calamine

from yilu.kernel import sheets
from yilu.kernel.errors import Sentence
from yilu.kernel.sheets import write_sheet
from yilu.kernel.texts import keepable
from yilu.kernel.words import marked as _

from .operations.refusals import UnreadableBatch
from .rules import sheet

BYTES_MAX = 40 * 1024 * 1024
HEAD_WITHIN = 10
"""In how many of the first rows the heading is looked for."""

Told = list[tuple[int, Mapping[str, Any]]]


def read(filename: str, content: bytes) -> Told:
    """
    The visits of a file with their line, as the spreadsheet counts.

    :raises UnreadableBatch: saying in a sentence what is wrong with the file as a whole.
    """
    if not content.strip(b"\x00 \r\n\t"):
        raise UnreadableBatch(_("文件是空的"))
    if content[:4] == b"PK\x03\x04":
        return _of_rows(_workbook(content))
    if filename.lower().endswith((".xlsx", ".xls")):
        raise UnreadableBatch(_("扩展名是 Excel，内容却不是，文件可能损坏"))
    text = _decoded(content)
    if text.lstrip()[:1] in ("{", "["):
        return _json(text)
    return _of_rows(_csv(text))


def _decoded(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding).replace("\x00", "")
        except UnicodeDecodeError:
            continue
    raise UnreadableBatch(_("文件的文字编码无法识别"))


def _csv(text: str) -> Iterator[Sequence[str]]:
    first = text[:2000]
    delimiter = max(",\t", key=first.count)
    try:
        yield from csv.reader(io.StringIO(text), delimiter=delimiter)
    except csv.Error:
        raise UnreadableBatch(_("CSV 的引号不成对或某一格过长")) from None


def _workbook(content: bytes) -> Iterator[Sequence[str]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(each.file_size for each in packed.infolist()) > sheets.UNPACKED_MAX:
                raise UnreadableBatch(_("文件展开后过大，请分成几份"))
        book = sheets.open_workbook(content)
        rows = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except sheets.LockedSheet:
        raise UnreadableBatch(_("文件设有密码，请取消后再提交")) from None
    except (python_calamine.CalamineError, OSError, ValueError, IndexError, zipfile.BadZipFile):
        raise UnreadableBatch(_("不是可以读取的 Excel 文件")) from None
    for row in rows:
        yield [_cell(cell) for cell in row]


def _cell(cell: Any) -> str:
    if isinstance(cell, float):
        exact = Decimal(repr(cell))
        return str(exact.quantize(Decimal(1)) if exact == exact.to_integral() else exact)
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def _of_rows(rows: Iterator[Sequence[str]]) -> Told:
    """The visits below the heading, which need not be the first row: titles and merged cells may precede it."""
    begun = list(islice(rows, HEAD_WITHIN))
    lacks = [sheet.missing_columns(row) for row in begun]
    at = min(range(len(begun)), key=lambda n: len(lacks[n]), default=0)
    columns = sheet.find_columns(begun[at]) if begun else None
    if columns is None:
        missing = "、".join(lacks[at] if begun else sheet.missing_columns([]))
        raise UnreadableBatch(Sentence(_("表头缺少这些列：{missing}"), missing=missing))
    told: Told = []
    for line, row in enumerate(chain(begun[at + 1 :], rows), at + 2):
        if any(cell.strip() for cell in row):
            told.append((line, {n: row[c] if c < len(row) else "" for n, c in columns.items()}))
        _check_count(told)
    return _not_empty(told)


def _json(text: str) -> Told:
    try:
        given = json.loads(text, object_pairs_hook=_keepable)
    except (ValueError, RecursionError):
        raise UnreadableBatch(_("JSON 的格式不正确")) from None
    visits = given.get("visits") if isinstance(given, dict) else given
    if not isinstance(visits, list):
        raise UnreadableBatch(_("JSON 里没有 visits 列表"))
    told: Told = [(n, each if isinstance(each, dict) else {}) for n, each in enumerate(visits, 1)]
    _check_count(told)
    return _not_empty(told)


def _keepable(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    return {name: keepable(value) if isinstance(value, str) else value for name, value in pairs}


def _check_count(told: Told) -> None:
    if len(told) > sheet.ROWS_MAX:
        raise UnreadableBatch(
            Sentence(_("一份文件最多 {most} 行，请分成几份"), most=f"{sheet.ROWS_MAX:,}")
        )


def _not_empty(told: Told) -> Told:
    if not told:
        raise UnreadableBatch(_("文件只有列名，没有内容"))
    return told


def template() -> bytes:
    """An empty workbook with our columns and one line as an example."""
    example = (
        "ZY20260301001", "林客户", "33010119850615002X", "8625090000000010", "住院", "2026-03-01",
        "2026-03-03", "内科", "33060126", "0000000001", "a1b2c3", "2026-03-03", "2000.00", "1000.00",
        "0.00", "床位费:A:800.00；检查费:A:1200.00",
    )  # fmt: skip
    return workbook([names[0] for names in sheet.COLUMNS.values()], [example])


def workbook(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """A sheet of texts and sums of our direct billing."""
    return write_sheet("直付", head, rows)
