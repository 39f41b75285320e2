"""Whoever leaves, or may take contacts no more, leaves nobody alone with an empty seat …"""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests import make
from tests.contact.desk import Desk
from tests.make import NOON
from yilu.contact import operations
from yilu.contact.models import Conversation, DeskPhone, Problem, Seat, Shift, Waiting
from yilu.journal import operations as journal
from yilu.journal.models import Event
from yilu.kernel.refs import SYSTEM
from yilu.people import operations as people

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk():
    make.standards_in_force()
    return Desk()


@pytest.fixture
def seat(desk):
    return desk.seat({"general": 1})


def answered(desk, seat, **given):
    talk = desk.waiting(skill="general", **given)
    operations.accept(conversation_id=talk, **seat.told(NOON))
    return talk


def leave(seat):
    people.let_staff_go(staff_id=seat.staff_id, actor=SYSTEM, at=NOON)
    for _twice in range(2):
        while journal.run_reactions(at=NOON):
            pass


def state(talk):
    row = Conversation.objects.get(pk=talk)
    return row.state, row.seat_id


def test_who_is_being_served_waits_for_other_hands_from_when_they_came(desk, seat):
    talk = answered(desk, seat, channel="CHAT")
    came = Conversation.objects.get(pk=talk).arrived_at

    leave(seat)

    assert state(talk) == ("QUEUED", None)
    assert Waiting.objects.get(pk=talk).arrived_at == came
    (told,) = Event.objects.filter(kind="contact.transferred")
    assert (told.facts["from_staff_id"], told.actor) == (seat.staff_id, str(SYSTEM))
    assert Seat.objects.get(pk=seat.staff_id).state == "OFFLINE"


def test_another_seat_is_asked_at_once(desk, seat):
    talk = answered(desk, seat)
    other = desk.seat({"general": 1})

    leave(seat)

    assert Waiting.objects.get(pk=talk).seat_id == other.staff_id


def test_what_rings_there_rings_elsewhere(desk, seat):
    talk = desk.waiting(skill="general")
    assert Waiting.objects.get(pk=talk).seat_id == seat.staff_id
    other = desk.seat({"general": 1})

    leave(seat)

    assert Waiting.objects.get(pk=talk).seat_id == other.staff_id
    assert Seat.objects.get(pk=seat.staff_id).state == "OFFLINE"


def test_what_is_not_written_up_becomes_a_problem_case(desk, seat):
    talk = answered(desk, seat)
    operations.hang_up(conversation_id=talk, by="CUSTOMER", actor=SYSTEM, at=NOON)

    leave(seat)

    assert state(talk) == ("CLOSED", seat.staff_id)
    case = Problem.objects.get()
    assert (case.conversation_id, case.kind, case.state) == (talk, "CONSULT", "OPEN")
    assert not Event.objects.filter(kind="contact.wrapped_up").exists()


def test_a_talk_face_to_face_ends_and_is_followed_up(desk, seat):
    talk = answered(desk, seat)
    Conversation.objects.filter(pk=talk).update(channel="COUNTER")

    leave(seat)

    assert state(talk) == ("CLOSED", seat.staff_id)
    assert Problem.objects.filter(conversation_id=talk).count() == 1


def test_a_place_that_becomes_free_is_offered_to_nobody(desk, seat):
    Seat.objects.update(chats_max=2)
    at_the_counter, chat = (answered(desk, seat, channel="CHAT") for _n in range(2))
    Conversation.objects.filter(pk=at_the_counter).update(channel="COUNTER")
    waits = desk.waiting(skill="general", channel="CHAT")
    assert Waiting.objects.get(pk=waits).seat_id is None

    leave(seat)

    assert Seat.objects.get(pk=seat.staff_id).state == "OFFLINE"
    assert {state(waits), state(chat)} == {("QUEUED", None)}
    assert not Waiting.objects.exclude(seat_id=None).exists()


def test_the_telephone_registers_no_more_and_coming_shifts_are_cancelled(desk, seat):
    operations.give_desk_phone(staff_id=seat.staff_id, algorithm="SHA-256", **desk.boss.told(NOON))
    for begins in (NOON - timedelta(hours=1), NOON + timedelta(days=1)):
        operations.plan_shift(
            staff_id=seat.staff_id, from_at=begins, to_at=begins + timedelta(hours=4),
            **desk.boss.told(NOON),
        )  # fmt: skip

    leave(seat)

    assert not DeskPhone.objects.exists()
    assert list(Shift.objects.order_by("from_at").values_list("cancelled_at", flat=True)) == [
        None, NOON,
    ]  # fmt: skip
    assert Event.objects.filter(kind="contact.shift_cancelled").count() == 1


def test_whoever_may_take_contacts_by_another_role_keeps_them(desk, seat):
    talk = answered(desk, seat)
    told = {"staff_id": seat.staff_id, "office_id": desk.office, "actor": SYSTEM, "at": NOON}
    people.grant_role(role="TEAM_LEAD", **told)
    people.end_role(role="CALL_AGENT", **told)
    while journal.run_reactions(at=NOON):
        pass
    assert state(talk) == ("CONNECTED", seat.staff_id)

    people.end_role(role="TEAM_LEAD", **told)
    while journal.run_reactions(at=NOON):
        pass
    assert state(talk) == ("QUEUED", None)
