"""
Take rows of the lead's board out as a workbook (明细导出): recorded, scoped, in the background when many.

Every cell is written as text, number or time, never as a formula: what a customer typed stays words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict
from datetime import datetime
from io import BytesIO

from yilu.claims import events, open_work
from yilu.claims.models import RowExport
from yilu.journal import operations as journal
from yilu.kernel import sealing, sheets, tx
from yilu.kernel.days import CHINA
from yilu.kernel.errors import NotFound
from yilu.kernel.refs import Ref
from yilu.people.queries import Access

AT_ONCE_MAX = 5_000
ROWS_MAX = 200_000
PLACE = "claims_rowexport.content"
KEPT_HOURS = 24
TITLES = (
    "赔案号",
    "机构",
    "队列",
    "状态",
    "处理人",
    "产生时间",
    "应完成时间",
    "已超时",
    "停留天数",
    "金额",
)


class ExportNotFound(NotFound):
    """No such export of one's own, or it is gone."""

    code = "export_not_found"
    message = "没有找到这份导出"
    hint = "导出的文件保留二十四小时，请重新导出。"


@tx.use_case
def ask_for_rows(*, filters: open_work.Filters, access: Access, actor: Ref, at: datetime) -> int:
    """
    Ask for the rows behind a figure as a workbook; the export's id. Who took what is on record.

    Few rows are there at once; many are written by the worker, and the page shows how far it is.

    :raises NotAllowed: without leading anybody.
    """
    access.require("work.lead")
    offices = open_work.scope(access, filters)
    total = min(open_work.count(offices, filters, at, up_to=ROWS_MAX), ROWS_MAX)
    export = RowExport.objects.create(
        staff_id=access.staff_id, filters=asdict(filters), offices=sorted(offices), total=total,
        asked_at=at,
    )  # fmt: skip
    journal.record(
        events.RowsExported(export_id=export.pk, rows=total),
        about=Ref("staff", access.staff_id), actor=actor, at=at,
    )  # fmt: skip
    if total > AT_ONCE_MAX:
        journal.defer("claims.write_export", lock=f"export:{export.pk}", export_id=export.pk)
    else:
        content = workbook(open_work.every(offices, filters, at))
        _keep(export.pk, content, total, at)
    return export.pk


@tx.use_case
def note_export_progress(*, export_id: int, done: int) -> None:
    """How many rows are written (called by the job)."""
    RowExport.objects.filter(pk=export_id).update(done=done, state="RUNNING")


@tx.use_case
def keep_export(*, export_id: int, content: bytes, rows: int, at: datetime) -> None:
    """The workbook is written (called by the job)."""
    _keep(export_id, content, rows, at)


@tx.use_case
def fail_export(*, export_id: int) -> None:
    """It could not be written; the page says so."""
    RowExport.objects.filter(pk=export_id).exclude(state="READY").update(state="FAILED")


@tx.use_case
def fetch_export(*, export_id: int, access: Access, actor: Ref, at: datetime) -> bytes:
    """
    The workbook, for whoever asked for it and still leads.

    :raises ExportNotFound: somebody else's, not ready, or too old. :raises NotAllowed: leads no more.
    """
    access.require("work.lead")
    export = RowExport.objects.filter(pk=export_id, staff_id=access.staff_id, state="READY").first()
    if export is None or not bytes(export.content):
        raise ExportNotFound
    if not set(export.offices) <= access.offices_for("work.lead"):
        raise ExportNotFound
    RowExport.objects.filter(pk=export.pk).update(fetched_at=at)
    return sealing.unseal_bytes(export.content, PLACE)


@tx.use_case
def forget_exports(*, before: datetime) -> int:
    """Empty the files of old exports; who took what stays on record."""
    return RowExport.objects.filter(asked_at__lt=before).exclude(content=b"").update(content=b"")


def workbook(rows: Iterable[open_work.Row], say: Callable[[int], None] | None = None) -> bytes:
    """The rows as an Excel workbook, in constant memory; ``say`` hears of every thousand."""
    out = BytesIO()
    book = sheets.workbook(out, in_memory=False)
    sheet = book.add_worksheet("赔案明细")
    head = book.add_format({"bold": True, "bg_color": "#E8EEF7", "border": 1})
    moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    money = book.add_format({"num_format": "#,##0.00"})
    for column, title in enumerate(TITLES):
        sheet.write_string(0, column, title, head)
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, 4, 18)
    sheet.set_column(5, 6, 17)
    for n, row in enumerate(rows, 1):
        for column, text in enumerate(
            (row.number, row.office, row.queue_label, row.state_label, row.handler)
        ):
            sheet.write_string(n, column, text)
        for column, at in ((5, row.opened_at), (6, row.due_at)):
            sheet.write_datetime(n, column, at.astimezone(CHINA).replace(tzinfo=None), moment)
        sheet.write_string(n, 7, "是" if row.overdue else "否")
        sheet.write_number(n, 8, row.age_days)
        if row.amount is not None:
            sheet.write_number(n, 9, float(row.amount), money)
        if say is not None and n % 1000 == 0:
            say(n)
    book.close()
    return out.getvalue()


def _keep(export_id: int, content: bytes, rows: int, at: datetime) -> None:
    RowExport.objects.filter(pk=export_id).exclude(state="READY").update(
        content=sealing.seal_bytes(content, PLACE),
        state="READY",
        done=rows,
        total=rows,
        ready_at=at,
    )
