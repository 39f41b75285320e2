"""Desk telephones: given and taken by a supervisor, chosen by the seat, rung for its offers and its calls."""

import pytest

from tests.contact.desk import Desk
from tests.make import NOON
from yilu.contact import jobs, operations, queries
from yilu.contact.models import Conversation, DeskPhone, Seat
from yilu.contact.operations import desk_phones
from yilu.gateways.calls import NotDone
from yilu.gateways.calls.builtin.client import SwitchClient
from yilu.gateways.calls.builtin.digest import secret_of
from yilu.kernel.errors import NotAllowed
from yilu.people.models import Staff
from yilu.web.console.contact_house import ContactHouse

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def told(monkeypatch, settings):
    """What the switch was asked; its telephones ring."""
    settings.SWITCH_URL, settings.SWITCH_SECRET = "http://127.0.0.1:9", "s" * 24
    kept = []

    def post(self, path, body, key=""):
        kept.append((path, body))
        return {"ringing": True}

    monkeypatch.setattr(SwitchClient, "_post", post)
    return kept


@pytest.fixture
def desk():
    return Desk()


def give(desk, seat, algorithm="SHA-256"):
    return operations.give_desk_phone(
        staff_id=seat.staff_id, algorithm=algorithm, **desk.boss.told(NOON)
    )


def test_a_supervisor_gives_a_password_once_and_a_new_one_makes_the_old_void(desk):
    seat = desk.seat({"claims": 1})
    with pytest.raises(operations.NoDeskPhone):
        operations.choose_line(line="DESK", **seat.told(NOON))
    password, number = give(desk, seat), str(seat.staff_id)
    house = ContactHouse("builtin")
    assert house.telephone(number) == secret_of(number, password)
    assert password.encode() not in bytes(DeskPhone.objects.get().secret)
    again = give(desk, seat, "MD5")
    assert again != password
    assert house.telephone(number) == secret_of(number, again, "MD5")
    Staff.objects.filter(pk=seat.staff_id).update(active=False)
    assert house.telephone(number) is None, "who left has no telephone"


def test_only_the_seats_supervisor_gives_and_takes_and_nothing_changes_otherwise(desk):
    seat, other = desk.seat({"claims": 1}), Desk()
    for who, number, algorithm, refusal in (
        (other.boss, seat.staff_id, "SHA-256", NotAllowed),
        (seat, seat.staff_id, "SHA-256", NotAllowed),
        (desk.boss, desk.boss.staff_id, "SHA-256", operations.SeatNotSetUp),
        (desk.boss, seat.staff_id, "ROT13", operations.BadSeat),
    ):
        with pytest.raises(refusal):
            operations.give_desk_phone(staff_id=number, algorithm=algorithm, **who.told(NOON))
    assert not DeskPhone.objects.exists()
    give(desk, seat)
    with pytest.raises(NotAllowed):
        operations.take_desk_phone(staff_id=seat.staff_id, **other.boss.told(NOON))
    operations.choose_line(line="DESK", **seat.told(NOON))
    with pytest.raises(operations.BadSeat):
        operations.choose_line(line="WINDOW", **seat.told(NOON))
    for _twice in range(2):
        operations.take_desk_phone(staff_id=seat.staff_id, **desk.boss.told(NOON))
    assert Seat.objects.get(pk=seat.staff_id).line == "BROWSER"
    assert queries.desk_phone_of(seat.staff_id) is None


def test_an_offer_rings_the_telephone_and_picking_it_up_is_taking_the_call(desk, told, monkeypatch):
    seat = desk.seat({"claims": 1})
    give(desk, seat)
    operations.choose_line(line="DESK", **seat.told(NOON))
    deferred = []
    monkeypatch.setattr(
        desk_phones.journal, "defer", lambda name, **told: deferred.append((name, told))
    )
    call = desk.waiting(skill="claims")
    [(_name, asked)] = [row for row in deferred if row[0].startswith("contact.ring")]
    assert asked["conversation_id"] == call
    assert asked["until"] > NOON.isoformat()
    number, house = str(seat.staff_id), ContactHouse("builtin")
    jobs.ring_desk_phone(seat.staff_id, call, "")
    assert told == [(f"/seats/{number}/ring", {"conversation": call, "seconds": 60})]
    assert house.picked_up(number, call)
    assert house.picked_up(number, call), "twice is once"
    row = Conversation.objects.get(pk=call)
    assert (row.state, row.seat_id) == ("CONNECTED", seat.staff_id)
    assert not house.picked_up(number, call + 1), "a call that is nobody's"
    house.put_down(number)
    house.put_down(number)
    assert Conversation.objects.get(pk=call).state == "WRAPPING"
    jobs.ring_desk_phone(seat.staff_id, call, "")
    assert len(told) == 1, "it is over: nothing rings"


def test_pressing_it_away_leaves_the_call_to_others_and_a_switch_that_is_away_is_told_again(
    desk, told, monkeypatch
):
    seat = desk.seat({"claims": 1})
    give(desk, seat)
    operations.choose_line(line="DESK", **seat.told(NOON))
    call = desk.waiting(skill="claims")
    house = ContactHouse("builtin")
    for _twice in range(2):
        house.pressed_away(str(seat.staff_id), call)
    assert Conversation.objects.get(pk=call).state == "QUEUED"
    jobs.quiet_desk_phone(seat.staff_id, call)
    jobs.forget_desk_phone(seat.staff_id)
    assert [path.rpartition("/")[2] for path, _body in told] == ["quiet", "forget"]

    def away(self, path, body, key=""):
        raise NotDone("ConnectionRefusedError")

    monkeypatch.setattr(SwitchClient, "_post", away)
    with pytest.raises(NotDone):  # the job is tried again
        jobs.forget_desk_phone(seat.staff_id)
