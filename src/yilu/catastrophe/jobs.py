"""Reading a list and looking for everybody on it, printing the report: what takes long."""

from __future__ import annotations

import logging
from datetime import UTC, datetime

from yilu.journal import operations as journal
from yilu.kernel.days import day_of
from yilu.kernel.errors import Sentence
from yilu.kernel.words import marked as _
from yilu.letters import operations as letters

from . import operations, printing, queries, spreadsheets
from .rules import lists
from .storage import FileMissing, drawer

log = logging.getLogger(__name__)


@journal.job()
def read_list(list_id: int) -> None:
    """
    Read a list, keep its lines, look for everybody; may be killed anywhere and goes on from there.
    """
    stored = queries.list_source(list_id)
    now = _now()
    try:
        sheet = spreadsheets.read(stored.filename, drawer.get(stored.storage_key))
    except (spreadsheets.UnreadableList, FileMissing) as problem:
        words = (
            problem.message
            if isinstance(problem, spreadsheets.UnreadableList)
            else _("文件已丢失，请重新导入")
        )
        operations.refuse_list(list_id=list_id, problem=words, at=now)
        return
    today = day_of(stored.imported_at)
    told = [
        row
        for line, cells in sheet.body()
        if (row := lists.read_row(line, cells, sheet.heading, today)) is not None
    ]
    if operations.begin_staging(list_id=list_id, total=len(told), warnings=sheet.warnings):
        doubled, same = lists.say_duplicates(told), lists.namesakes(told)
        shared = [
            Sentence(_("名单中有 {count} 位同名的人，请逐一核对"), count=same[row.name])
            if row.name in same else ""
            for row in told
        ]  # fmt: skip
        size = operations.STAGED_AT_ONCE
        for begin in range(0, len(told), size):
            part = slice(begin, begin + size)
            operations.stage_rows(
                list_id=list_id, told=told[part], doubled=doubled[part], namesakes=shared[part],
                done=min(begin + size, len(told)),
            )  # fmt: skip
        operations.begin_matching(list_id=list_id)
    while operations.match_some(list_id=list_id, at=_now()):
        pass


@journal.job()
def print_report(event_id: int) -> None:
    """Print the report of an event or drill as it stands now."""
    at = _now()
    page, affected = queries.to_print(event_id)
    content = letters.typeset("emergency", printing.report_data(page, affected, at), at)
    operations.keep_report(event_id=event_id, content=content, at=at)


def _now() -> datetime:
    return datetime.now(tz=UTC)
