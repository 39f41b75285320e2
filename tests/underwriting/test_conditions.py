"""The health declaration: a question is asked on its branch only, and its answer counts there only."""

import tomllib
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.underwriting.tables import ask, facts
from yilu import products
from yilu.products.offering import Choice, Question, ShownIf
from yilu.underwriting.catalogue import conditions
from yilu.underwriting.rules.conditions import (
    AnswersIncomplete,
    covers,
    facts_from,
    shown,
    undeclared,
)
from yilu.underwriting.rules.deciding import decide
from yilu.underwriting.terms import Declared

BANK = Path(products.__file__).parent / "catalogue" / "questions.toml"
ASKED = (
    Question(code="height_cm", text="身高？", kind="NUMBER", low=Decimal(30), high=Decimal(260)),
    Question(code="weight_kg", text="体重？", kind="NUMBER"),
    Question(code="smoker", text="吸烟？"),
    Question(
        code="cigarettes_a_day", text="几支？", kind="NUMBER",
        shown_if=ShownIf(question="smoker", equals=("YES",)),
    ),
    Question(code="thyroid_nodule", text="甲状腺结节？"),
    Question(
        code="thyroid_nodule.operated", text="处理？", kind="CHOICE",
        choices=(Choice(code="NO", text="没有"), Choice(code="BENIGN", text="良性")),
        shown_if=ShownIf(question="thyroid_nodule", equals=("YES",)),
    ),
    Question(
        code="thyroid_nodule.tirads", text="分级？", kind="CHOICE",
        choices=(Choice(code="G3", text="3级"), Choice(code="G4A", text="4a级")),
        shown_if=ShownIf(question="thyroid_nodule.operated", equals=("NO",)),
    ),
    Question(
        code="fibroids", text="子宫肌瘤？", shown_if=ShownIf(question="sex", equals=("FEMALE",))
    ),
    Question(code="last_visit", text="哪一天？", kind="DATE", required=False),
)  # fmt: skip
WELL = {
    "height_cm": "168.5", "weight_kg": "60", "smoker": "NO", "thyroid_nodule": "NO",
    "fibroids": "NO", "sex": "FEMALE",
}  # fmt: skip
NODULE = {"thyroid_nodule": "YES", "thyroid_nodule.operated": "NO", "thyroid_nodule.tirads": "G3"}


def codes(answers):
    return [question.code for question in shown(ASKED, answers)]


def declared(**answers):
    return facts_from(ASKED, {**WELL, **answers}, conditions())


def gaps(**answers):
    with pytest.raises(AnswersIncomplete) as found:
        declared(**answers)
    return [gap.code for gap in found.value.gaps]


def test_a_question_is_asked_once_the_one_it_hangs_on_is_answered_so():
    assert "cigarettes_a_day" not in codes(WELL)
    assert "cigarettes_a_day" in codes(WELL | {"smoker": "YES"})
    assert "thyroid_nodule.tirads" in codes(WELL | NODULE)
    assert "thyroid_nodule.tirads" not in codes(WELL | NODULE | {"thyroid_nodule": "NO"})
    assert "fibroids" not in codes(WELL | {"sex": "MALE"})
    assert "fibroids" not in codes({})


def test_questions_that_hang_on_each_other_are_never_asked():
    round_ = (
        Question(code="a", text="a？", shown_if=ShownIf(question="b", equals=("YES",))),
        Question(code="b", text="b？", shown_if=ShownIf(question="a", equals=("YES",))),
    )
    assert shown(round_, {"a": "YES", "b": "YES"}) == ()


def test_answers_become_what_they_are():
    found = declared(last_visit="2026-01-31", **NODULE)
    assert (found.height_cm, found.cigarettes_a_day) == (Decimal("168.5"), Decimal(0))
    assert found.conditions == {"thyroid_nodule": {"operated": "NO", "tirads": "G3"}}
    assert found.others == {"last_visit": date(2026, 1, 31)}
    assert declared(smoker="YES", cigarettes_a_day="12").cigarettes_a_day == 12


def test_a_follow_up_that_is_not_asked_is_what_the_catalogue_says():
    benign = NODULE | {"thyroid_nodule.operated": "BENIGN"}  # an answer left from another branch
    assert declared(**benign).conditions["thyroid_nodule"] == {
        "operated": "BENIGN",
        "tirads": "NONE",
    }


def test_an_answer_off_its_branch_declares_nothing():
    assert declared(**NODULE | {"thyroid_nodule": "NO"}) == declared()
    assert declared(sex="MALE", fibroids="YES").conditions == {}
    assert declared(cigarettes_a_day="40").cigarettes_a_day == 0


def test_each_open_or_unreadable_answer_is_named():
    assert gaps(height_cm="") == ["height_cm"]
    assert gaps(**NODULE | {"thyroid_nodule.tirads": ""}) == ["thyroid_nodule.tirads"]
    assert gaps(height_cm="tall", smoker="perhaps") == ["height_cm", "smoker"]
    assert gaps(height_cm="29") == gaps(height_cm="NaN") == gaps(height_cm="1e9") == ["height_cm"]
    assert gaps(weight_kg="-1") == ["weight_kg"]
    assert gaps(**NODULE | {"thyroid_nodule.tirads": "G9"}) == ["thyroid_nodule.tirads"]
    assert gaps(last_visit="31 January") == ["last_visit"]


def test_a_diagnosis_on_record_counts_only_where_it_was_asked_about():
    nothing, nodule = Declared(), Declared(conditions={"thyroid_nodule": {}})
    assert undeclared(["E04.1", "Z99.9"], nothing, conditions()) == ("E04.1",)
    assert undeclared(["E04.1"], nodule, conditions()) == ()
    assert covers(("K76.0",), "k760")
    assert not covers(("K76.0",), "K76.8")
    assert not covers(("E04",), "")


# -- the bank of questions ----------------------------------------------------------------------


@cache
def bank():
    """Every question there is, as a product would ask it."""
    given_ = tomllib.loads(BANK.read_text(encoding="utf-8"))["questions"]
    return tuple(
        Question(
            code=q["code"], text=q["text"], kind=q.get("kind", "YES_NO"),
            choices=tuple(Choice(**c) for c in q.get("choices", ())),
            shown_if=ShownIf(
                question=q["shown_if"]["question"], equals=tuple(q["shown_if"]["equals"])
            )
            if "shown_if" in q
            else None,
            low=Decimal(q["low"]) if "low" in q else None,
            high=Decimal(q["high"]) if "high" in q else None,
        )
        for q in given_
    )  # fmt: skip


def test_the_bank_asks_what_each_table_wants_to_know():
    by_code = {question.code: question for question in bank()}
    for code, condition in conditions().items():
        assert code in by_code
        for follow_up in condition.questions:
            question = by_code[f"{code}.{follow_up.code}"]
            assert question.kind == follow_up.kind
            assert {c.code for c in question.choices} == {c for c, _label in follow_up.choices}


@st.composite
def answered(draw):
    """Somebody's answers to the whole bank: mostly no, with some conditions declared in full."""
    said = {"sex": draw(st.sampled_from(["FEMALE", "MALE"])), "height_cm": "170", "weight_kg": "64"}
    ill = set(draw(st.lists(st.sampled_from(sorted(conditions())), max_size=3)))
    for question in bank():
        if question.code in said:
            continue
        if question.kind == "YES_NO":
            yes = question.code in ill or question.code.startswith("area_")
            yes = yes or ("." in question.code and draw(st.booleans()))
            said[question.code] = "YES" if yes else "NO"
        elif question.kind == "CHOICE":
            said[question.code] = draw(st.sampled_from([c.code for c in question.choices]))
        else:
            said[question.code] = str(
                draw(st.integers(int(question.low or 0), min(int(question.high or 250), 250)))
            )
    return said


@given(answered())
@settings(max_examples=25, deadline=timedelta(seconds=2))
def test_whatever_is_answered_can_be_decided_whatever_the_order(said):
    found = facts_from(bank(), said, conditions())
    turned = facts_from(bank(), dict(reversed(said.items())), conditions())
    assert found == turned
    decide(facts(sex=said["sex"], declared=found), ask)
