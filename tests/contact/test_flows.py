"""The hotline's flow: written by one, checked seven times, approved by another, in force from a day."""

from datetime import timedelta

import pytest

from tests.contact.desk import Desk, person
from tests.contact.test_ivr_calls import Line
from tests.make import NOON
from yilu.contact import operations, queries
from yilu.contact.models import FlowVersion
from yilu.contact.queries.flows import shipped_text
from yilu.contact.rules import flow_checks
from yilu.contact.rules.ivr_reading import read_flow
from yilu.kernel.errors import NotAllowed

pytestmark = pytest.mark.django_db(transaction=True)
TODAY = NOON.date()
OLD, NEW = "您好，这里是客户服务热线", "您好，一路人寿客户服务热线"
EVIDENCE = "三月二日班前会讲过，并拨测了十通"


class Leads:
    """Two colleagues: one writes, the other approves."""

    def __init__(self):
        self.desk = Desk()
        self.writer = self.desk.boss
        self.other = person(self.desk.office, "STANDARDS_EDITOR")

    def draft(self, old=OLD, new=NEW, *, at=NOON, **given):
        told = {"text": shipped_text().replace(old, new), "note": "改称呼", "since": TODAY}
        return operations.draft_flow(**{**told, **given}, **self.writer.told(at))

    def answer(self, number, *checks, at=NOON):
        for check in checks or ("told", "load"):
            operations.answer_flow_check(
                version_id=number,
                check=check,
                passed=True,
                evidence=EVIDENCE,
                **self.writer.told(at),
            )

    def approve(self, number, at=NOON):
        return operations.approve_flow(version_id=number, **self.other.told(at))

    def put_in_force(self, *words, at=NOON, **given):
        number = self.draft(*words, at=at, **given)
        self.answer(number, at=at)
        self.approve(number, at=at)
        return number


@pytest.fixture
def leads():
    return Leads()


def test_calls_follow_a_version_from_its_day_and_keep_it_to_their_end(leads):
    begun = Line(key="begun")
    assert begun.said[0].startswith(OLD)
    number = leads.draft(since=TODAY + timedelta(days=1))
    leads.answer(number)
    assert leads.approve(number) == TODAY + timedelta(days=1)
    assert Line(key="today").said[0].startswith(OLD), "its day has not come"
    spoken = [each.words for each in queries.prompts_to_speak(TODAY)]
    assert sum(words.startswith((OLD, NEW)) for words in spoken) == 2, "but it is spoken beforehand"
    assert len(spoken) == len(set(spoken))
    tomorrow = NOON + timedelta(days=1)
    assert queries.flow_on(tomorrow.date()).nodes["greeting"].say.startswith(NEW)
    leads.put_in_force("[nodes.ask_claim]", "[nodes.ask_claims]", text=_renamed())
    late = Line(key="late")
    assert late.keys("2"), "the place has another name for calls that begin now"
    assert begun.keys("2"), "and its old name for calls that began before"
    shown = [row.state for row in queries.list_flows(TODAY)]
    assert shown == ["APPROVED"] * 3


def _renamed():
    return shipped_text().replace("ask_claim", "asks_claim")


def test_goes_live_with_seven_answers_and_another_hand(leads):
    number = leads.draft()
    told = {"access": leads.other.access, "actor": leads.writer.told(NOON)["actor"], "at": NOON}
    with pytest.raises(operations.OwnFlow):
        operations.approve_flow(version_id=number, **told)
    with pytest.raises(NotAllowed):
        operations.approve_flow(version_id=number, **leads.writer.told(NOON))
    with pytest.raises(Exception, match="七必查") as refused:
        leads.approve(number)
    assert str(refused.value.hint) == "还差：查告知、查压力"
    leads.answer(number)
    assert leads.draft(new="您好") == number, "another text, the same draft"
    with pytest.raises(Exception, match="七必查"):
        leads.approve(number)
    leads.answer(number)
    leads.approve(number)
    with pytest.raises(operations.FlowNotADraft):
        leads.approve(number)
    assert [row.is_shipped for row in queries.list_flows(TODAY)] == [False, True]


def test_what_people_cannot_follow_is_no_draft_and_what_they_cannot_read_is_not_answered_away(
    leads,
):
    with pytest.raises(operations.WrongFlow) as refused:
        leads.draft('next = "policy_check"', 'next = "nowhere"')
    assert "nodes.policy_birth" in refused.value.problems[0]
    for wrong, reason in (
        ({"note": " "}, operations.FlowNoteNeeded), ({"since": None}, operations.BadFlowDay),
        ({"since": TODAY - timedelta(days=1)}, operations.BadFlowDay),
        ({"new": OLD}, operations.FlowNoNews), ({"text": "x" * 60_001}, operations.WrongFlow),
    ):  # fmt: skip
        with pytest.raises(reason):
            leads.draft(**wrong)
    assert not FlowVersion.objects.exists()
    number = leads.draft(new="您好，理算请按 1。")
    with pytest.raises(Exception, match="系统检查没有通过"):
        leads.answer(number, "readable")


def test_a_version_is_withdrawn_before_its_day_and_rolled_back_after_it(leads):
    told = leads.writer.told(NOON)
    with pytest.raises(operations.NoEarlierFlow):
        operations.roll_back_flow(**told)
    given_up = leads.draft()
    for _twice in range(2):
        operations.withdraw_flow(version_id=given_up, **told)
    number = leads.put_in_force()
    with pytest.raises(operations.FlowNotADraft):
        operations.withdraw_flow(version_id=number, **told)
    assert queries.flow_on(TODAY).nodes["greeting"].say.startswith(NEW)
    operations.roll_back_flow(**told)
    assert queries.text_in_force(TODAY) == shipped_text()
    assert Line(key="back").said[0].startswith(OLD)
    with pytest.raises(operations.FlowNotFound):
        operations.withdraw_flow(version_id=number + 99, **told)


def test_the_machine_says_no_where_nobody_on_duty_is_the_end_of_it():
    text = shipped_text().replace('keys = { 1 = "callback", 2 = "voicemail", 8', "keys = { 8")
    said = {each.check: each.passed for each in flow_checks.run(read_flow(text))}
    assert said == {
        "way_on": True, "continuation": False, "clock_owner": True, "readable": True, "rollback": True,
    }  # fmt: skip


def test_what_a_version_changes_is_told_place_by_place():
    before = read_flow(shipped_text())
    after = read_flow(_renamed().replace("感谢来电，再见。", "再见。"))
    found = {(each.kind, each.place): each.new_words for each in flow_checks.changes(before, after)}
    assert found["OTHER", "bye"] is True
    assert found["OTHER", "greeting"] is False, "another key, the same words"
    assert ("NEW", "asks_claim") in found
    assert found["GONE", "ask_claim"] is False
