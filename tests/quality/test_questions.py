"""The bank: two people, versions, files line by line, and sheets that keep what they drew."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import make
from tests.make import NOON
from tests.quality.test_exams import FIGURES
from yilu.kernel.errors import NotAllowed
from yilu.quality import operations as quality
from yilu.quality import question_files
from yilu.quality import training_refusals as refusals
from yilu.quality.models import Attempt, QuestionVersion
from yilu.quality.operations import questioning as operations
from yilu.quality.queries import exams as sheets
from yilu.quality.queries import questions
from yilu.quality.rules import questioning
from yilu.quality.rules.questioning import BadQuestion, Question

NEW = Question(
    "new_one",
    "skill",
    "客户等得久了，先说什么？",
    ("让您久等了", "急什么", "请排队"),
    0,
    "服务标准：柜面",
)
HEAD = "编号,维度,题目,选项A,选项B,选项C,选项D,正确答案,出处\n"


@given(st.lists(st.dictionaries(st.sampled_from("abcdef"), st.booleans(), min_size=1), max_size=30))
@settings(max_examples=50)
def test_figures_of_questions_are_shares_and_correlations(sheets):
    for measured in questioning.measure(sheets).values():
        assert 0 <= measured.correct <= 1
        assert measured.discrimination is None or -1 <= measured.discrimination <= 1
        assert measured.verdict in questioning.VERDICTS
        assert (measured.answers < questioning.ENOUGH) == (measured.verdict == "few")


def test_a_question_the_best_get_wrong_is_found():
    good = [{"a": True, "b": True, "c": True, "x": False}] * 10
    bad = [{"a": False, "b": False, "c": True, "x": True}] * 10
    told = questioning.measure([*good, *bad])
    assert {code: each.verdict for code, each in told.items()} == {
        "a": "good", "b": "good", "c": "easy", "x": "wrong",
    }  # fmt: skip


@pytest.mark.parametrize(
    "wrong",
    [{"code": "X"}, {"dimension": "other"}, {"ask": "?"}, {"options": ("a", "b")}, {"right": 3}, {"right": -1},
     {"options": ("a", "a", "b")}, {"source": " "}, {"options": ("a", "b", "c" * 121)}],
)  # fmt: skip
def test_half_a_question_is_refused(wrong):
    given = {n: getattr(NEW, n) for n in ("code", "dimension", "ask", "options", "right", "source")}
    with pytest.raises(BadQuestion):
        questioning.check(Question(**given | wrong))


@pytest.fixture
def story(db):
    office = make.office()
    access, ref = make.colleague(office, "SERVICE_MANAGER")
    other, other_ref = make.colleague(office, "STANDARDS_EDITOR")
    seat_access, seat = make.colleague(office, "CALL_AGENT")
    return {"one": {"access": access, "actor": ref, "at": NOON},
            "two": {"access": other, "actor": other_ref, "at": NOON},
            "seat": {"access": seat_access, "actor": seat, "at": NOON}}  # fmt: skip


def test_one_writes_another_approves_and_exams_draw_it(story):
    with pytest.raises(NotAllowed):
        operations.write_question(draft=NEW, revision=0, **story["seat"])
    draft = operations.write_question(draft=NEW, revision=0, **story["one"])
    with pytest.raises(refusals.TrainingDraftChanged):
        operations.write_question(draft=NEW, revision=0, **story["one"])
    assert "new_one" not in questions.in_force()
    with pytest.raises(refusals.OwnTrainingDraft):
        operations.approve_questions(drafts=[(draft, 1)], **story["one"])
    with pytest.raises(refusals.TrainingDraftChanged):
        operations.approve_questions(drafts=[(draft, 2)], **story["two"])
    with pytest.raises(refusals.QuestionNotFound):
        operations.approve_questions(drafts=[], **story["two"])
    assert operations.approve_questions(drafts=[(draft, 1)], **story["two"]) == 1
    assert len(questions.in_force()) == 41
    with pytest.raises(refusals.QuestionNotFound):
        operations.discard_question(version_id=draft, **story["one"])
    second = operations.write_question(draft=NEW, revision=0, **story["one"])
    operations.discard_question(version_id=second, **story["one"])
    assert questions.bank_counts(story["one"]["access"]) == {
        "knowledge": 20,
        "skill": 21,
        "draft": 0,
    }


def test_a_sheet_keeps_the_version_it_drew(story):
    exam = quality.publish_exam(
        **FIGURES | {"knowledge": 20, "skill": 20, "pass_mark": 100}, **story["one"]
    )
    me = story["seat"]["actor"]
    told = {"staff_id": me.id, "actor": me, "at": NOON}
    sheet = quality.start_exam(exam_id=exam, **told)
    old = questions.drawn(["claim_pay_10"])["claim_pay_10"]
    changed = Question(
        "claim_pay_10", "knowledge", "现在换一种问法问同一件事？", ("甲", "乙", "丙"), 2, "保险法"
    )
    draft = operations.write_question(draft=changed, revision=0, **story["one"])
    operations.approve_questions(drafts=[(draft, 1)], **story["two"])
    asked = {q.code: q for q, _c in sheets.sheet_of(sheet, me.id, at=NOON).questions}
    assert asked["claim_pay_10"].ask == old.ask
    right = {code: q.right for code, q in asked.items()}
    quality.hand_in(sheet_id=sheet, answers=right, **told)
    assert Attempt.objects.get(pk=sheet).score == 100
    other = story["two"]["actor"]
    newer = quality.start_exam(exam_id=exam, staff_id=other.id, actor=other, at=NOON)
    assert "claim_pay_10~2" in Attempt.objects.get(pk=newer).questions
    quality.save_answers(sheet_id=newer, answers={"claim_pay_10~2": 2}, staff_id=other.id, at=NOON)
    assert questions.statistics()["claim_pay_10"].correct == 1
    first, *_rest = questions.get_question(story["one"]["access"], "claim_pay_10")
    assert (first.number, first.measured) == (2, None)
    with pytest.raises(refusals.TooFewQuestions):
        operations.retire_question(code="claim_pay_10", **story["one"])


def test_a_retired_question_is_drawn_no_more_and_comes_back_as_a_new_version(story):
    operations.retire_question(code="claim_pay_10", **story["one"])
    with pytest.raises(refusals.QuestionNotInForce):
        operations.retire_question(code="claim_pay_10", **story["one"])
    assert "claim_pay_10" not in questions.in_force()
    view = questions.list_questions(story["one"]["access"], show="retired")
    assert [each.code for each in view] == ["claim_pay_10"]
    assert questions.list_questions(story["one"]["access"], show="weak") == []
    with pytest.raises(refusals.QuestionNotFound):
        questions.get_question(story["one"]["access"], "nothing")


def test_a_file_gives_drafts_line_by_line_and_tells_what_is_wrong(story):
    lines = (
        "q_good,服务技巧,客户等得久了先说什么？,让您久等了,急什么,请排队,,A,服务标准",
        "q_bad,别的,题目题目题目,甲,乙,丙,,A,出处",
        "q_letter,专业知识,题目题目题目,甲,乙,丙,,Z,出处",
        "q_gap,专业知识,题目题目题目,甲,,丙,丁,A,出处",
        "q_good,服务技巧,同一个编号再来一次,甲,乙,丙,,B,出处",
        ",,,,,,,,",
    )
    content = ("\ufeff" + HEAD + "\n".join(lines)).encode()
    told = operations.import_questions(content=content, name="题.csv", **story["one"])
    assert (told.drafts, told.same) == (1, 0)
    assert [(p.row, p.code) for p in told.problems] == [
        (3, "q_bad"), (4, "q_letter"), (5, "q_gap"), (6, "q_good"),
    ]  # fmt: skip
    assert all(p.hint for p in told.problems)
    again = operations.import_questions(content=content, name="题.csv", **story["one"])
    assert (again.drafts, again.same) == (0, 1)
    theirs = content.replace("先说什么".encode(), "该说什么".encode())
    other = operations.import_questions(content=theirs, name="题.csv", **story["two"])
    assert (other.drafts, other.problems[0].row) == (0, 2)
    assert QuestionVersion.objects.filter(state="DRAFT").count() == 1
    with pytest.raises(NotAllowed):
        operations.import_questions(content=content, name="题.csv", **story["seat"])


def test_the_bank_goes_out_as_a_workbook_and_comes_in_as_the_same(story):
    told = operations.import_questions(
        content=questions.bank_file(story["one"]["access"]), name="题库.xlsx", **story["one"]
    )
    assert (told.drafts, told.same, told.problems) == (0, 40, ())


@pytest.mark.parametrize(
    "content",
    [b"", b"PK\x03\x04 no workbook", "题目,答案\n甲,乙".encode(), b"\xff\xfe\x00", HEAD.encode("gbk"),
     b"x" * (question_files.BYTES_MAX + 1), (HEAD + "q,,,,,,,,\n" * 2001).encode()],
)  # fmt: skip
def test_what_is_no_file_of_questions_is_refused(story, content):
    with pytest.raises(refusals.BadQuestionFile):
        operations.import_questions(content=content, name="x", **story["one"])
    assert QuestionVersion.objects.count() == 0
