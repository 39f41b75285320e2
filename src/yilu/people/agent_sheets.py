"""Lists of agents as branches keep them: a workbook or CSV, its columns by their headings; an empty one to fill in."""

from __future__ import annotations

from yilu.kernel.errors import Invalid
from yilu.kernel.sheets import UnreadableSheet, read_sheet, write_sheet
from yilu.kernel.words import marked as _

FILE_MAX = 2 * 1024 * 1024
ROWS_MAX = 2_000
COLUMNS = {
    "工号": "code", "姓名": "name", "机构代码": "office", "手机号": "phone", "离职日": "left_on",
    "接任工号": "successor", "中介机构": "firm", "中介类别": "firm_kind",
}  # fmt: skip
"""Heading → field. With 离职日 the list is of those who left, with 姓名 of those newly appointed."""
LISTS = {
    "appointed": ("聘任", ("工号", "姓名", "机构代码", "手机号", "中介机构", "中介类别")),
    "left": ("离职", ("工号", "离职日", "接任工号")),
}
"""The two lists: the name of the sheet and its columns."""


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
    try:
        rows = read_sheet(content)
    except UnreadableSheet:
        raise BadAgentFile from None
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


def template(kind: str) -> bytes:
    """The workbook to fill in for one of ``LISTS``: its headings, and no row that could be taken in by mistake."""
    return write_sheet(*LISTS[kind])
