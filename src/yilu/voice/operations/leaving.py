"""When somebody leaves, or may no longer act there: whom they were answering is not left without an answer."""

from __future__ import annotations

from datetime import datetime

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.refs import SYSTEM, Ref
from yilu.people.queries import Succession
from yilu.voice import events
from yilu.voice.models import Handling, Improvement
from yilu.voice.operations import handling
from yilu.work import operations as work

HANDLE, MANAGE = "voice.handle", "voice.manage"


@tx.step
def pass_on(of: Succession, *, at: datetime) -> int:
    """
    Feedback and improvements of whoever left go to the successor named or the lead; how many. Twice is once.

    Only its owner answers a feedback they took, and taking it closed its work: without this it would wait for
    ever. Where nobody up to the head office may answer, it goes back to the queue.
    """
    return _feedback(of, at) + _improvements(of, at)


def _feedback(of: Succession, at: datetime) -> int:
    rows = (
        Handling.objects.select_for_update(of=("self",))
        .select_related("feedback")
        .filter(owner_id=of.staff_id, state__in=["TAKEN", "REPLIED"])
        .order_by("pk")
    )
    passed = 0
    for row in rows:
        if of.keeps(HANDLE, row.office_id):
            continue
        row.owner_id = of.heir(HANDLE, row.office_id)
        if row.state == "TAKEN":
            row.state = "TAKEN" if row.owner_id else "OPEN"
            work.close_items(about=row.ref, at=at, queue=handling.QUEUE, outcome="HANDED_ON")
            handling.give(row, at, staff_id=row.owner_id)
        row.save(update_fields=["owner", "state"])
        _say(row.ref, of.staff_id, row.owner_id, row.office_id, at, party=row.feedback.party_id)
        passed += 1
    return passed


def _improvements(of: Succession, at: datetime) -> int:
    rows = Improvement.objects.select_for_update(of=("self",)).filter(
        owner_id=of.staff_id, state__in=["PLANNED", "RUNNING"]
    )
    passed = 0
    for row in rows.order_by("pk"):
        if of.holder is not None and row.office_id in of.holder.office_ids:
            continue
        heir = of.heir(MANAGE, row.office_id)
        if heir is None:
            continue
        row.owner_id = heir
        row.save(update_fields=["owner"])
        _say(row.ref, of.staff_id, heir, row.office_id, at)
        passed += 1
    return passed


def _say(
    about: Ref,
    was: int,
    heir: int | None,
    office_id: int,
    at: datetime,
    *,
    party: int | None = None,
) -> None:
    fact = events.OwnerChanged(from_staff_id=was, to_staff_id=heir, office_id=office_id)
    journal.record(fact, about=about, actor=SYSTEM, at=at, party=party)
