"""When somebody leaves, or may no longer act there: what they were to put right is somebody else's."""

from __future__ import annotations

from datetime import datetime

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.refs import SYSTEM, Ref
from yilu.people.queries import Succession
from yilu.quality import inspection_events as events
from yilu.quality.models import Correction, Recovery
from yilu.quality.rules.recovering import HANDLE
from yilu.work import operations as work

from . import auditing, recovering


@tx.step
def pass_on(of: Succession, *, at: datetime) -> int:
    """
    Corrections and recoveries of whoever left go to the successor named or the lead; how many.

    Only its owner says that a correction is done: without this it could never end. Days and clocks stay. Who
    served the customer is never given the recovery.
    """
    return _corrections(of, at) + _recoveries(of, at)


def _corrections(of: Succession, at: datetime) -> int:
    rows = Correction.objects.select_for_update(of=("self",)).filter(owner_id=of.staff_id)
    passed = 0
    for row in rows.exclude(state=Correction.State.CONFIRMED).order_by("pk"):
        if of.holder is not None and row.office_id in of.holder.office_ids:
            continue
        heir = of.heir("quality.view", row.office_id)
        if heir is None:
            continue
        row.owner_id = heir
        row.save(update_fields=["owner"])
        _say(row.ref, of.staff_id, heir, row.office_id, at)
        if row.state == Correction.State.OPEN:
            work.close_items(about=row.ref, at=at, queue=auditing.CORRECT, outcome="HANDED_ON")
            auditing.give(row, at)
        passed += 1
    return passed


def _recoveries(of: Succession, at: datetime) -> int:
    rows = Recovery.objects.select_for_update(of=("self",)).filter(
        owner_id=of.staff_id, state=Recovery.State.OPEN
    )
    passed = 0
    for row in rows.order_by("pk"):
        if of.keeps(HANDLE, row.office_id):
            continue
        heir = of.heir(HANDLE, row.office_id, but=row.servers)
        if heir is None:
            continue
        row.owner_id = heir
        row.save(update_fields=["owner"])
        _say(row.ref, of.staff_id, heir, row.office_id, at, party=row.party_id)
        work.close_items(about=row.ref, at=at, queue=recovering.QUEUE, outcome="HANDED_ON")
        recovering.give(row, at)
        passed += 1
    return passed


def _say(
    about: Ref, was: int, heir: int, office_id: int, at: datetime, *, party: int | None = None
) -> None:
    fact = events.OwnerChanged(from_staff_id=was, to_staff_id=heir, office_id=office_id)
    journal.record(fact, about=about, actor=SYSTEM, at=at, party=party)
