"""
A call about a policy, a complaint, the contract's end, and many years: the recording is there as long as
anybody may need it, and gone on the day after (保险法 87, 可回溯管理办法 13; 个保法 19, 47).
"""

import hashlib
from datetime import date, datetime, timedelta

import pytest

from tests import make
from tests.complaints.house import House
from tests.contact.desk import Desk
from tests.contact.test_ivr_calls import Line
from tests.make import NOON
from tests.retention.sweep import read_all, swept
from tests.web.signing import signed_in
from yilu.complaints import operations as complaints
from yilu.contact import operations as contact
from yilu.contact import queries, storage
from yilu.contact.models import CallPiece, CallRecording
from yilu.journal import queries as journal
from yilu.kernel.refs import Ref
from yilu.policies import operations as policies

pytestmark = pytest.mark.django_db(transaction=True)
SOUND = b"\x10\x20" * 8000


class Call:
    """A customer on the telephone with a seat, about their policy; what was said is kept."""

    def __init__(self, about_policy=True):
        self.house = House()
        self.desk = Desk(office=self.house.office, party=self.house.lin)
        self.policy = make.policy(self.house.office, holder_id=self.house.lin)
        self.contract = Ref("policy", self.policy.id)
        seat = self.desk.seat({"general": 1})
        line = Line()
        line.keys("0")
        contact.accept(conversation_id=line.row.pk, **seat.told(line.at))
        contact.link(
            conversation_id=line.row.pk, party_id=self.desk.party,
            about=self.contract if about_policy else None,
            actor=seat.told(NOON)["actor"], at=line.at,
        )  # fmt: skip
        contact.record_piece(
            driver="fake", key="c1", number=1, take=1, content=SOUND, at=line.at,
            sha256=hashlib.sha256(SOUND).hexdigest(),
        )  # fmt: skip
        line.tell("released")
        contact.close_recordings(at=line.at + timedelta(minutes=1))
        self.talk, self.seat = line.row, seat
        self.recording = CallRecording.objects.get(conversation=line.row)

    def forgotten(self, on):
        return swept(contact.forget_recordings, noon(on))

    def there(self):
        return storage.drawer.has(CallPiece.objects.get(recording=self.recording).file)

    def ends(self, on):
        policies.terminate_policy(
            policy_id=self.policy.id, ending="SURRENDERED", on=on, actor=self.house.seat_ref, at=noon(on)
        )  # fmt: skip

    def page(self, on=None):
        read_all(noon(on) if on else NOON)
        path = f"/staff/contact/conversations/{self.talk.pk}"
        return signed_in(self.seat.told(NOON)["actor"]).get(path).content.decode()


def noon(on):
    return datetime.combine(on, NOON.timetz())


def test_a_complaint_that_is_open_keeps_it_and_its_end_two_years_more():
    call = Call()
    complaint = call.house.receive(about=call.contract, at=NOON + timedelta(days=1))
    call.ends(date(2026, 6, 1))
    assert call.forgotten(date(2031, 6, 2)) == 0, "five years after a contract of one year"
    assert call.forgotten(date(2034, 6, 2)) == 0, "the complaint is still open"
    assert call.there()
    complaints.withdraw(complaint_id=complaint.id, actor=call.house.me, at=noon(date(2034, 7, 1)))
    assert call.forgotten(date(2036, 7, 1)) == 0, "its last day"
    assert call.there()
    assert call.forgotten(date(2036, 7, 2)) == 1
    assert not call.there()
    (gone,) = [
        e for e in journal.timeline(call.talk.ref) if e.kind == "contact.recording_forgotten"
    ]
    assert gone.facts == {
        "recording_id": call.recording.pk, "pieces": 1, "kept_until": "2036-07-01", "why": "DISPUTE"
    }  # fmt: skip


def test_five_years_after_the_contract_it_is_gone_and_no_day_earlier():
    call = Call()
    call.ends(date(2026, 6, 1))
    assert [call.forgotten(date(2031, 6, day)) for day in (1, 2, 3)] == [0, 1, 0]


def test_a_call_about_a_claim_follows_the_contract_of_the_claim_and_waits_for_its_end():
    call = Call(about_policy=False)
    make.consent(call.house.lin)
    claim = make.reported_claim(call.house.lin, policy_number=call.policy.number)
    contact.link(
        conversation_id=call.talk.pk, about=claim.ref, actor=call.seat.told(NOON)["actor"], at=NOON
    )
    call.ends(date(2026, 6, 1))
    assert call.forgotten(date(2032, 1, 1)) == 0, "the claim is open"


def test_a_call_without_a_contract_is_kept_as_recordings_are_in_general():
    call = Call(about_policy=False)
    assert queries.recording_kept(call.talk.pk, NOON).until == date(2031, 3, 4)
    assert [call.forgotten(date(2031, 3, day)) for day in (4, 5)] == [0, 1]


def test_the_page_says_until_when_and_why():
    call = Call()
    assert "保险合同还没有终止" in call.page()
    call.ends(date(2026, 6, 1))
    page = call.page(date(2026, 6, 1))
    assert "保存至 2031年6月1日，因为" in page
    assert "此后保存 5 年" in page
    assert call.policy.number in page
    call.house.receive(about=call.contract)
    page = call.page()
    assert "还不能确定保存到哪一天" in page
    assert "投诉还没有办结" in page
