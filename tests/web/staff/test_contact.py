"""坐席、看板、回访、排班: each page with the right person, and one story from ringing to the claim."""

import re
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from tests import make
from tests.contact.desk import Desk, person
from tests.contact.test_follow_ups import YES, begun
from tests.web.signing import signed_in
from yilu.contact import operations, queries
from yilu.contact.models import Conversation, FollowUp, GreenRoute, Problem, Seat, Shift
from yilu.gateways.calls import CallEvent
from yilu.journal import queries as journal
from yilu.kernel.days import CHINA
from yilu.kernel.refs import SYSTEM, Ref
from yilu.people import queries as people

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(noon, db):
    make.standards_in_force()
    return Desk()


@pytest.fixture
def seat(desk):
    return desk.seat({"general": 1, "claims": 1})


def browser(who):
    return signed_in(Ref("staff", who.staff_id))


def act(client, talk, step, **given):
    return client.post(f"/staff/contact/conversations/{talk}/do/{step}", given, follow=True)


def test_a_call_rings_is_answered_and_ends_in_a_claim_with_what_is_known(desk, seat):
    policy = make.medical_policy(desk.office, holder_id=desk.party)
    agent = browser(seat)
    earlier = desk.call()
    operations.keep_fact(
        conversation_id=earlier, name="hospital", value="市一医院", actor=SYSTEM, at=make.NOON
    )
    talk = desk.waiting()
    assert "请其他同事接" in agent.get("/staff/contact/now").content.decode()
    page = act(agent, talk, "accept").content.decode()
    assert "市一医院" in page
    assert "您之前说过的我这里都有" in page
    act(agent, talk, "know", name="loss_date", value="2026-03-01")
    act(agent, talk, "know", name="policy", value=str(policy.id))
    act(agent, talk, "know", name="claim_type", value="MEDICAL")
    page = act(agent, talk, "say", text="我的身份证 310101199001011234").content.decode()
    assert "310101199001011234" not in page
    claim = act(agent, talk, "claim").content.decode()
    assert 'value="2026-03-01"' in claim
    page = act(
        agent,
        talk,
        "wrap-up",
        reason="REPORT.illness",
        resolved="no",
        problem="等诊断证明",
        note="已报案",
    ).content.decode()
    assert "已转问题件" in page
    row = Conversation.objects.get(pk=talk)
    assert (row.state, row.sub_reason, row.resolved) == ("CLOSED", "illness", False)
    case = Problem.objects.get()
    url = f"/staff/contact/problems/{case.pk}"
    assert "三个工作日内答复" in agent.get(url).content.decode()
    assert agent.post(url, {"act": "track", "words": ""}).status_code == 422
    agent.post(url, {"act": "track", "words": "已电话"})
    agent.post(url, {"act": "solve", "words": "资料已收到"})
    case.refresh_from_db()
    assert (case.state, case.steps) == ("SOLVED", 1)
    for path in ("problems?solved=1", "conversations?state=CLOSED&reason=REPORT", "problems", ""):
        assert agent.get(f"/staff/contact/{path}").status_code == 200


def test_a_refused_step_is_said_and_nothing_happens(desk, seat):
    agent, talk = browser(seat), desk.waiting()
    operations.decline(conversation_id=talk, **seat.told(make.NOON))
    assert "可能客户已挂断" in act(agent, talk, "accept").content.decode()
    assert Conversation.objects.get(pk=talk).state == "QUEUED"
    assert act(agent, talk, "dance").status_code == 404
    assert agent.post("/staff/contact/seat/dance").status_code == 404
    assert (
        "示忙"
        in agent.post("/staff/contact/seat/pause", {"why": "MEAL"}, follow=True).content.decode()
    )
    agent.post("/staff/contact/seat/ready")
    act(agent, talk, "decline")  # back again, it is asked again: there is nobody else
    agent.post("/staff/contact/seat/off")
    assert Seat.objects.get(pk=seat.staff_id).state == "OFFLINE"


def test_a_seat_finds_out_who_calls_and_begins_talks_itself(desk, seat):
    agent = browser(seat)
    page = agent.post("/staff/contact/seat/begin", {"channel": "COUNTER"}, follow=True)
    talk = Conversation.objects.get()
    assert "是哪位客户" in page.content.decode()
    found = agent.get(f"/staff/contact/conversations/{talk.pk}?q=林客户").content.decode()
    assert "就是这位" in found
    act(agent, talk.pk, "name", party=desk.party)
    act(agent, talk.pk, "hang-up")
    talk.refresh_from_db()
    assert (talk.party_id, talk.state) == (desk.party, "WRAPPING")


@pytest.mark.parametrize(("who", "known"), [("phone", True), ("林客户", True), ("林客", False)])
def test_a_seat_begins_with_somebody_as_one_knows_people(desk, seat, who, known):
    make.party(desk.office, name="林客人")
    who = people.get_contact(Ref("party", desk.party)).phone if who == "phone" else who
    told = {"channel": "PHONE", "who": who}
    page = browser(seat).post("/staff/contact/seat/begin", told, follow=True).content.decode()
    assert Conversation.objects.get().party_id == (desk.party if known else None)
    assert ("就是这位" in page) is not known


def test_a_seat_begins_nothing_with_nobody(desk, seat):
    page = browser(seat).post("/staff/contact/seat/begin", {"who": "没有人"}, follow=True)
    assert "没有找到这位客户" in page.content.decode()
    assert not Conversation.objects.exists()


def test_the_board_shows_each_hotline_and_numbers_nobody_wrote_down():
    make.house_standards()
    lead, now = browser(Desk(office=make.head_office()).boss), timezone.now()
    assert "还没有热线来电" in lead.get("/staff/contact/board/now").content.decode()
    for n, called in enumerate(("4000000001", "02155550000")):
        told = CallEvent(f"e{n}", f"c{n}", "offered", now, caller="13800138077", called=called)
        operations.hear(driver="fake", event=told, tell=lambda *_told: "", at=now)
    page = lead.get("/staff/contact/board").content.decode()
    assert "有人打到没有登记的号码 02155550000" in page
    assert page.count("理赔热线") == 2  # today and the week
    assert "没有登记的号码 4000000001" not in page


def test_calls_in_and_out_of_a_year_are_counted_by_month_for_ones_own_offices(desk, seat):
    """A call that ended with the machine came in too; a call back nobody dialled yet did not go out."""
    at = {"opened_at": make.NOON}
    desk.call()
    answered = desk.waiting()
    operations.accept(conversation_id=answered, **seat.told(make.NOON))
    made = desk.call(direction="OUT", channel="PHONE")
    Conversation.objects.filter(pk=made).update(connected_at=make.NOON, **at)
    desk.call(direction="OUT")
    desk.call(channel="CHAT")
    new_year = datetime(make.NOON.year, 1, 1, tzinfo=CHINA)  # still the year before in London
    Conversation.objects.filter(pk=desk.call()).update(opened_at=new_year)
    Conversation.objects.filter(pk=desk.call()).update(opened_at=new_year - timedelta(seconds=1))

    rows = {
        v.month.month: v
        for v in queries.call_volumes(desk.boss.access, make.NOON.year, at=make.NOON)
    }
    assert list(rows) == list(range(1, make.NOON.month + 1))
    noon, first = rows[make.NOON.month], rows[1]
    assert (noon.came_in, noon.asked, noon.answered, noon.went_out) == (2, 1, 1, 1)
    assert (first.came_in, first.total) == (1, 1)
    elsewhere = person(make.office(), "SERVICE_MANAGER").access
    assert not any(v.total for v in queries.call_volumes(elsewhere, make.NOON.year, at=make.NOON))

    page = browser(desk.boss).get(f"/staff/contact/volumes?year={make.NOON.year}").content.decode()
    assert "<strong>3</strong>" in " ".join(page.split())
    assert browser(desk.boss).get("/staff/contact/volumes?year=1").status_code == 200


def test_the_supervisor_sees_the_board_plans_and_switches(desk, seat):
    lead = browser(desk.boss)
    gone = desk.waiting(skill="complaints")
    operations.abandon(conversation_id=gone, cause="LONG_WAIT", actor=SYSTEM, at=make.NOON)
    week = " ".join(lead.get("/staff/contact/board").text.partition("没等到人工的原因")[2].split())
    assert "等待过长 1" in week.partition("</tbody>")[0]
    desk.waiting(skill="complaints")
    for path in ("board", "board/now", "roster", "seats", "green-route", "conversations"):
        assert lead.get(f"/staff/contact/{path}").status_code == 200, path
    assert "投诉受理" in lead.get("/staff/contact/board/now").content.decode()
    for chart in ("days", "plan", "seats"):
        assert lead.get(f"/staff/contact/charts/{chart}").json()["series"]
    assert lead.get("/staff/contact/charts/nothing").status_code == 404
    lead.post(
        "/staff/contact/roster/do",
        {"day": "2026-03-05", "staff": seat.staff_id, "from": "08:00", "to": "20:00"},
    )
    assert Shift.objects.count() == 1
    assert "7×12 有人" in lead.get("/staff/contact/roster?day=2026-03-05").content.decode()
    bad = {"day": "2026-03-05", "staff": seat.staff_id, "from": "25:00", "to": "x"}
    lead.post("/staff/contact/roster/do", bad)
    lead.post("/staff/contact/roster/do", {"day": "2026-03-05", "cancel": Shift.objects.get().pk})
    assert Shift.objects.get().cancelled_at
    assert lead.post("/staff/contact/seats", {"staff": seat.staff_id}).status_code == 422
    lead.post("/staff/contact/seats", {"staff": seat.staff_id, "skill_senior": "2", "reserve": "1"})
    assert queries.seat_of(seat.staff_id).skills == {"senior": 2}
    assert lead.post("/staff/contact/green-route", {"title": "暴雨"}).status_code == 422
    given = {"title": "暴雨", "notice": "先治疗", "why": "预警", "branches": [desk.office]}
    lead.post("/staff/contact/green-route", given)
    customer = signed_in(Ref("party", desk.party))
    assert "先治疗" in customer.get("/").content.decode()
    lead.post("/staff/contact/green-route", {"close": GreenRoute.objects.get().pk, "why": "解除"})
    assert "先治疗" not in customer.get("/").content.decode()


def test_a_new_policy_is_followed_up_on_the_sheet_and_by_the_customer(desk):
    agent_id = make.agent(desk.office)
    visit = begun(desk, agent_id)
    caller = browser(person(desk.office, "CALL_AGENT"))
    url = f"/staff/contact/follow-ups/{visit.pk}"
    assert "不是销售人员" in caller.get(url).content.decode()
    assert caller.post(url, {"act": "answers"}).status_code == 422
    caller.post(url, {"outcome": "WRONG_NUMBER", "kind": "CALL"})
    seller = signed_in(Ref("agent", agent_id))
    line = seller.get("/agent/line").content.decode()
    assert "联系电话错误" in line
    assert re.search(r'required>\s*<option value="">请选择', line), (
        "nobody is reported about by a slip"
    )
    case = Problem.objects.get()
    seller.post("/agent/line", {"case": case.pk, "words": "客户换号了"})
    seller.post("/agent/line", {"party": visit.party_id, "words": "想改缴费账户"})
    assert Problem.objects.filter(kind="AGENT").count() == 1
    assert (
        seller.post("/agent/line", {"party": desk.party, "words": "别人的客户"}).status_code == 404
    )
    for path in (
        "follow-ups",
        "follow-ups?group=later",
        "follow-ups?group=closed",
        "follow-ups/report",
    ):
        assert caller.get(f"/staff/contact/{path}").status_code == 200
    holder = signed_in(Ref("party", visit.party_id))
    mine = f"/c/policies/{visit.policy_id}/follow-up"
    assert "八个小问题" in holder.get("/").content.decode()
    assert holder.post(mine, {"loss": "YES"}).status_code == 422
    holder.post(mine, YES)
    assert "回访已完成" in holder.get(mine).content.decode()
    assert FollowUp.objects.get().state == "DONE"
    assert signed_in(Ref("party", desk.party)).get(mine).status_code == 404


def test_a_seat_is_shown_the_number_it_is_to_call_and_leaves_a_trace(desk, seat):
    window = browser(seat)
    url = f"/staff/contact/conversations/{desk.waiting(channel='VOICEMAIL', party_id=None, address='13800138077')}"
    talk = int(url.rpartition("/")[2])
    assert window.post(f"{url}/number").status_code == 302, "not yet at this seat"
    operations.accept(conversation_id=talk, **seat.told(make.NOON))
    assert "+8613800138077" not in window.get(url).content.decode()
    shown = window.post(f"{url}/number")
    assert "tel:+8613800138077" in shown.content.decode()
    assert "no-store" in shown.headers["Cache-Control"]
    kinds = [event.kind for event in journal.timeline(Ref("conversation", talk))]
    assert kinds.count("contact.number_shown") == 1
    none = desk.waiting(channel="EMAIL", address="lin@example.com")
    with pytest.raises(operations.NotYourConversation):
        operations.show_number(conversation_id=none, **seat.told(make.NOON))
