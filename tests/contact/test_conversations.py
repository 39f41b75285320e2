"""One contact from ringing to written up, whatever the channel."""

from datetime import timedelta

import pytest

from tests import make
from tests.contact.desk import Desk
from tests.make import NOON
from yilu.contact import operations, queries
from yilu.contact.models import Conversation, Seat, Turn, Waiting
from yilu.contact.rules.reasons import skill_for
from yilu.kernel.refs import SYSTEM, Ref

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_call_goes_from_the_machine_to_a_seat_and_is_written_up():
    desk = Desk()
    seat = desk.seat({"general": 1})
    conversation = desk.call()
    desk.queue(conversation)
    assert Seat.objects.get(pk=seat.staff_id).state == "OFFERED"
    operations.accept(conversation_id=conversation, **seat.told(NOON + timedelta(seconds=5)))
    assert Seat.objects.get(pk=seat.staff_id).state == "BUSY"
    operations.hang_up(
        conversation_id=conversation, by="CUSTOMER", actor=SYSTEM, at=NOON + timedelta(seconds=65)
    )
    assert Seat.objects.get(pk=seat.staff_id).state == "WRAPPING"
    operations.wrap_up(
        conversation_id=conversation, reason="QUERY", sub_reason="policy", resolved=True,
        **seat.told(NOON + timedelta(seconds=90)),
    )  # fmt: skip
    row = Conversation.objects.get(pk=conversation)
    assert (row.state, row.resolved, row.ending) == ("CLOSED", True, "DONE")
    assert Seat.objects.get(pk=seat.staff_id).state == "READY"
    assert not Waiting.objects.exists()


def test_the_same_message_sent_twice_is_one_turn():
    desk = Desk()
    conversation = desk.call(channel="CHAT")
    told = {
        "conversation_id": conversation, "who": "CUSTOMER", "text": "我的理赔到哪一步了",
        "actor": Ref("party", desk.party), "at": NOON, "request_key": "k1",
    }  # fmt: skip
    assert operations.add_turn(**told) == operations.add_turn(**told)
    assert Turn.objects.count() == 1
    assert "理赔".encode() not in bytes(Turn.objects.get().text)


def test_somebody_elses_conversation_is_not_found():
    desk = Desk()
    conversation = desk.call(channel="CHAT")
    stranger = make.party(desk.office)
    with pytest.raises(operations.ConversationNotFound):
        operations.add_turn(
            conversation_id=conversation, who="CUSTOMER", text="你好", actor=Ref("party", stranger),
            at=NOON,
        )  # fmt: skip
    assert not Turn.objects.exists()


def test_a_talk_is_handed_on_with_why_and_everything_said():
    desk = Desk()
    first, talk = desk.seat({"general": 1}), desk.waiting()
    operations.accept(conversation_id=talk, **first.told(NOON))
    told = {"conversation_id": talk, "skill": "underwriting", **first.told(NOON)}
    for nothing in ("", " 急 ", "长" * 201):
        with pytest.raises(operations.NoReasonGiven):
            operations.transfer(why=nothing, **told)
    assert queries.get_conversation(talk).state == "CONNECTED"

    expert = desk.seat({"underwriting": 1})
    operations.transfer(why="想知道为什么加费，\n已核对身份", **told)
    operations.accept(conversation_id=talk, **expert.told(NOON))
    known = {fact.name: fact.value for fact in queries.known_in(talk, at=NOON)}
    assert known["handed_on"] == "想知道为什么加费， 已核对身份"
    again = desk.call()
    assert "handed_on" not in {fact.name for fact in queries.known_in(again, at=NOON)}
    assert skill_for("CONSULT", "underwriting") == "underwriting"
