"""A third party's table as a file: CSV in the encodings tables come in, or an Excel workbook."""

from __future__ import annotations

from collections.abc import Mapping

from yilu.kernel.errors import Sentence
from yilu.kernel.sheets import UnreadableSheet, read_sheet
from yilu.kernel.words import marked as _
from yilu.quality.inspection_refusals import BadAuditFile
from yilu.quality.rules import auditing

BYTES_MAX = 10 * 1024 * 1024


def read(content: bytes) -> tuple[list[tuple[int, list[str]]], Mapping[str, int]]:
    """
    The rows below the heading with their line as a spreadsheet counts, and which column is which.

    :raises BadAuditFile: saying what is wrong.
    """
    if not content.strip(b"\x00 \r\n\t"):
        raise BadAuditFile(_("文件是空的"))
    if len(content) > BYTES_MAX:
        raise BadAuditFile(_("文件超过 10 MB"))
    try:
        rows = read_sheet(content)
    except UnreadableSheet:
        raise BadAuditFile from None
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
