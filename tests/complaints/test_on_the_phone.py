"""What a complainant sees and presses on the phone, and what presses first at the desk."""

from __future__ import annotations

import pytest
import time_machine

from tests import make
from tests.complaints.house import WORDS, after
from tests.make import NOON
from tests.web.signing import signed_in
from yilu.complaints import operations as complaints
from yilu.complaints import queries
from yilu.complaints.models import Complaint
from yilu.kernel.refs import Ref
from yilu.messaging.models import Message
from yilu.voice.models import Feedback
from yilu.work.models import Item

pytestmark = pytest.mark.django_db


class TestOnThePhone:
    def test_urging_is_heard_once_a_day_and_the_second_time_by_the_lead(self, house):
        got = house.receive()
        assert complaints.urge(complaint_id=got.id, actor=house.me, at=NOON) == 1
        with pytest.raises(complaints.UrgedToday):
            complaints.urge(complaint_id=got.id, actor=house.me, at=NOON)
        assert not Item.objects.filter(queue_id="complaints.late").exists()
        assert complaints.urge(complaint_id=got.id, actor=house.me, at=after(1)) == 2
        assert Item.objects.filter(queue_id="complaints.late", state="OPEN").count() == 1
        with pytest.raises(complaints.ComplaintNotFound):
            complaints.urge(
                complaint_id=got.id, actor=Ref("party", make.party(house.office)), at=after(2)
            )
        house.decide(got.id, at=after(2))
        with pytest.raises(complaints.NotNow):
            complaints.urge(complaint_id=got.id, actor=house.me, at=after(3))

    def test_the_second_round_is_answered_by_somebody_else(self, house):
        got = house.receive()
        house.decide(got.id, "lead")
        complaints.say_content(complaint_id=got.id, content=False, actor=house.me, at=after(1))
        with pytest.raises(complaints.SameEyes):
            house.decide(got.id, "lead", at=after(2))
        assert Complaint.objects.get().state == "OPEN"
        house.decide(got.id, "officer", at=after(2))
        assert Message.objects.filter(template="complaints.second_round").count() == 1

    def test_a_complaint_is_told_shown_answered_and_rated_on_the_phone(self, house):
        with time_machine.travel(NOON, tick=False):
            web = signed_in(house.me)
            refused = web.post("/c/complaints/new", {"words": WORDS, "business": "", "reason": ""})
            assert refused.status_code == 422
            assert WORDS in refused.content.decode()
            web.post("/c/complaints/new", {"words": WORDS, "business": "", "reason": "SLOW"})
            case = queries.list_for_customer(house.lin)[0]
            assert case.business_label == "其他", "nobody had to know which part of the business"
            page = f"/c/complaints/{case.id}"
            assert case.owner_name in web.get(page).content.decode()
            assert "最晚" in web.get("/c/complaints").content.decode()
            house.by(
                "seat", complaints.note_word, case.id, kind="INQUIRY", text="查了录音，坐席有错"
            )
            house.by("seat", complaints.note_word, case.id, kind="OFFER", text="先垫付再补件")
            shown = web.get(page).content.decode()
            assert "先垫付再补件" in shown
            assert "查了录音" not in shown, "what was looked into inside stays inside"
            assert web.post(f"{page}/rate", {"stars": "5"}).status_code == 409
            house.decide(case.id)
            shown = web.get(page).content.decode()
            assert "资料应一次性告知" in shown
            assert "请上级重新处理" in shown
            web.post(f"{page}/content")
            for stars in ("4", "1"):
                assert web.post(f"{page}/rate", {"stars": stars}).status_code == 302
        assert [f.stars for f in Feedback.objects.filter(journey="complaint")] == [4]


def test_who_watches_sees_first_what_presses_first(house):
    first, late = house.receive(after(-20)), house.receive(after(-14), business="SALES")
    held = house.receive(after(-13), business="RENEWAL")
    fresh = house.receive(business="OTHER")
    house.by("seat", complaints.note_word, fresh.id, kind="CALL", text="已致电")
    complaints.urge(complaint_id=fresh.id, actor=house.me, at=NOON)
    house.by(
        "lead", complaints.ask_outside, held.id, after(-12), kind="MEDIATION", body="调解中心",
        proof="短信",
    )  # fmt: skip
    seen = {each.code: each.count for each in queries.standing(house.lead, NOON)}
    assert seen == {
        "late": 1, "soon": 1, "uncontacted": 3, "urged": 1, "outside": 1, "review": 0, "": 4,
    }  # fmt: skip
    order = [row.id for row in queries.list_pressing(house.lead, NOON)]
    assert order[:2] == [first.id, late.id]
    assert [row.id for row in queries.list_pressing(house.lead, NOON, pressing="urged")] == [
        fresh.id
    ]
    far, _far_ref = make.colleague(make.office(), "SERVICE_MANAGER", username="far")
    assert queries.standing(far, NOON)[-1].count == 0
    assert queries.list_pressing(far, NOON) == ()
