"""What is never said is found, what is harmless is not; read once, warned while typing, never held up."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import make
from tests.contact.desk import Desk
from tests.make import NOON
from tests.web.signing import signed_in
from yilu.contact import operations as contact
from yilu.journal import operations as journal
from yilu.kernel.refs import Ref
from yilu.quality import operations
from yilu.quality.books import phrases
from yilu.quality.books import standards as shipped_standards
from yilu.quality.models import Finding, Reading


def codes(text):
    return [hit.code for hit in phrases.shipped().scan(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("这个我不清楚", ["not_clear"]), ("您有不清楚的地方请随时问我", []), ("急什么，没看我正忙着吗", ["what_hurry"] * 2),
        ("你看不懂汉字吗", ["cannot_read"]), ("有牌子，自己看清楚了再来", ["read_sign"] * 2),
        ("我们保证每年百分之六的收益", ["promised_return"]), ("分红不保证，超过保证部分的收益不确定", []),
        ("这个肯定能赔", ["promised_payment"]), ("审核后会按条款赔付", []),
        ("你别去投诉了", ["no_complaint"]), ("您可以投诉，我来登记", []), ("", []), ("😀" * 50, []),
        ("不用写病史", ["hide_facts"]),
    ],
)  # fmt: skip
def test_a_phrase_is_found_where_it_is_one(text, found):
    assert codes(text) == found


@given(st.text(alphabet="您请谢不清楚急什么😀 好,", max_size=40), st.integers(0, 40))
@settings(max_examples=60)
def test_a_plain_phrase_is_found_wherever_it_stands_among_any_signs(around, where):
    text = around[:where] + "爱办不办" + around[where:]
    hits = [hit for hit in phrases.shipped().scan(text) if hit.code == "whatever"]
    assert [text[hit.start : hit.end] for hit in hits] == ["爱办不办"]


def test_what_shipped_standards_and_better_words_say_is_clean():
    for text in shipped_standards.shipped().values():
        assert codes(text) == []
    for rule in phrases.shipped().rules.values():
        assert codes(rule.better) == []


def test_greeting_civil_words_and_a_close_are_missed_where_they_are():
    assert phrases.missing(["在", "查到了"]) == ("greeting", "civil", "closing")
    assert phrases.missing(["您好，请讲", "查到了", "还有什么可以帮您"]) == ()
    assert phrases.missing([]) == ()


def test_a_complaint_is_known_by_its_words():
    assert phrases.reads_like_complaint(["我要投诉你们"])
    assert phrases.reads_like_complaint(["拖了一个月", "推来推去"])
    assert not phrases.reads_like_complaint(["有点太慢，什么时候到账"])


@pytest.fixture
def settle():
    def all_of_them():
        while journal.run_reactions(NOON):
            pass

    return all_of_them


@pytest.fixture
def talk(db):
    make.standards_in_force()
    desk = Desk()
    seat = desk.seat({"general": 1})
    talk = desk.call(channel="CHAT")
    contact.take_up(conversation_id=talk, **seat.told(NOON))
    return desk, seat, talk


def wrapped(seat, talk, *said, reason="CONSULT", sub="other"):
    for who, text in said:
        actor = Ref("staff", seat.staff_id)
        contact.add_turn(conversation_id=talk, who=who, text=text, actor=actor, at=NOON)
    told = seat.told(NOON)
    contact.hang_up(conversation_id=talk, by="SEAT", actor=told["actor"], at=NOON)
    contact.wrap_up(
        conversation_id=talk,
        reason=reason,
        sub_reason=sub,
        resolved=True,
        note="",
        problem="",
        **told,
    )


def test_a_conversation_is_read_once_and_held_against_its_record(talk, settle):
    _desk, seat, number = talk
    wrapped(seat, number, ("CUSTOMER", "拖了一个月，我要投诉"), ("SEAT", "急 什 么，这事不归我管"))
    settle()
    found = set(Finding.objects.values_list("kind", "code"))
    assert found == {
        ("FORBIDDEN", "what_hurry"), ("FORBIDDEN", "not_mine"), ("MISSING", "greeting"),
        ("MISSING", "civil"), ("MISSING", "closing"), ("RECORD", "complaint_not_recorded"),
    }  # fmt: skip
    assert operations.read_now(conversation_id=number, at=NOON) == 0
    assert Finding.objects.count() == 6
    assert Reading.objects.get().findings == 6


def test_a_complaint_recorded_as_one_is_no_finding(talk, settle):
    _desk, seat, number = talk
    said = (("SEAT", "您好，请讲"), ("CUSTOMER", "我要投诉"), ("SEAT", "已为您登记，感谢您"))
    wrapped(seat, number, *said, reason="COMPLAINT", sub="service")
    settle()
    assert Finding.objects.count() == 0


def test_a_seat_is_warned_while_typing_and_only_the_rule_is_kept(talk):
    import time_machine

    desk, seat, number = talk
    with time_machine.travel(NOON, tick=False):
        client = signed_in(Ref("staff", seat.staff_id))
        url = f"/staff/service/typing/{number}"
        page = client.post(url, {"text": "你急 什么"}).content.decode()
        assert "急什么" in page
        assert "让您久等了" in page
        assert client.post(url, {"text": "急什么啊"}).status_code == 200
        assert client.post(url, {"text": "请稍等"}).content.decode().strip() == ""
        assert list(Finding.objects.values_list("kind", "code", "times")) == [
            ("TYPED", "what_hurry", 2)
        ]
        boss = signed_in(Ref("staff", desk.boss.staff_id))
        assert boss.post(url, {"text": "急什么"}).content.decode().strip() == ""
        other = desk.seat({"general": 1}, office=make.office())
        stranger = signed_in(Ref("staff", other.staff_id))
        assert stranger.post(url, {"text": "急什么"}).status_code == 404
        assert Finding.objects.get().times == 2
        assert "输入时已提醒" in boss.get("/staff/service/findings").content.decode()
        assert "让您久等了" in client.get("/staff/service/mine").content.decode()
        assert client.get("/staff/service/findings").status_code == 403
