"""A conversation that reads like a complaint but was recorded as something else: a person decides what it was."""

from __future__ import annotations

from datetime import datetime

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.refs import Ref
from yilu.people.queries import Access
from yilu.quality import inspection_events as events
from yilu.quality.inspection_refusals import InspectionNotFound, JudgedAlready, NoReason, OwnWork
from yilu.quality.models import Finding
from yilu.work import operations as work

QUEUE = "quality.misrecorded"


@tx.use_case
def judge_record(
    *, finding_id: int, complaint_id: int, why: str, access: Access, actor: Ref, at: datetime
) -> None:
    """
    It was a complaint (and is one now), or it was none (``complaint_id`` 0), with the reason.

    The door opens the complaint first: complaints joins the same matter, so twice is once there too.

    :raises OwnWork: the seat itself. :raises JudgedAlready: somebody did. :raises NoReason.
    """
    row = (
        Finding.objects.select_for_update(of=("self",))
        .filter(pk=finding_id, kind="RECORD").first()
    )  # fmt: skip
    if row is None:
        raise InspectionNotFound
    access.require("complaints.handle", office_id=row.office_id)
    if row.judged_at is not None:
        raise JudgedAlready
    if row.seat_id == access.staff_id:
        raise OwnWork
    if not 4 <= len(why.strip()) <= 300:
        raise NoReason
    row.judged_by, row.judged_at = str(actor), at
    row.judged_why, row.complaint_id = why.strip(), complaint_id or None
    row.save()
    about = Ref("finding", row.pk)
    fact = events.RecordJudged(office_id=row.office_id, complaint_id=complaint_id)
    journal.record(fact, about=about, actor=actor, at=at)
    work.close_items(about=about, at=at, queue=QUEUE)
