"""Several numbers to call: which flow, who answers, until when, and what is counted of each."""

from datetime import datetime, timedelta

import pytest

from tests import make
from tests.contact.desk import Desk
from tests.make import NOON
from yilu.contact import operations, queries
from yilu.contact.models import Call, Conversation, Waiting
from yilu.contact.queries.flows import shipped_flow
from yilu.contact.rules.hotlines import TABLE, number_called
from yilu.contact.rules.knowing import Known, newest
from yilu.gateways.calls import CallEvent, Say
from yilu.journal import queries as journal
from yilu.kernel.days import CHINA
from yilu.kernel.refs import Ref
from yilu.standards import operations as standards
from yilu.standards import queries as laid_down

pytestmark = pytest.mark.django_db(transaction=True)

CLAIMS, COMPANIES, UNKNOWN = "4000000001", "4000000003", "02155550000"
MORNING = NOON - timedelta(hours=2)
SUNDAY = datetime(2026, 3, 8, 10, 0, tzinfo=CHINA)


@pytest.fixture
def desk():
    make.house_standards()
    return Desk(office=make.head_office())


class Caller:
    """Somebody who dials a number."""

    count = 0

    def __init__(self, called, at=MORNING):
        Caller.count += 1
        self.key, self.at, self.n = f"h{Caller.count}", at, 0
        self.heard = self.tell("offered", called=called)

    def tell(self, kind="digits", **more):
        self.n += 1
        self.at += timedelta(seconds=2)
        caller = "13800138077" if kind == "offered" else ""
        told = CallEvent(f"e{self.n}", self.key, kind, self.at, caller=caller, **more)
        heard = operations.hear(driver="fake", event=told, tell=lambda *_told: "", at=self.at)
        self.heard = heard
        return heard

    @property
    def said(self):
        return [verb.text for verb in self.heard.verbs if isinstance(verb, Say)]

    @property
    def row(self):
        return Conversation.objects.get(pk=self.heard.conversation_id)


@pytest.mark.parametrize(
    ("told", "number"),
    [
        ("+86 400-000-0001", "4000000001"), ("008695500", "95500"), ("(021) 5555", "0215555"),
        ("", ""), ("86950", "86950"),
    ],
)  # fmt: skip
def test_a_number_is_read_as_the_table_writes_it(told, number):
    assert number_called(told) == number


def test_the_shipped_table_leads_to_places_and_skills_that_there_are():
    make.house_standards()
    outputs = {c.name: c for c in laid_down.compiled_at(TABLE, NOON).table.outputs}
    assert {*outputs["entrance"].choices} == {shipped_flow().start, *shipped_flow().entrances}
    assert {*outputs["skill"].choices} <= {"ANY", *queries.SKILLS}


def test_a_hotline_has_its_own_words_its_own_seats_and_tells_the_seat_its_name(desk):
    desk.seat({"claims": 1}, ready_at=MORNING)
    caller = Caller(f"+86{CLAIMS}")
    assert caller.said[0].startswith("您好，这里是理赔服务热线")
    caller.tell(digits="0")
    assert caller.row.skill == "claims"  # nothing was chosen, and it is the claims line
    [known] = queries.known_in(caller.row.pk, at=caller.at)
    assert (known.name, known.label, known.value) == ("hotline", "拨打的热线", "理赔热线")

    company = Caller(COMPANIES)
    company.tell(digits="0")
    assert company.row.skill == "servicing"
    reported = Caller(COMPANIES)
    for digits in ("1", "1", "20260101"):
        reported.tell(digits=digits)
    assert reported.row.skill == "claims"  # what it is about goes before the line it came by


def test_the_board_counts_each_hotline_by_itself(desk):
    seat = desk.seat({"claims": 1}, ready_at=MORNING)
    answered, waits = Caller(CLAIMS), Caller(COMPANIES)
    for caller in (answered, waits):
        caller.tell(digits="0")
    operations.accept(
        conversation_id=answered.row.pk, **seat.told(answered.at + timedelta(seconds=1))
    )
    Caller("").tell("released")  # hung up in the menu: a call, but nobody was asked for

    first, last = MORNING - timedelta(hours=1), NOON
    found = {each.name: each for each in queries.by_hotline(desk.boss.access, first, last)}
    assert {name: (d.calls, d.waiting, d.measures.asked) for name, d in found.items()} == {
        "理赔热线": (1, 0, 1), "企业客户热线": (1, 1, 1), "全国热线": (1, 0, 0),
    }  # fmt: skip
    assert found["理赔热线"].measures.answer_rate == 1
    assert found["全国热线"].measures.gave_up == 0
    whole = queries.measure(desk.boss.access, first, last)
    assert whole.asked == sum(d.measures.asked for d in found.values())
    stranger = Desk(office=make.office(code="ELSEWHERE")).boss.access
    assert not queries.by_hotline(stranger, first, last)


def test_a_number_nobody_wrote_down_is_answered_nationally_and_told_of_once(desk):
    first = Caller(UNKNOWN)
    assert first.said[0].startswith("您好，这里是客户服务热线")
    again = Caller(UNKNOWN)
    Caller("")  # none was told: nothing to write down
    assert [*Call.objects.order_by("pk").values_list("hotline", "listed")] == [
        ("全国热线", False), ("全国热线", False), ("全国热线", True)
    ]  # fmt: skip
    told = [
        event.facts["number"]
        for caller in (first, again)
        for event in journal.timeline(caller.row.ref)
        if event.kind == "contact.unknown_number_called"
    ]
    assert told == [UNKNOWN]

    def shown():
        found = queries.unknown_numbers(desk.boss.access, NOON - timedelta(days=7), at=NOON)
        return [(each.number, each.calls) for each in found]

    assert shown() == [(UNKNOWN, 2)]
    author, publisher = (Ref("staff", make.staff(desk.office)) for _ in range(2))
    standards.make_draft(code=TABLE, actor=author, at=NOON)
    revision = standards.add_row(
        code=TABLE, position=1, revision=0, actor=author, at=NOON,
        cells={"called": UNKNOWN, "name": "浦东团体热线", "entrance": "company_line",
               "greeting": "您好，浦东机场。", "skill": "ANY", "language": "en", "hours": "ROSTER"},
    )  # fmt: skip
    standards.publish(code=TABLE, revision=revision, actor=publisher, at=NOON)
    assert shown() == []
    heard = Caller(UNKNOWN, at=NOON)
    assert heard.said[0] == "您好，浦东机场。"
    assert heard.said[1].startswith("Welcome to the line for companies")


def test_a_hotline_of_working_hours_says_so_on_a_sunday_though_others_are_answered(desk):
    desk.seat({"servicing": 1, "claims": 1}, ready_at=SUNDAY)
    closed = Caller(COMPANIES, at=SUNDAY)
    closed.tell(digits="0")
    assert "3月9日 08:30 开始有人" in closed.said[0]
    assert not Waiting.objects.exists()
    closed.tell(digits="1")  # a call back, once people are there
    back = Waiting.objects.get()
    assert back.from_at.astimezone(CHINA).strftime("%m-%d %H:%M") == "03-09 08:30"
    Caller(CLAIMS, at=SUNDAY).tell(digits="0")
    assert Waiting.objects.filter(skill="claims").exists()


def test_who_leaves_words_brings_along_which_line_it_was_but_not_how_the_call_came():
    told = [
        Known(name, "x", NOON, talk)
        for name, talk in (
            ("way", 1),
            ("recording", 1),
            ("hotline", 1),
            ("what", 1),
            ("recording", 2),
        )
    ]
    found = newest(told, own=2, chain=frozenset({1, 2}), at=NOON)
    assert [(fact.name, fact.conversation_id) for fact in found] == [
        ("hotline", 1), ("recording", 2), ("what", 1)
    ]  # fmt: skip
    another = newest(told, own=3, chain=frozenset({3}), at=NOON)
    assert [fact.name for fact in another] == ["what"]


@pytest.mark.without_standards
def test_without_the_table_every_number_is_answered():
    Desk()
    assert Caller(UNKNOWN).said[0].startswith("您好，这里是客户服务热线")
    assert Call.objects.get().hotline == ""
