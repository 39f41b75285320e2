"""Whoever leaves, or may no longer handle complaints, answers for none of them …"""

from __future__ import annotations

import pytest

from tests import make
from tests.make import NOON
from yilu.complaints.models import Complaint, ComplaintWord
from yilu.journal import operations as journal
from yilu.journal.models import Event
from yilu.kernel.refs import SYSTEM
from yilu.messaging.models import Message
from yilu.people import operations as people
from yilu.work.models import Item

pytestmark = pytest.mark.django_db


def react():
    while journal.run_reactions(at=NOON):
        pass


def leave(staff_id, successor_id=None):
    people.let_staff_go(staff_id=staff_id, successor_id=successor_id, actor=SYSTEM, at=NOON)
    react()


def owner():
    return Complaint.objects.get().owner_id


def open_item():
    return Item.objects.get(queue="complaints.case", state__in=("OPEN", "TAKEN"))


def test_the_successor_answers_the_log_says_so_and_the_complainant_is_told(house):
    house.receive()
    named = make.staff(house.office, "CALL_AGENT")

    leave(house.seat.staff_id, named)
    react()

    assert owner() == named
    assert open_item().staff_id == named
    changed = Event.objects.get(kind="complaints.owner_changed")
    assert (changed.facts["owner_id"], changed.actor) == (named, str(SYSTEM))
    assert ComplaintWord.objects.filter(kind="INQUIRY", written_by=str(SYSTEM)).count() == 1
    assert Message.objects.filter(template="complaints.owner_changed").count() == 1


def test_without_a_successor_the_colleague_with_the_fewest_not_who_decides_reviews(house):
    house.receive()

    leave(house.seat.staff_id)

    assert owner() == house.lead.staff_id
    assert open_item().staff_id == house.lead.staff_id


def test_a_successor_who_is_concerned_steps_aside(house):
    named = make.staff(house.office, "CALL_AGENT")
    house.receive(against=frozenset({named}))

    leave(house.seat.staff_id, named)

    assert owner() == house.lead.staff_id


def test_who_decides_reviews_takes_it_only_where_there_is_nobody_else(house):
    house.receive()
    people.let_staff_go(staff_id=house.lead.staff_id, actor=SYSTEM, at=NOON)

    leave(house.seat.staff_id)

    assert owner() == house.officer.staff_id


def test_an_answered_case_changes_hands_without_new_work(house):
    case = house.receive().id
    house.decide(case)

    leave(house.seat.staff_id)

    assert owner() == house.lead.staff_id
    assert not Item.objects.filter(queue="complaints.case", state__in=("OPEN", "TAKEN")).exists()


def test_whoever_keeps_the_right_by_another_role_keeps_the_case(house):
    house.receive()
    seat = house.seat.staff_id
    people.grant_role(staff_id=seat, role="COUNTER", office_id=house.office, actor=SYSTEM, at=NOON)

    people.end_role(staff_id=seat, role="CALL_AGENT", office_id=house.office, actor=SYSTEM, at=NOON)
    react()

    assert owner() == seat
    people.end_role(staff_id=seat, role="COUNTER", office_id=house.office, actor=SYSTEM, at=NOON)
    react()
    assert owner() == house.lead.staff_id


def test_where_nobody_has_the_right_it_stays_and_its_item_waits(house):
    house.receive()
    for other in (house.lead, house.officer):
        people.let_staff_go(staff_id=other.staff_id, actor=SYSTEM, at=NOON)

    leave(house.seat.staff_id)

    assert owner() == house.seat.staff_id
    assert open_item().state == "OPEN"
