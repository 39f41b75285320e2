"""When a colleague leaves, or may do less: the talks they lead and the visits they were to make are somebody else's."""

from __future__ import annotations

from datetime import datetime

from yilu.care import events
from yilu.care.models import Mediation, Visit
from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.refs import SYSTEM, Ref
from yilu.people import queries as people
from yilu.people.queries import Succession
from yilu.work import operations as work

from .injuries import TALKS

LEAD_TALKS, GO = "claims.assess", "care.visit"
LEFT = "原经办人离职或不再有权限，移交"
TALKED = ("PREPARED", "PLANNED", "TALKING", "FAILED")
TO_COME = ("PLANNED", "ON_WAY", "ARRIVED")


@tx.step
def pass_on(of: Succession, *, at: datetime) -> int:
    """
    Talks and visits of somebody who left go to the successor named, else to the lead; how many. Twice is once.

    Days and times that were agreed stand: the customer's link shows who comes now. Where nobody up to the head
    office may, they stay where they are.
    """
    return _talks(of, at) + _visits(of, at)


def _talks(of: Succession, at: datetime) -> int:
    rows = Mediation.objects.select_for_update(of=("self",)).filter(
        staff_id=of.staff_id, state__in=TALKED
    )
    passed = 0
    for row in rows.order_by("pk"):
        if of.keeps(LEAD_TALKS, row.office_id):
            continue
        if (heir := of.heir(LEAD_TALKS, row.office_id)) is None:
            continue
        Mediation.objects.filter(pk=row.pk).update(staff_id=heir)
        about = Ref("claim", row.claim_id)
        _give(TALKS, about, heir, at)
        fact = events.TalksHandedOver(
            mediation_id=row.pk, from_staff_id=of.staff_id, to_staff_id=heir
        )
        journal.record(fact, about=about, actor=SYSTEM, at=at)
        passed += 1
    return passed


def _visits(of: Succession, at: datetime) -> int:
    rows = Visit.objects.select_for_update(of=("self",)).filter(
        staff_id=of.staff_id, state__in=TO_COME
    )
    passed = 0
    for row in rows.order_by("pk"):
        if of.keeps(GO, row.office_id) or (heir := of.heir(GO, row.office_id)) is None:
            continue
        Visit.objects.filter(pk=row.pk).update(staff_id=heir)
        _give("care.visit", row.ref, heir, at)
        fact = events.VisitHandedOver(
            claim_id=row.claim_id, from_staff_id=of.staff_id, to_staff_id=heir
        )
        journal.record(fact, about=row.ref, actor=SYSTEM, at=at, party=row.party_id)
        passed += 1
    return passed


def _give(queue: str, about: Ref, heir: int, at: datetime) -> None:
    to = people.staff_access(heir)
    work.give_item(queue, about=about, to=to, reason=LEFT, actor=SYSTEM, at=at)
