"""A customer asks an underwriter to call; the note of the talk stays on the application (A23)."""

from __future__ import annotations

import pytest

from tests import make
from tests.contact.desk import Desk
from tests.underwriting.story import Story, insurer
from tests.underwriting.test_underwriter_decides import HIGH
from tests.web.signing import signed_in
from yilu.contact import operations as contact
from yilu.journal.models import Event
from yilu.kernel.errors import NotAllowed
from yilu.kernel.refs import SYSTEM, Ref
from yilu.obligations import queries as obligations
from yilu.people import queries as people
from yilu.underwriting import operations as underwriting
from yilu.underwriting.models import Application, Talk
from yilu.underwriting.queries.talks import may_ask, talks_of
from yilu.underwriting.rules.lifecycle import State
from yilu.work.models import Item

pytestmark = pytest.mark.django_db
ASKED = {"question": "为什么要加费，吃药控制好了能不能减", "wish": "MORNING"}
SAID = "解释了血压与加费的关系，客户表示理解"


@pytest.fixture
def office(db):
    return insurer()


@pytest.fixture
def story(office):
    told = Story(office)
    assert told.submitted(**HIGH).state == "REFERRED"
    return told


@pytest.fixture
def he(office):
    access, actor = make.colleague(office, "UNDERWRITER")
    return {"access": access, "actor": actor}


def ask(story, **given):
    return story.do(underwriting.ask_for_talk, **{**ASKED, **given})


def note(story, he, reached=True, said=SAID, **given):
    return story.do(underwriting.note_talk, reached=reached, note=said, **{**he, **given})


def promise(story):
    found = obligations.list_clocks(story.row.ref, story.at)
    return [c.state for c in found if c.code == "pledge.underwriter_calls_one_day"]


def waiting():
    return Item.objects.filter(queue_id="underwriting.talk").exclude(state="DONE").count()


class TestAsking:
    def test_reaches_the_desk_once_with_a_promise(self, story):
        first = ask(story)
        assert ask(story, question="还想问除外", wish="ANY") == first

        (talk,) = talks_of(story.id)
        assert (talk.question, talk.wish, talk.state) == ("还想问除外", "ANY", "WAITING")
        assert (waiting(), promise(story)) == (1, ["RUNNING"])
        assert Event.objects.filter(kind="underwriting.talk_asked").count() == 1
        assert story.row.state == "REFERRED"

    @pytest.mark.parametrize(
        "wrong", [{"question": " "}, {"question": "问" * 301}, {"wish": "NIGHT"}]
    )
    def test_needs_something_to_ask_and_a_time(self, story, wrong):
        with pytest.raises(underwriting.BadTalk):
            ask(story, **wrong)
        assert (talks_of(story.id), waiting()) == ((), 0)

    def test_is_the_holders_own(self, office, story):
        agent = make.agent(office)
        Application.objects.filter(pk=story.id).update(agent_id=agent)
        with pytest.raises(underwriting.ForTheCustomer):
            ask(story, actor=Ref("agent", agent))
        with pytest.raises(underwriting.ApplicationNotFound):
            ask(story, actor=Ref("party", make.party(office)))
        assert waiting() == 0

    def test_is_possible_wherever_there_is_a_verdict_to_talk_about(self, office):
        asked = {state.value for state in State if may_ask(state)}
        assert asked == {"REFERRED", "EXAMINATION", "OFFERED", "POSTPONED", "DECLINED"}
        with pytest.raises(underwriting.NotPossibleNow):
            ask(Story(office))


class TestTalking:
    def test_is_noted_and_nothing_is_left_to_do(self, story, he):
        ask(story)
        note(story, he)

        (talk,) = talks_of(story.id)
        assert (talk.state, talk.note, talk.talked_at) == ("DONE", SAID, story.at)
        assert talk.by == people.names_of([he["actor"]])[he["actor"]]
        assert (waiting(), promise(story)) == (0, ["MET"])
        assert SAID not in str(list(Event.objects.values_list("facts", flat=True)))
        ask(story)  # there may be another question
        assert (waiting(), sorted(promise(story))) == (1, ["MET", "RUNNING"])

    def test_not_reached_goes_on_waiting(self, story, he):
        ask(story)
        for tries in (1, 2):
            note(story, he, reached=False, said="")
            (talk,) = talks_of(story.id)
            assert (talk.state, talk.tries, talk.tried_at) == ("WAITING", tries, story.at)
        assert (waiting(), promise(story)) == (1, ["RUNNING"])

    def test_an_underwriters_own_call_is_kept_too(self, story, he):
        note(story, he)
        (talk,) = talks_of(story.id)
        assert (talk.state, talk.asked_at, talk.note) == ("DONE", None, SAID)

    @pytest.mark.parametrize(
        ("reached", "said"), [(True, ""), (True, "已沟通"), (True, "谈" * 1001), (False, "")]
    )
    def test_nothing_is_kept_that_says_nothing(self, story, he, reached, said):
        with pytest.raises(underwriting.BadTalkNote):
            note(story, he, reached=reached, said=said)
        assert not Talk.objects.exists()

    def test_needs_the_right_over_the_office(self, office, story):
        ask(story)
        for office_id, role in ((office, "COUNTER"), (make.office(), "UNDERWRITER")):
            access, actor = make.colleague(office_id, role)
            with pytest.raises(NotAllowed):
                note(story, {"access": access, "actor": actor})
        assert talks_of(story.id)[0].state == "WAITING"

    def test_a_draft_has_no_desk(self, office, he):
        with pytest.raises(underwriting.ApplicationNotFound):
            note(Story(office), he)


def test_nobody_calls_about_what_was_taken_back(story):
    ask(story)
    story.do(underwriting.withdraw)
    assert [t.state for t in talks_of(story.id)] == ["DROPPED"]
    assert (waiting(), promise(story)) == (0, ["CANCELLED"])


def test_the_customer_asks_and_the_underwriter_notes_it_on_their_pages(office, story):
    mine, here = signed_in(story.me), f"/c/applications/{story.id}"
    assert "请核保员回电" in mine.get(here).content.decode()
    assert mine.post(f"{here}/do/talk", ASKED).url == here
    seen = mine.get(here).content.decode()
    assert "一个工作日内给您回电" in seen
    assert ASKED["question"] in seen

    desk = signed_in(make.colleague(office, "UNDERWRITER")[1])
    place = f"/staff/underwriting/{story.id}"
    assert ASKED["question"] in desk.get(place).content.decode()
    assert desk.post(f"{place}/talk", {"reached": "no"}).url == place
    assert "打过电话没有接通" in mine.get(here).content.decode()
    refused = desk.post(f"{place}/talk", {"reached": "yes", "note": "谈过"})
    assert refused.status_code == 422
    assert "谈过</textarea>" in refused.content.decode()
    assert desk.post(f"{place}/talk", {"reached": "yes", "note": SAID}).url == place
    assert SAID in desk.get(place).content.decode()
    seen = mine.get(here).content.decode()
    assert "核保员和您通过话" in seen
    assert SAID not in seen


def test_a_seat_on_the_line_asks_for_the_customer_and_each_page_leads_to_the_other(office, story):
    desk = Desk(office=office, party=story.holder_id)
    told = desk.seat({"general": 1}, ready_at=story.at).told(story.at)
    talk = desk.waiting(at=story.at)
    contact.accept(conversation_id=talk, **told)
    contact.add_turn(
        conversation_id=talk, who="CUSTOMER", text="为什么要加费", actor=SYSTEM, at=story.at
    )
    seat, page = signed_in(told["actor"]), f"/staff/contact/conversations/{talk}"
    assert "为什么要加费</textarea>" in seat.get(page).content.decode()
    other = Story(office)
    for wrong in ({"application": other.id, "question": "问"}, {"application": story.id}):
        seat.post(f"{page}/do/underwriter", {"wish": "ANY", **wrong})
    assert waiting() == 0

    given = {"application": story.id, "wish": "MORNING", "question": "为什么要加费"}
    answer = seat.post(f"{page}/do/underwriter", given, follow=True).content.decode()
    assert "一个工作日内给客户回电" in answer
    (asked,) = talks_of(story.id)
    assert (asked.question, asked.state, waiting()) == ("为什么要加费", "WAITING", 1)
    _access, boss = make.colleague(office, "SERVICE_MANAGER")
    at_desk = signed_in(boss).get(f"/staff/underwriting/{story.id}").content.decode()
    assert page in at_desk


def test_a_seat_of_another_branch_asks_for_nobody(office, story):
    elsewhere = Desk(office=make.office(), party=story.holder_id)
    told = elsewhere.seat({"general": 1}, ready_at=story.at).told(story.at)
    with pytest.raises(underwriting.ApplicationNotFound):
        ask(story, actor=told["actor"], access=told["access"])
    assert waiting() == 0
