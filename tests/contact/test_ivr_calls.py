"""Calls of the hotline, from the first ring to the seat, by the events an exchange tells."""

from datetime import timedelta
from unittest import mock

import pytest

from tests import make
from tests.contact.desk import Desk
from tests.make import NOON
from yilu.contact import jobs, operations, queries
from yilu.contact.models import Call, CallNotice, Conversation, Turn, Waiting
from yilu.contact.operations import calling
from yilu.gateways.calls import Answer, Bridge, CallEvent, Enqueue, Gather, HangUp, Record, Say
from yilu.gateways.calls.drivers import Fake
from yilu.kernel import tx

pytestmark = pytest.mark.django_db(transaction=True)

PHONE = "13800138077"
IDENTITY = make.resident_id()
TAIL, BORN = IDENTITY[-6:].replace("X", "*"), IDENTITY[6:14]


class Line:
    """Somebody with a telephone, and the exchange in between."""

    def __init__(self, caller=PHONE, key="c1"):
        self.caller, self.key, self.count, self.at = caller, key, 0, NOON
        self.told = []
        self.heard = self.tell("offered")

    def tell(self, kind="digits", digits="", words="", recording="", event=None):
        self.count += 1
        self.at += timedelta(seconds=3)
        told = CallEvent(
            event or f"e{self.count}", self.key, kind, self.at, digits=digits, recording=recording,
            caller=self.caller if kind == "offered" else "",
        )  # fmt: skip
        self.heard = operations.hear(
            driver="fake", event=told, tell=self.answer, words=words, at=self.at
        )
        return self.heard

    def answer(self, what, party_id, language):
        self.told.append((what, party_id, language))
        return "您有一件理赔正在审核。"

    def keys(self, *keys):
        for each in keys:
            self.tell(digits=each)
        return self.said

    @property
    def said(self):
        return [verb.text for verb in self.heard.verbs if isinstance(verb, Say)]

    @property
    def row(self):
        return Conversation.objects.get(pk=self.heard.conversation_id)

    def known(self):
        return {k.name: k.value for k in queries.known_in(self.row.pk, at=self.at)}


@pytest.fixture
def desk():
    office = make.office()
    return Desk(
        office=office,
        party=make.party(office, phone=PHONE, identity_number=IDENTITY, name="王建国"),
    )


def test_a_report_reaches_the_seat_with_all_that_was_keyed(desk):
    seat = desk.seat({"claims": 1})
    line = Line()
    assert [type(verb) for verb in line.heard.verbs] == [Answer, Say, Gather]
    line.keys("1", "2", "20260101")
    assert line.heard.verbs[-2:] == (Enqueue("claims"), Gather(1))
    assert line.known() == {
        "claim_type": "ACCIDENT", "what": "意外伤害报案（按键）", "loss_date": "2026-01-01"
    }  # fmt: skip
    assert (line.row.reason, line.row.sub_reason) == ("REPORT", "accident")
    [candidate] = queries.may_be(line.row.pk, desk.boss.access)
    assert candidate.id == desk.party
    assert line.row.party_id is None  # a number proves nothing

    operations.accept(conversation_id=line.row.pk, **seat.told(line.at + timedelta(seconds=4)))
    assert line.row.state == "CONNECTED"
    line.tell("recording_ready", recording="rec/1.wav")
    line.tell("released")
    row = line.row
    assert (row.state, row.ending) == ("WRAPPING", "DONE")
    assert row.opened_at < row.queued_at < row.connected_at < row.ended_at
    assert line.known()["recording"] == "rec/1.wav"


def test_a_query_is_told_to_whom_the_identity_is_checked(desk):
    line = Line()
    said = line.keys("2", TAIL, BORN)
    assert said[0] == "您有一件理赔正在审核。"
    assert line.told == [("claim_progress", desk.party, "zh")]
    assert line.row.party_id == desk.party
    assert "identity_checked" in line.known()
    assert line.keys("8", "3")[0] == "您有一件理赔正在审核。"  # not asked again
    assert line.told[-1][0] == "my_policies"
    texts = [turn.text for turn in queries.turns_of(line.row.pk)]
    assert "[••••••]" in texts
    assert not any(TAIL in text or BORN in text for text in texts)
    line.keys("1")
    assert line.heard.verbs[-1] == HangUp()
    assert (line.row.state, line.row.ending) == ("CLOSED", "SELF_SERVICE")


def test_a_strangers_number_and_a_wrong_identity_get_the_same_words_and_then_a_person(desk):
    desk.seat({"general": 1})
    said = []
    for caller, key in ((PHONE, "c1"), ("13900139077", "c2")):
        line = Line(caller, key)
        mine = [line.keys("2", "000000", "19900101")]
        mine += [line.keys("111111", "19900101"), line.keys("222222", "19900101")]
        said.append(mine)
        assert not line.told
        assert line.row.state == "QUEUED"
    assert said[0] == said[1]


def test_after_too_many_tries_even_the_right_identity_is_checked_by_a_person(desk):
    for n in range(2):
        line = Line(key=f"c{n}")
        line.keys("2", "000000", "19900101", "000000", "19900101", "000000", "19900101")
    line = Line(key="c9")
    assert line.keys("2", TAIL, BORN)[0] == "没有核对上，请再输一次。"
    assert not line.told


def test_out_of_hours_the_word_is_honest_and_a_callback_waits_for_the_seats(desk):
    line = Line()
    assert "现在没有人值班" in line.keys("0")[0]
    assert line.row.state == "OPEN"
    line.keys("1")
    assert line.row.ending == "CALLBACK"
    callback = Conversation.objects.get(follows=line.row)
    assert (callback.direction, callback.state) == ("OUT", "QUEUED")


def test_who_shows_no_number_is_not_promised_a_call(desk):
    line = Line(caller="anonymous")
    assert "没有显示您的号码" in line.keys("5")[0]
    assert not Waiting.objects.exists()
    desk.seat({"general": 1})
    line = Line(caller="", key="c2")
    line.keys("0", "1")
    assert line.row.state == "QUEUED"


def test_words_left_wait_for_a_seat_as_a_voicemail(desk):
    line = Line()
    line.keys("6")
    assert line.heard.verbs[-1] == Record("voicemail", 120)
    line.tell("recording_ready", words=f"请明天上午给我回电，我的证件号 {IDENTITY}")
    assert line.heard.verbs[-1] == HangUp()
    letter = Conversation.objects.get(channel="VOICEMAIL")
    assert (letter.state, letter.follows_id) == ("QUEUED", line.row.pk)
    [turn] = queries.turns_of(letter.pk)
    assert "明天上午" in turn.text
    assert IDENTITY not in turn.text


def test_hanging_up_in_the_queue_is_abandoned_by_the_customer(desk):
    desk.seat({"claims": 1})
    line = Line()
    line.keys("0")
    line.tell("released")
    assert (line.row.state, line.row.ending) == ("CLOSED", "CUSTOMER")
    assert not Waiting.objects.exists()


def test_the_same_event_again_changes_nothing_and_answers_the_same(desk):
    line = Line()
    first = line.tell(digits="1", event="same")
    turns = Turn.objects.count()
    again = line.tell(digits="1", event="same")
    assert again.repeated
    assert again.verbs == first.verbs
    assert Turn.objects.count() == turns
    assert line.tell("offered", event="e1").verbs == ()  # an old one: nothing to do any more
    with pytest.raises(operations.EventReused):
        line.tell(digits="2", event="same")
    assert CallNotice.objects.count() == 2


def test_events_of_no_call_or_of_one_that_is_over_are_refused(desk):
    line = Line()
    line.tell("released")
    for key, kind in (("c1", "digits"), ("nobody", "digits"), ("nobody", "released")):
        line.key = key
        with pytest.raises(operations.CallNotFound):
            line.tell(kind)
    assert Call.objects.count() == 1


def test_a_caller_who_vanished_has_hung_up(desk):
    line = Line()
    late = line.at + calling.GONE_AFTER_ELSE
    assert operations.release_vanished(at=late - timedelta(seconds=1)) == 0
    assert operations.release_vanished(at=late) == 1
    assert operations.release_vanished(at=late) == 0
    assert line.row.state == "CLOSED"


def test_the_exchange_is_told_when_a_seat_answers(desk):
    line = Line()
    deferred = []
    with mock.patch.object(
        calling.journal, "defer", lambda name, **told: deferred.append((name, told))
    ):
        tx.use_case(calling.tell_exchange)(line.row.pk, "bridge", "seat:3", key="event:1")
        line.tell("released")
        tx.use_case(calling.tell_exchange)(line.row.pk, "hang_up", "", key="event:2")
    [(name, told)] = deferred
    assert name == "contact.tell_exchange"
    told.pop("lock")
    exchange = Fake()
    with mock.patch.object(jobs, "driver_of", return_value=exchange):
        jobs.tell_exchange(**told)
        jobs.tell_exchange(**told)
    assert exchange.told == {"event:1": ("c1", (Bridge("seat:3"), Record()))}


def test_what_is_remembered_of_a_call_is_sealed(desk):
    line = Line()
    line.keys("2", TAIL)
    assert TAIL.encode() not in bytes(Call.objects.get().state)
