"""Exams: own questions, one sheet in two tabs, over when its time is over, never changed after."""

from datetime import timedelta

import pytest
import time_machine
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import make
from tests.make import NOON
from tests.web.signing import signed_in
from yilu.kernel.errors import NotAllowed
from yilu.quality import operations, queries, refusals
from yilu.quality.books import exams
from yilu.quality.models import Attempt, Exam

LATER = timedelta(minutes=10)
FIGURES = {
    "title": "上岗考试", "minutes": 10, "knowledge": 3, "skill": 2, "pass_mark": 80, "attempts": 2,
    "wait_days": 3, "opens_at": NOON, "closes_at": NOON + timedelta(days=9),
}  # fmt: skip


def test_every_question_has_one_right_answer_and_a_source():
    assert len(exams.bank()) == 40
    assert exams.most("knowledge") == exams.most("skill") == 20
    for question in exams.bank().values():
        assert 0 <= question.right < len(question.options)
        assert len(set(question.options)) == len(question.options) >= 3
        assert question.source


@given(st.text(max_size=5), st.integers(0, 20), st.integers(0, 20))
@settings(max_examples=40)
def test_questions_are_drawn_without_repeating_and_scored_to_a_hundred(seed, knowledge, skill):
    drawn = exams.draw(seed, knowledge=knowledge, skill=skill)
    assert len(set(drawn)) == len(drawn) == knowledge + skill
    assert drawn == exams.draw(seed, knowledge=knowledge, skill=skill)
    right = {code: exams.bank()[code].right for code in drawn}
    assert exams.score(drawn, right) == exams.Score(100, 100, 100)
    assert exams.score(drawn, {}).whole == (0 if drawn else 100)


def test_where_the_right_answer_stands_is_each_sheets_own():
    by_habit = 0
    for sheet in range(20):
        places = []
        for question in exams.bank().values():
            options = exams.offered(str(sheet), question)
            assert sorted(options) == list(enumerate(question.options))
            assert options == exams.offered(str(sheet), question)
            places.append([place for place, _text in options].index(question.right))
        by_habit = max([by_habit, *(places.count(place) for place in range(4))])
    assert by_habit < 40 * 0.6, "no sheet is passed by always choosing the same place"


@pytest.fixture
def story(db):
    office = make.office()
    access, ref = make.colleague(office, "SERVICE_MANAGER")
    exam = operations.publish_exam(**FIGURES, access=access, actor=ref, at=NOON)
    seat_access, seat = make.colleague(office, "CALL_AGENT")
    return {"boss": {"access": access, "actor": ref, "at": NOON}, "exam": exam, "seat": seat,
            "seat_access": seat_access}  # fmt: skip


def begin(story, at=NOON, who=None):
    who = who or story["seat"]
    return operations.start_exam(exam_id=story["exam"], staff_id=who.id, actor=who, at=at)


def end(story, sheet, answers, at=NOON + LATER):
    operations.hand_in(
        sheet_id=sheet, answers=answers, staff_id=story["seat"].id, actor=story["seat"], at=at
    )


def right(sheet):
    return {code: exams.bank()[code].right for code in Attempt.objects.get(pk=sheet).questions}


@pytest.mark.parametrize(
    "wrong",
    [{"title": " "}, {"minutes": 0}, {"pass_mark": 101}, {"knowledge": 21}, {"attempts": 0},
     {"knowledge": 0, "skill": 0}, {"closes_at": NOON}, {"wait_days": 91}],
)  # fmt: skip
def test_an_exam_with_impossible_figures_is_refused(story, wrong):
    with pytest.raises(refusals.BadExam):
        operations.publish_exam(**FIGURES | wrong, **story["boss"])
    assert Exam.objects.count() == 1


def test_only_who_manages_publishes(story):
    told = {"access": story["seat_access"], "actor": story["seat"], "at": NOON}
    with pytest.raises(NotAllowed):
        operations.publish_exam(**FIGURES, **told)


def test_two_tabs_are_one_sheet_and_what_is_handed_in_stays(story):
    sheet = begin(story)
    assert begin(story, NOON + timedelta(minutes=1)) == sheet
    kept = right(sheet)
    end(story, sheet, kept)
    end(story, sheet, dict.fromkeys(kept, 3), NOON + timedelta(minutes=2))
    with pytest.raises(refusals.SheetHandedIn):
        operations.save_answers(sheet_id=sheet, answers={}, staff_id=story["seat"].id, at=NOON)
    row = Attempt.objects.get()
    assert (row.score, row.passed, row.answers) == (100, True, kept)
    with pytest.raises(refusals.PassedAlready):
        begin(story, NOON + timedelta(days=4))


def test_an_answer_to_what_was_not_asked_and_another_persons_sheet_are_refused(story):
    sheet = begin(story)
    with pytest.raises(refusals.BadAnswer):
        end(story, sheet, {"no_such": 0})
    with pytest.raises(refusals.BadAnswer):
        end(story, sheet, dict.fromkeys(right(sheet), 9))
    with pytest.raises(refusals.SheetNotFound):
        operations.save_answers(sheet_id=sheet, answers={}, staff_id=story["seat"].id + 1, at=NOON)
    with pytest.raises(refusals.SheetNotFound):
        operations.start_exam(exam_id=0, staff_id=story["seat"].id, actor=story["seat"], at=NOON)
    assert Attempt.objects.get().ended_at is None


def test_after_its_time_only_what_was_kept_counts_and_a_retake_waits(story):
    sheet = begin(story)
    code, choice = next(iter(right(sheet).items()))
    operations.save_answers(
        sheet_id=sheet, answers={code: choice}, staff_id=story["seat"].id, at=NOON + LATER
    )
    late = NOON + LATER + timedelta(seconds=1)
    with pytest.raises(refusals.SheetHandedIn):
        operations.save_answers(sheet_id=sheet, answers={}, staff_id=story["seat"].id, at=late)
    assert operations.end_late_sheets(at=NOON + LATER) == 0
    assert operations.end_late_sheets(at=late) == 1
    end(story, sheet, right(sheet), late)
    assert Attempt.objects.get().score == 20
    with pytest.raises(refusals.WaitForRetake):
        begin(story, late)
    again = begin(story, NOON + timedelta(days=4))
    end(story, again, right(again), NOON + timedelta(days=4, hours=1))
    assert Attempt.objects.get(pk=again).score == 0
    with pytest.raises(refusals.NoMoreAttempts):
        begin(story, NOON + timedelta(days=8))


def test_nobody_begins_after_it_is_closed(story):
    with pytest.raises(refusals.ExamNotOpen):
        begin(story, NOON + timedelta(days=9))
    assert Attempt.objects.count() == 0


def test_pages_show_an_exam_its_sheet_and_results(story):
    with time_machine.travel(NOON, tick=False):
        seat, boss = signed_in(story["seat"]), signed_in(story["boss"]["actor"])
        assert "开始考试" in seat.get("/staff/service/exams").content.decode()
        answer = seat.post(f"/staff/service/exams/{story['exam']}/start")
        place = answer.headers["Location"]
        sheet = queries.sheet_of(Attempt.objects.get().pk, story["seat"].id, at=NOON)
        page = seat.get(place).content.decode()
        assert sheet.questions[0][0].ask in page
        assert "您选的" not in page
        assert boss.get(place).status_code == 404
        code = sheet.questions[0][0].code
        assert seat.post(f"{place}/save", {f"q.{code}": "1"}).status_code == 204
        assert seat.post(place, {f"q.{code}": "x"}).status_code == 422
        seat.post(place, {f"q.{code}": "1"})
        page = seat.get(place).content.decode()
        assert "您选的" in page
        assert "起可以补考，还有 1 次" in page, "what comes next"
        again = seat.get("/staff/service/exams").content.decode()
        assert "起可以补考" in again
        assert "开始考试" not in again, "no button that would be refused"
        assert "未及格" in boss.get("/staff/service/exams").content.decode()
        given = {k: v for k, v in FIGURES.items() if not k.endswith("_at")} | {"days": 5}
        assert boss.post("/staff/service/exams/publish", given).status_code == 302
        assert boss.post("/staff/service/exams/publish", given | {"skill": 99}).status_code == 422
        assert seat.post("/staff/service/exams/publish", given).status_code == 403
