"""Whoever leaves has nothing left to put right: others own their corrections and recoveries …"""

from __future__ import annotations

import pytest

from tests.contact.desk import person
from tests.make import NOON
from tests.quality.test_auditing import DUE, begun, place
from tests.quality.test_recovering import found
from yilu.journal import operations as journal
from yilu.journal.models import Event
from yilu.kernel.refs import SYSTEM, Ref
from yilu.people import operations as people
from yilu.quality import operations
from yilu.quality.models import AuditItem, Correction, Recovery
from yilu.work.models import Item

__all__ = ["found", "place"]
WORDS = "客户说没有人回电话，要向客户说明并道歉。"


def react():
    for _twice in range(2):
        while journal.run_reactions(NOON):
            pass


def waiting(queue):
    return Item.objects.get(queue=queue, state__in=("OPEN", "TAKEN"))


@pytest.fixture
def correction(place):
    here, auditor, _lead = place
    audit = begun(place)
    owner = person(here, "COUNTER")
    for item in AuditItem.objects.filter(audit_id=audit):
        operations.note_item(
            audit_id=audit, position=item.position, note="没戴工牌", photo=None,
            result="FAIL" if item.position == 1 else "KEPT", **auditor.told(NOON),
        )  # fmt: skip
    operations.finish_audit(
        audit_id=audit, owner_id=owner.staff_id, due_on=DUE, **auditor.told(NOON)
    )
    return owner


def test_the_lead_puts_right_what_nobody_else_could_say_is_done(place, correction):
    _here, _auditor, lead = place

    people.let_staff_go(staff_id=correction.staff_id, actor=SYSTEM, at=NOON)
    react()

    row = Correction.objects.get()
    assert (row.owner_id, row.due_on) == (lead.staff_id, DUE)
    assert waiting("quality.correct").staff_id == lead.staff_id
    (told,) = Event.objects.filter(kind="quality.owner_changed")
    assert (told.facts["to_staff_id"], told.subject) == (lead.staff_id, str(row.ref))
    operations.correct(
        correction_id=row.pk, evidence="补发工牌并抽查", photo=None, **lead.told(NOON)
    )


def test_whoever_still_works_there_by_another_role_keeps_it(place, correction):
    here, *_others = place
    told = {"staff_id": correction.staff_id, "office_id": here, "actor": SYSTEM, "at": NOON}
    people.grant_role(role="CONSULTANT", **told)

    people.end_role(role="COUNTER", **told)
    react()

    assert Correction.objects.get().owner_id == correction.staff_id


def test_a_recovery_never_goes_to_whoever_served_the_customer(found):
    desk, seat, row = found
    owner = person(desk.office, "COUNTER")
    operations.open_recovery(
        origin=Ref("finding", row.pk), wrong=WORDS, owner_id=owner.staff_id, **desk.boss.told(NOON)
    )

    people.let_staff_go(staff_id=owner.staff_id, successor_id=seat.staff_id, actor=SYSTEM, at=NOON)
    react()

    assert Recovery.objects.get().owner_id == desk.boss.staff_id
    assert waiting("quality.recover").staff_id == desk.boss.staff_id
