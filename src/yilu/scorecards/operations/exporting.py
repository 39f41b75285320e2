"""Take the cases behind a figure out (明细导出): scoped, bounded, on record."""

from __future__ import annotations

from datetime import datetime

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.refs import Ref
from yilu.people.queries import Access
from yilu.scorecards import events
from yilu.scorecards.queries.cases import CaseRow, Slice, every_case

RIGHT = "scorecards.export"


@tx.use_case
def export_cases(
    *, wanted: Slice, access: Access, actor: Ref, at: datetime
) -> tuple[list[CaseRow], bool]:
    """
    The newest cases for a workbook, and whether there are more than a workbook holds.

    :raises NotAllowed: without the right over one of the offices. :raises UnknownKpi: if there is no
        such figure.
    """
    access.require(RIGHT)
    for office_id in wanted.offices or ():
        if office_id:
            access.require(RIGHT, office_id=office_id)
    rows, more = every_case(wanted)
    fact = events.CasesExported(
        figure=wanted.code, since=wanted.since.isoformat(), until=wanted.until.isoformat(),
        rows=len(rows),
    )  # fmt: skip
    journal.record(fact, about=Ref("staff", access.staff_id), actor=actor, at=at)
    return rows, more
