"""Every month each department hears what follow-ups, questions and complaints say of it, and answers (A105)."""

from datetime import timedelta

import pytest
import time_machine

from tests import make
from tests.contact.desk import Desk
from tests.make import NOON
from tests.web.signing import signed_in
from yilu.complaints import operations as complaints
from yilu.contact import operations as contact
from yilu.journal.models import Event
from yilu.kernel.errors import NotAllowed
from yilu.kernel.refs import Ref
from yilu.voice import operations as voice
from yilu.voice import queries, refusals
from yilu.voice.models import MonthlyReport, ReportAnswer
from yilu.voice.rules import departments
from yilu.work.models import Item

LATER = NOON + timedelta(days=31)


@pytest.mark.parametrize(
    ("said", "department"),
    [(("CLAIMS", "SLOW"), "CLAIMS"), (("CLAIMS", "MISLED"), "SALES"), (("SURRENDER", "AMOUNT"), "SERVICING"),
     (("PRIVACY", "PRIVACY"), "SERVICE"), (("", ""), "SERVICE")],
)  # fmt: skip
def test_a_complaint_goes_where_it_came_from(said, department):
    assert departments.of_complaint(*said) == department


def test_every_question_has_a_department_and_complaints_are_counted_once():
    from yilu.contact.rules.reasons import REASONS

    for code, reason in REASONS.items():
        for sub in reason.subs:
            told = departments.of_contact(code, sub)
            assert told in departments.DEPARTMENTS or code in ("COMPLAINT", "FOLLOW_UP"), (
                code,
                sub,
            )


@pytest.fixture
def month(db):
    make.standards_in_force()
    desk = Desk()
    seat = desk.seat({"general": 1})
    for n, sub in enumerate(["claim_progress", "claim_progress", "policy"]):
        talk = desk.call()
        contact.take_up(conversation_id=talk, **seat.told(NOON))
        contact.hang_up(conversation_id=talk, by="SEAT", actor=Ref("staff", seat.staff_id), at=NOON)
        contact.wrap_up(
            conversation_id=talk, reason="QUERY", sub_reason=sub, resolved=n > 0, note="", problem="",
            **seat.told(NOON),
        )  # fmt: skip
    complaints.receive(
        party_id=desk.party, channel="PHONE", access=desk.boss.access, actor=Ref("staff", desk.boss.staff_id),
        told=complaints.Told(business="CLAIMS", reason="SLOW", words="报案一个月了还没有结果。"), at=NOON,
    )  # fmt: skip
    for _twice in range(2):
        voice.make_reports(at=LATER)
    return desk, MonthlyReport.objects.get()


def test_each_department_is_told_and_answers_once(month):
    desk, held = month
    report = queries.get_report(held.pk, desk.boss.access)
    told = {
        each.department: [(str(line.source), str(line.what), line.count, line.wrong) for line in each.lines]
        for each in report.told
    }  # fmt: skip
    assert told == {
        "CLAIMS": [("咨询", "查询 · 理赔进度", 2, 1), ("投诉", "理赔 · 办理太慢", 1, 0)],
        "SERVICING": [("咨询", "查询 · 保单信息", 1, 0)],
    }
    assert Item.objects.get(queue_id="voice.report").closed_at is None
    text = "进度页面补上预计日期，理赔部三月底上线。"
    told = {"report_id": held.pk, **desk.boss.told(LATER)}
    for department in ("CLAIMS", "CLAIMS", "SERVICING"):
        voice.answer_report(department=department, text=text, **told)
    assert queries.get_report(held.pk, desk.boss.access).unanswered == 0
    assert Event.objects.filter(kind="voice.report_answered").count() == 2
    assert Item.objects.get(queue_id="voice.report").closed_at == LATER


def test_an_answer_that_says_nothing_or_of_a_stranger_is_refused(month):
    desk, held = month
    told = {"report_id": held.pk, **desk.boss.told(LATER)}
    with pytest.raises(refusals.AnswerNeeded):
        voice.answer_report(department="CLAIMS", text="知道了", **told)
    with pytest.raises(refusals.NoSuchDepartment):
        voice.answer_report(department="SALES", text="没有我们部门的事情，不用改。", **told)
    other, _ref = make.colleague(make.office(), "SERVICE_MANAGER")
    with pytest.raises(refusals.ReportNotFound):
        voice.answer_report(
            department="CLAIMS", text="别家机构的人不能答复。", **{**told, "access": other}
        )
    nobody, _ref = make.colleague(desk.office, "ASSESSOR")
    with pytest.raises(NotAllowed):
        voice.answer_report(
            department="CLAIMS", text="没有权限的人不能答复。", **{**told, "access": nobody}
        )
    assert ReportAnswer.objects.count() == 0
    with time_machine.travel(LATER, tick=False):
        boss = signed_in(Ref("staff", desk.boss.staff_id))
        page = boss.get(f"/staff/voice/reports/{held.pk}").content.decode()
        assert "给理赔部门" in page
        place = f"/staff/voice/reports/{held.pk}/answer"
        assert boss.post(place, {"department": "CLAIMS", "text": "改"}).status_code == 422
        assert (
            boss.post(
                place, {"department": "CLAIMS", "text": "三月底上线进度日期，理赔部负责。"}
            ).status_code
            == 302
        )
    assert ReportAnswer.objects.get().by == f"staff:{desk.boss.staff_id}"
