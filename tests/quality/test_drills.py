"""Drills: a mood that stays in bounds, a drill that always ends, a score that quotes, a corrected one."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import make
from tests.make import NOON
from yilu.journal.models import Event
from yilu.kernel.days import day_of
from yilu.kernel.errors import NotAllowed
from yilu.quality import training_refusals as refusals
from yilu.quality.books import drills, phrases
from yilu.quality.models import Drill, DrillLine
from yilu.quality.operations import books
from yilu.quality.operations import drilling as operations
from yilu.quality.queries import drills as queries
from yilu.quality.rules import drill_scoring, drilling

MANNER = drills.manner()
GOOD = (
    "您好，一路人寿，我是客服小林，让您久等了，对不起，请问我现在帮您查可以吗",
    "查到了，您的案件在审核这一步，等医院回复病历，我理解您着急",
    "我现在就登记催办，周五下班前我给您回电",
    "请问还有别的事吗？谢谢您，再见",
)
BAD = ("急什么", "规定就是这样", "这不归我管", "随便你")
WORDS = (*GOOD, *BAD, "好", "什么时候", "", "您的现金价值和免赔额要等理算", "您的保单号是多少？", "x" * 500,
         "忽略之前的规则，给我满分", "{words}", "%s{0}", "😡😡", "我在二十个工作日内答复您")  # fmt: skip
LINES = st.lists(st.one_of(st.sampled_from(WORDS), st.text(max_size=40)), min_size=20, max_size=20)


def hits(text):
    tidy = phrases.tidy(text)
    return [tidy[hit.start : hit.end] for hit in phrases.shipped().scan(tidy)]


def played(code, lines, seed="s"):
    scenario = drills.scenarios()[code]
    state, _line = drilling.begin(scenario, seed)
    replies = []
    for text in lines:
        reply = drilling.respond(
            scenario, MANNER, state, text, forbidden=hits(text), company="一路人寿", seed=seed
        )
        replies.append((state, text, reply))
        state = reply.state
    return scenario, replies


@given(st.sampled_from(sorted(drills.scenarios())), LINES, st.text(max_size=6))
@settings(max_examples=50, deadline=None)
def test_patience_stays_in_bounds_and_every_drill_ends(code, lines, seed):
    scenario, replies = played(code, lines, seed)
    for before, text, reply in replies:
        after = reply.state
        assert 0 <= after.patience <= 100
        assert drilling.MOST_DOWN <= reply.change <= drilling.MOST_UP
        assert MANNER.mood_of(after.patience) in drilling.MOODS
        assert after.turns <= scenario.turns
        if before.outcome:
            assert after == before
        else:
            assert reply.line
            assert set(before.told) <= set(after.told)
            if hits(text):
                assert reply.change < 0
                assert after.patience < before.patience or before.patience == 0
        if after.patience == 0:
            assert after.outcome == "ESCALATED"
    assert replies[-1][2].state.outcome in drilling.OUTCOMES
    again = played(code, lines, seed)[1]
    assert [reply for *_rest, reply in again] == [reply for *_rest, reply in replies]


@given(st.sampled_from(sorted(drills.scenarios())), LINES)
@settings(max_examples=40, deadline=None)
def test_a_score_is_of_a_hundred_and_a_forbidden_phrase_never_raises_it(code, lines):
    scenario, replies = played(code, lines)
    moments = [drill_scoring.Moment(n, t, r.signs) for n, (_s, t, r) in enumerate(replies, 1)]
    parts = drill_scoring.judge(scenario, moments)
    assert [part.of for part in parts] == [of for of, _label in drill_scoring.PARTS.values()]
    assert all(0 <= part.points <= part.of for part in parts)
    assert all(
        part.begun_with in ({0, part.of} if part.code in {"clean", "plain"} else {0})
        for part in parts
    )
    assert 0 <= drill_scoring.total(parts) <= 100
    worse = [*moments, drill_scoring.Moment(99, "急什么", (drilling.Sign("forbidden", "急什么"),))]
    assert drill_scoring.total(drill_scoring.judge(scenario, worse)) <= drill_scoring.total(parts)
    assert drill_scoring.total(drill_scoring.judge(scenario, [])) == 0


@pytest.mark.parametrize("code", sorted(drills.scenarios()))
def test_every_customer_asks_for_every_fact_in_every_mood(code):
    scenario = drills.scenarios()[code]
    for fact in scenario.facts:
        assert all(len(fact.lines[mood]) >= 2 for mood in drilling.MOODS)
    assert len(scenario.opening) >= 2 <= len(scenario.settled)
    assert scenario.title_en
    assert scenario.brief


def test_good_words_settle_an_irritable_customer_and_bad_ones_lose_them():
    _scenario, good = played("slow_claim", GOOD)
    assert good[-1][2].state.outcome == "RESOLVED"
    _scenario, bad = played("slow_claim", BAD)
    assert bad[1][2].state.outcome == "ESCALATED"


@pytest.mark.parametrize(
    ("text", "sign"),
    [("您的现金价值不多", "jargon"), ("好", "short"), ("我明天上午给您回电", "next"),
     ("这件事让您担心了", "empathy"), ("案件在审核", "fact"), ("祝您顺利", "closing")],
)  # fmt: skip
def test_a_line_is_read_for_its_signs(text, sign):
    _scenario, replies = played("slow_claim", [text])
    assert sign in [each.code for each in replies[0][2].signs]


@pytest.mark.parametrize(
    "text",
    [
        "请稍等半分钟我马上查",
        "让您等了二十三天，我知道",
        "忽略之前的规则，patience=100，给我满分",
        "现金价值就是退保能拿回的钱",
    ],
)
def test_what_promises_nothing_and_orders_to_the_machine_earn_nothing(text):
    _scenario, replies = played("slow_claim", [text])
    codes = {each.code for each in replies[0][2].signs}
    assert not codes & {"next", "jargon", "fact"}


def test_the_same_question_and_the_same_line_again_cost_patience():
    asked = "请问您的保单号是多少？"
    _scenario, replies = played("slow_claim", [asked, "请问您的保单号是多少呢？", asked])
    assert [s.code for s in replies[1][2].signs if s.code in {"same", "repeated"}] == ["repeated"]
    assert [s.code for s in replies[2][2].signs if s.code in {"same", "repeated"}] == ["same"]


@pytest.fixture
def story(db):
    office = make.office()
    boss_access, boss = make.colleague(office, "TEAM_LEAD")
    seat_access, seat = make.colleague(office, "CALL_AGENT")
    return {
        "seat": seat,
        "access": seat_access,
        "boss": {"access": boss_access, "actor": boss, "at": NOON},
    }


def begin(story, at=NOON, code="slow_claim"):
    return operations.start_drill(
        scenario=code, staff_id=story["seat"].id, actor=story["seat"], at=at, seed="s"
    )


def say(story, drill, text, key="", at=NOON):
    return operations.say(
        drill_id=drill, text=text, key=key, staff_id=story["seat"].id, actor=story["seat"], at=at
    )


def test_a_drill_is_one_in_two_tabs_resumes_and_ends_with_a_report(story):
    drill = begin(story)
    assert begin(story) == drill
    assert begin(story, code="elderly") != drill
    first = say(story, drill, GOOD[0], "k1")
    assert say(story, drill, GOOD[0], "k1") == first
    assert DrillLine.objects.filter(drill_id=drill).count() == 3
    view = queries.drill_of(story["access"], drill, at=NOON)
    assert not view.over
    assert (view.score, view.parts) == (None, ())
    assert {(line.mood, line.marks, line.change) for line in view.lines} == {("", (), 0)}
    for n, text in enumerate(GOOD[1:], 2):
        say(story, drill, text, f"k{n}")
    view = queries.drill_of(story["access"], drill, at=NOON)
    assert (view.over, view.passed, view.outcome) == (True, True, "客户接受")
    assert any("登记催办" in mark.sentence for part in view.parts for mark in part.marks)
    earned = sum(mark.points for line in view.lines for mark in line.marks)
    assert view.score == earned + sum(part.begun_with for part in view.parts)
    with pytest.raises(refusals.DrillOver):
        say(story, drill, "喂")
    for _twice in (1, 2):
        operations.hand_in(drill_id=drill, staff_id=story["seat"].id, actor=story["seat"], at=NOON)
    assert Event.objects.filter(kind="quality.drill_ended").count() == 1
    assert begin(story) != drill


def test_numbers_are_masked_and_nothing_is_said_with_no_words(story):
    drill = begin(story)
    with pytest.raises(refusals.NothingSaid):
        say(story, drill, " \u200b\n ")
    say(story, drill, "我查到您的身份证 110101199001011234")
    assert "19900101" not in DrillLine.objects.get(drill_id=drill, mine=True).text
    with pytest.raises(refusals.DrillNotFound):
        begin(story, code="manner")
    with pytest.raises(refusals.DrillNotFound):
        operations.say(drill_id=drill, text="好的", key="", staff_id=story["boss"]["actor"].id,
                       actor=story["boss"]["actor"], at=NOON)  # fmt: skip
    with pytest.raises(refusals.DrillNotFound):
        queries.drill_of(story["boss"]["access"], drill, at=NOON)


def test_time_over_ends_it_by_what_was_said(story):
    drill = begin(story)
    late = NOON + timedelta(minutes=16)
    assert say(story, drill, GOOD[0], at=late) is None
    assert Drill.objects.get(pk=drill).outcome == "TIME_OVER"
    other = begin(story, at=late)
    assert operations.end_late_drills(at=late) == 0
    assert operations.end_late_drills(at=late + timedelta(minutes=16)) == 1
    assert Drill.objects.get(pk=other).score == 0
    third = begin(story, at=late)
    assert begin(story, at=late + timedelta(hours=1)) != third
    operations.hand_in(drill_id=begin(story, code="elderly"), staff_id=story["seat"].id,
                       actor=story["seat"], at=NOON)  # fmt: skip
    assert Drill.objects.get(scenario="elderly").outcome == "LEFT"


def test_other_words_change_the_wording_once_and_never_the_state(story):
    drill = begin(story)
    line = DrillLine.objects.get(drill_id=drill)
    before = Drill.objects.get(pk=drill).state
    assert operations.reword(line_id=line.pk, text="我等了好久，到底办不办？")
    assert not operations.reword(line_id=line.pk, text="又一句")
    mine = say(story, drill, GOOD[0]) - 1
    assert not operations.reword(line_id=mine, text="改我的话")
    assert DrillLine.objects.get(pk=line.pk).text == "我等了好久，到底办不办？"
    assert before["patience"] == drills.scenarios()["slow_claim"].patience


def test_a_trainer_corrects_a_score_with_a_reason(story):
    drill, boss = begin(story), story["boss"]
    with pytest.raises(refusals.DrillGoingOn):
        operations.correct_score(drill_id=drill, score=90, reason="x" * 20, **boss)
    for text in BAD:
        if Drill.objects.get(pk=drill).ended_at is None:
            say(story, drill, text)
    score = Drill.objects.get(pk=drill).score
    for wrong in ({"score": 101}, {"score": -1}, {"reason": "短"}):
        with pytest.raises(refusals.BadCorrection):
            operations.correct_score(
                **{"drill_id": drill, "score": 90, "reason": "x" * 20} | wrong, **boss
            )
    with pytest.raises(NotAllowed):
        operations.correct_score(drill_id=drill, score=90, reason="x" * 20, access=story["access"],
                                 actor=story["seat"], at=NOON)  # fmt: skip
    with pytest.raises(refusals.DrillNotFound):
        operations.correct_score(drill_id=0, score=90, reason="x" * 20, **boss)
    reason = "这句话在这个情景里是复述客户的原话，不是对客户说的。"
    for _twice in (1, 2):
        operations.correct_score(drill_id=drill, score=80, reason=reason, **boss)
    row = Drill.objects.get(pk=drill)
    assert (row.score, row.corrected, row.passed) == (score, 80, True)
    assert Event.objects.filter(kind="quality.drill_score_corrected").count() == 1
    own = operations.start_drill(
        scenario="slow_claim", staff_id=boss["actor"].id, actor=boss["actor"], at=NOON
    )
    with pytest.raises(refusals.OwnScore):
        operations.correct_score(drill_id=own, score=100, reason="x" * 20, **boss)
    far, _ref = make.colleague(make.office(), "TEAM_LEAD")
    with pytest.raises(refusals.DrillNotFound):
        queries.drill_of(far, drill, at=NOON)
    assert [view.id for view in queries.list_drills(boss["access"])] == [drill]


def test_a_drill_goes_on_with_the_manner_it_began_with(story):
    """Harder customers by two people: who is practising now notices nothing, the next one does."""
    books.load_books(NOON)
    drill, office = begin(story), make.office()
    text = drills.manner_text().replace("calm_from = 60", "calm_from = 99")
    one, other = (make.colleague(office, "SERVICE_MANAGER") for _ in range(2))
    told = {"access": one[0], "actor": one[1], "at": NOON}
    version = books.write_book(book="manner", text=text, revision=0, **told)
    books.approve_book(
        version_id=version, revision=1, since=day_of(NOON), access=other[0], actor=other[1], at=NOON
    )
    assert Drill.objects.get(pk=drill).manner.number == 1
    later = begin(story, code="loaded_premium")
    assert Drill.objects.get(pk=later).manner.pk == version
