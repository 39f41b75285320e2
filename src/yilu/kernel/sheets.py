"""Tables as people hand them in: the first sheet of a workbook, or text with commas or tabs between."""

from __future__ import annotations

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, BinaryIO

ENCODINGS = ("utf-8-sig", "gb18030")
UNPACKED_MAX = 400 * 1024 * 1024
"""So many bytes a workbook may unpack to."""
CELLS_MAX = 5_000_000
"""So many places a sheet may have, from its first to the last that holds anything."""
_PLACE = re.compile(
    rb"""\br\s*=\s*["']([A-Za-z]*)(\d+)["']"""
    # An empty cell or row, of which nothing is kept. Bounded: it is looked for again at each place.
    rb"""(?!(?:\s{1,4}[\w:.]{1,40}="[\w.:-]{0,40}"){0,12}\s{0,4}/>)"""
)
_LOCKED = "EncryptedPackage".encode("utf-16-le")


class UnreadableSheet(ValueError):
    """Neither a workbook nor text in one of ``ENCODINGS``; or one that would unpack to too much."""


class LockedSheet(UnreadableSheet):
    """A workbook with a password."""


def read_sheet(content: bytes) -> list[list[str]]:
    """
    All rows as trimmed text: whole numbers without a point, days as ISO dates, empty rows included.

    The caller bounds the size beforehand. :raises UnreadableSheet: saying nothing of what it holds.
    """
    return _workbook(content) if content[:2] == b"PK" else _text(content)


def _workbook(content: bytes) -> list[list[str]]:
    import python_calamine  # only the few processes that are handed a list pay for it

    try:
        book = open_workbook(content)
        raw: list[list[Any]] = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (python_calamine.CalamineError, OSError, ValueError, IndexError, zipfile.BadZipFile):
        raise UnreadableSheet from None
    return [[_cell(cell) for cell in row] for row in raw]


def open_workbook(content: bytes) -> Any:
    """
    A workbook (.xlsx) that somebody handed in, opened for reading; what it holds is looked at first.

    A few kilobytes can name the last cell of a sheet of seventeen thousand million: the reader makes room
    for all of them at once, and takes the whole process with it.

    :raises LockedSheet: with a password. :raises UnreadableSheet: no workbook, or too large a one.
    """
    import python_calamine  # as above

    if content[:2] != b"PK":
        raise LockedSheet if _LOCKED in content else UnreadableSheet
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            parts = packed.infolist()
            names = {part.filename.lower() for part in parts}
            # The other kinds of workbook say where their cells are in ways of their own.
            if "xl/workbook.xml" not in names or names & {"xl/workbook.bin", "content.xml"}:
                raise UnreadableSheet
            if sum(part.file_size for part in parts) > UNPACKED_MAX:
                raise UnreadableSheet
            for part in parts:
                _insist_on_room(packed.read(part))
        return python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    except python_calamine.PasswordError:
        raise LockedSheet from None
    except (
        python_calamine.CalamineError, zipfile.BadZipFile, zlib.error, OSError, RuntimeError,
        NotImplementedError, EOFError,
    ):  # fmt: skip
        raise UnreadableSheet from None


def _insist_on_room(part: bytes) -> None:
    """:raises UnreadableSheet: where the places a part names span more than ``CELLS_MAX``."""
    rows = columns = 1
    for place in _PLACE.finditer(part):
        (letters, digits), column = place.groups(), 0
        for letter in letters[:9].upper():
            column = 26 * column + letter - 64
        rows, columns = max(rows, int(digits[:12])), max(columns, column)
        if rows * columns > CELLS_MAX:
            raise UnreadableSheet


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


def workbook(out: BinaryIO, *, in_memory: bool = True) -> Any:
    """
    An empty workbook to write into: whatever somebody once typed is never a formula or a link in it.

    ``in_memory`` False: for very many rows, each written once and in order.
    """
    import xlsxwriter  # as above

    return xlsxwriter.Workbook(
        out,
        {
            "in_memory" if in_memory else "constant_memory": True,
            "strings_to_formulas": False, "strings_to_urls": False,
        },
    )  # fmt: skip


def write_sheet(title: str, head: Sequence[str], rows: Iterable[Sequence[Any]] = ()) -> bytes:
    """
    A plain workbook for people to read or fill in; nothing in it is a formula, only sums are numbers.

    Cells below the head are text, so that what somebody types there stays as it was typed: codes keep their
    noughts, telephone numbers do not become 1.39E+10.
    """
    out = io.BytesIO()
    book = workbook(out)
    page = book.add_worksheet(title)
    sums = book.add_format({"num_format": "0.00"})
    page.set_column(0, len(head) - 1, None, book.add_format({"num_format": "@"}))
    page.write_row(0, 0, head, book.add_format({"bold": True}))
    for n, row in enumerate(rows, 1):
        for column, cell in enumerate(row):
            if isinstance(cell, Decimal):
                page.write_number(n, column, float(cell), sums)
            else:
                page.write_string(n, column, str(cell))
    page.freeze_panes(1, 0)
    page.autofit()
    book.close()
    return out.getvalue()
