"""Casualty lists as files: CSV in the encodings lists come in, Excel workbooks with all their habits."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import python_calamine

from yilu.kernel.errors import Invalid, Sentence
from yilu.kernel.sheets import LockedSheet, open_workbook
from yilu.kernel.words import marked as _

from .rules.lists import FILLED_DOWN, HEADER_WITHIN, ROWS_MAX, Heading, find_heading

BYTES_MAX = 20 * 1024 * 1024
ENCODINGS = ("utf-8-sig", "gb18030", "big5hkscs", "utf-16")
"""In this order: what decodes and has a column of names is taken."""
UNPACKED_MAX = 300 * 1024 * 1024


class UnreadableList(Invalid):
    """The file is no list we can read; the sentence says why."""

    code = "unreadable_list"
    message = _("名单无法读取")
    hint = _("请使用 .xlsx 或 .csv 文件，第一行写列名，至少有“姓名”一列。")


@dataclass(frozen=True, slots=True)
class Sheet:
    """The rows of a list as texts, where its heading is, and what a reader must know."""

    rows: list[list[str]]
    heading: Heading
    warnings: tuple[str, ...]

    def body(self) -> Iterator[tuple[int, list[str]]]:
        """The rows after the heading with their line, counted as the spreadsheet does."""
        for n in range(self.heading.line + 1, len(self.rows)):
            yield n + 1, self.rows[n]


def read(filename: str, content: bytes) -> Sheet:
    """
    The rows of a CSV or Excel file.

    :raises UnreadableList: saying in a sentence what is wrong.
    """
    if not content.strip(b"\x00 \r\n\t"):
        raise UnreadableList(_("文件是空的"))
    if len(content) > BYTES_MAX:
        raise UnreadableList(_("文件超过 20 MB"), hint=_TOO_MANY_HINT)
    low = filename.lower()
    if content[:4] == b"PK\x03\x04" or content[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        return _workbook(content)
    if low.endswith((".xlsx", ".xls", ".xlsm")):
        raise UnreadableList(_("扩展名是 Excel，内容却不是，文件可能损坏"))
    if content[:4] == b"%PDF" or content[:3] == b"\xff\xd8\xff" or content[:4] == b"\x89PNG":
        raise UnreadableList(_("这是图片或 PDF，不是表格"))
    return _text(content)


_TOO_MANY_HINT = _("伤亡名单不会有这么多行，请核对是否选错了文件；确有需要请分批导入。")


def _too_many(count: int) -> UnreadableList:
    return UnreadableList(
        Sentence(_("名单有 {count} 行，最多 {most} 行"), count=f"{count:,}", most=f"{ROWS_MAX:,}"),
        hint=_TOO_MANY_HINT,
    )


def _text(content: bytes) -> Sheet:
    lines = content.count(b"\n") or content.count(b"\r")
    if lines > ROWS_MAX + HEADER_WITHIN:
        raise _too_many(lines)
    decoded = False
    for encoding in ENCODINGS:
        if encoding == "utf-16" and content[:2] not in (b"\xff\xfe", b"\xfe\xff"):
            continue
        try:
            text = content.decode(encoding)
        except UnicodeError:
            continue
        decoded = True
        rows = _split(text)
        heading = find_heading(rows)
        if heading is not None:
            return _sheet(rows, heading, ())
    if not decoded:
        raise UnreadableList(
            _("文件的文字编码无法识别"),
            hint=_("请另存为“CSV UTF-8”或 .xlsx 后再导入；GB18030 也可以。"),
        )
    raise _no_names()


def _split(text: str) -> list[list[str]]:
    first = text[:2000]
    delimiter = max(",\t;，", key=first.count)
    try:
        reader = csv.reader(io.StringIO(text.replace("\x00", "")), delimiter=delimiter)
        return [[cell.strip().strip("'") for cell in row] for row in reader]
    except csv.Error:
        raise UnreadableList(_("CSV 的引号不成对或某一格过长")) from None


def _workbook(content: bytes) -> Sheet:
    formulas = _inspect(content)
    try:
        if content[:2] == b"PK":
            book = open_workbook(content)
        else:  # the older kind
            book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheets = [book.get_sheet_by_index(n) for n in range(len(book.sheet_names))]
    except (LockedSheet, python_calamine.PasswordError):
        raise UnreadableList(_("文件设有密码"), hint=_("请取消密码后再导入。")) from None
    except (python_calamine.CalamineError, OSError, ValueError, zipfile.BadZipFile):
        raise UnreadableList(_("不是可以读取的 Excel 文件")) from None
    if not any(sheet.height for sheet in sheets):
        raise UnreadableList(_("文件是空的"))
    for sheet in sheets:
        if sheet.total_height > ROWS_MAX + HEADER_WITHIN:
            raise _too_many(sheet.total_height)
        rows = [[_cell(cell) for cell in row] for row in sheet.to_python(skip_empty_area=False)]
        heading = find_heading(rows)
        if heading is None:
            continue
        warnings = []
        if _fill_merged(rows, heading, sheet.merged_cell_ranges or []):
            warnings.append(
                _("名单有合并的单元格：医院、地点、状态按合并范围逐行计入，姓名不能合并。")
            )
        if formulas:
            warnings.append(_("名单含公式：按文件里保存的结果读取，请核对。"))
        return _sheet(rows, heading, tuple(warnings))
    raise _no_names()


def _inspect(content: bytes) -> bool:
    """Whether an xlsx holds formulas. :raises UnreadableList: for one that unpacks to a bomb."""
    if content[:2] != b"PK":
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(each.file_size for each in packed.infolist()) > UNPACKED_MAX:
                raise _too_many(ROWS_MAX * 20)
            return any(
                b"<f>" in packed.read(name) or b"<f " in packed.read(name)
                for name in packed.namelist()
                if name.startswith("xl/worksheets/") and name.endswith(".xml")
            )
    except (zipfile.BadZipFile, OSError, RuntimeError):
        raise UnreadableList(_("不是可以读取的 Excel 文件")) from None


def _fill_merged(rows: list[list[str]], heading: Heading, merged: list[Any]) -> bool:
    """Write a merged cell's text into every row it spans, where that is harmless; whether any was."""
    harmless = {heading.columns[name] for name in FILLED_DOWN if name in heading.columns}
    found = False
    for (top, left), (bottom, right) in merged:
        if bottom <= heading.line or (top == bottom and left == right):
            continue
        found = True
        for line in range(top, min(bottom, len(rows) - 1) + 1):
            if left in harmless and left < len(rows[line]):
                rows[line][left] = rows[top][left]
    return found


def _sheet(rows: list[list[str]], heading: Heading, warnings: tuple[str, ...]) -> Sheet:
    if len(rows) - heading.line - 1 > ROWS_MAX:
        raise _too_many(len(rows) - heading.line - 1)
    if not any(any(row) for row in rows[heading.line + 1 :]):
        raise UnreadableList(_("名单只有列名，没有内容"))
    return Sheet(rows, heading, (*warnings, *heading.warnings))


def _no_names() -> UnreadableList:
    return UnreadableList(
        _("没有找到“姓名”这一列"),
        hint=_(
            "请在前十行内写明列名，例如：姓名、性别、年龄、出生日期、身份证号、手机号、医院、状态。"
        ),
    )


def _cell(cell: Any) -> str:
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
