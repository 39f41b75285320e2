"""decide …"""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.underwriting.tables import NODULE, PRESSURE, ask, compiled, declared, facts
from yilu.kernel.cells import Kind
from yilu.underwriting.catalogue import conditions, examinations
from yilu.underwriting.rules.deciding import LADDER, NotDecidable, body_mass, decide, facts_digest
from yilu.underwriting.terms import Line, Outcome, Proposal

ALWAYS = {"bmi", "smoking", "occupation", "sum_at_risk", "income", "history", "combined"}


def test_accepts_a_standard_risk_and_says_which_rows_looked_at_it():
    verdict = decide(facts(), ask)

    assert verdict.outcome is Outcome.ACCEPT
    assert (verdict.extra_mortality, verdict.exclusions, verdict.examinations) == (0, (), ())
    assert {r.condition for r in verdict.reasons} == ALWAYS - {"combined"}
    assert all(r.table and r.version == 1 and r.row and r.in_words for r in verdict.reasons)


@pytest.mark.parametrize(
    ("line", "detail", "outcome", "points"),
    [
        # under control: a few points are carried without a loading
        (Line.LIFE, PRESSURE, "ACCEPT", 0),
        (Line.CRITICAL_ILLNESS, PRESSURE, "ACCEPT", 0),
        (Line.CRITICAL_ILLNESS, PRESSURE | {"systolic": Decimal(145)}, "LOADING", 50),
        (Line.LIFE, PRESSURE | {"diastolic": Decimal(100)}, "LOADING", 100),
        (Line.MEDICAL, PRESSURE | {"systolic": Decimal(145)}, "EXCLUSION", 0),
        (Line.ACCIDENT, PRESSURE | {"systolic": Decimal(145)}, "ACCEPT", 0),
    ],
)
def test_judges_high_blood_pressure_by_its_figures_and_the_product(line, detail, outcome, points):
    verdict = decide(facts(line=line, declared=declared(conditions={"hypertension": detail})), ask)
    assert (verdict.outcome, verdict.extra_mortality) == (outcome, points)


def test_excludes_a_nodule_with_its_wording_and_the_diagnoses_it_means():
    verdict = decide(facts(declared=declared(conditions={"thyroid_nodule": NODULE})), ask)

    assert verdict.outcome is Outcome.EXCLUSION
    (excluded,) = verdict.exclusions
    assert excluded.code == "thyroid_nodule"
    assert "甲状腺癌" in excluded.wording
    assert excluded.icd_prefixes == ("E04", "D34", "C73")
    assert verdict.is_changed


def test_asks_for_every_examination_at_once_and_never_again_after_the_report():
    given = {
        "thyroid_nodule": NODULE | {"tirads": "UNKNOWN"},
        "hyperlipidaemia": {"level": "UNKNOWN"},
    }
    asked = decide(facts(declared=declared(conditions=given)), ask)
    assert asked.outcome is Outcome.EXAMINE
    assert asked.examinations == ("BLOOD_LIPIDS", "ULTRASOUND_THYROID")

    read = decide(facts(declared=declared(conditions=given), has_report=True), ask)
    assert read.outcome is Outcome.REFER


def test_leaves_postponing_and_declining_to_a_person_and_proposes_it():
    high = PRESSURE | {"systolic": Decimal(185)}
    verdict = decide(facts(declared=declared(conditions={"hypertension": high})), ask)
    assert verdict.outcome is Outcome.REFER
    assert verdict.proposal == Proposal(outcome=Outcome.POSTPONE, months=6)

    damaged = PRESSURE | {"damage": True}
    both = {"hypertension": damaged, "gallbladder_polyp": {"size": Decimal(4), "grows": True}}
    verdict = decide(facts(declared=declared(conditions=both)), ask)
    assert verdict.outcome is Outcome.REFER
    assert verdict.proposal == Proposal(outcome=Outcome.DECLINE)


def test_adds_points_up_and_refers_what_is_too_much():
    conditions_ = {"hypertension": PRESSURE | {"systolic": Decimal(145)}}
    obese = declared(conditions=conditions_, weight_kg=Decimal(95))  # 32.9: 75 points
    assert decide(facts(declared=obese), ask).extra_mortality == 125

    smoking = replace(obese, cigarettes_a_day=Decimal(30))  # 50 more
    verdict = decide(facts(declared=smoking), ask)
    assert (verdict.outcome, verdict.extra_mortality) == (Outcome.REFER, 175)


@pytest.mark.parametrize(
    ("given", "outcome"),
    [
        ({"sum_at_risk": Decimal("1000000.00")}, "ACCEPT"),
        ({"sum_at_risk": Decimal("1000000.01")}, "EXAMINE"),
        ({"sum_at_risk": Decimal("1000000.00"), "age": 46}, "EXAMINE"),
        ({"sum_at_risk": Decimal("6000000.00"), "income": Decimal(9_000_000)}, "REFER"),
        ({"sum_at_risk": Decimal("900000.00"), "income": None}, "REFER"),
        ({"sum_at_risk": Decimal("900000.00"), "income": Decimal(30_000)}, "REFER"),
        ({"sum_at_risk": Decimal("900000.00"), "income": Decimal(0)}, "REFER"),
        ({"income": None}, "ACCEPT"),
        ({"adverse": 1}, "REFER"),
        ({"rescinded": True}, "REFER"),
        ({"undeclared": 1}, "REFER"),
        ({"occupation_class": 6}, "REFER"),
        ({"occupation_class": 7}, "REFER"),
    ],
)
def test_looks_at_the_money_the_work_and_the_past(given, outcome):
    assert decide(facts(**given), ask).outcome == outcome


@pytest.mark.parametrize(
    "given",
    [
        {"declared": declared(height_cm=None)},
        {"declared": declared(weight_kg=Decimal(0))},
        {"declared": declared(cigarettes_a_day=None)},
        {"declared": declared(conditions={"hypertension": {}})},
        {"declared": declared(conditions={"hypertension": {**PRESSURE, "systolic": None}})},
        {"declared": declared(conditions={"thyroid_nodule": {"operated": "NO", "tirads": "?"}})},
        {"declared": declared(conditions={"no_such_condition": {}})},
        {"sum_at_risk": Decimal("1.00")},
        {"age": -1},
    ],
)
def test_never_takes_a_missing_answer_for_a_good_one(given):
    with pytest.raises(NotDecidable):
        decide(facts(**given), ask)


def test_asks_no_child_about_smoking_and_no_buyer_of_an_annuity_about_health():
    child = declared(cigarettes_a_day=None, height_cm=Decimal(110), weight_kg=Decimal(19))
    assert decide(facts(age=5, declared=child), ask).outcome is Outcome.ACCEPT
    nothing = declared(height_cm=None, weight_kg=None, cigarettes_a_day=None)
    annuity = facts(line=Line.LIFE, declared=nothing, asked_health=False)
    assert decide(annuity, ask).outcome is Outcome.ACCEPT


def test_measures_the_body():
    assert body_mass(Decimal(170), Decimal(65)) == Decimal("22.5")


# -- what holds for every application -----------------------------------------------------------


@st.composite
def details(draw, code):
    """Any answers to the questions of a condition's table."""
    found = {}
    for column in compiled()[f"underwriting.{code}"].table.inputs:
        if column.name == "line":
            continue
        if column.kind is Kind.BOOL:
            found[column.name] = draw(st.booleans())
        elif column.kind is Kind.CHOICE:
            found[column.name] = draw(st.sampled_from(column.choices))
        else:
            found[column.name] = Decimal(draw(st.integers(0, 250)))
    return found


@st.composite
def applications(draw):
    codes = draw(st.lists(st.sampled_from(sorted(conditions())), max_size=5, unique=True))
    return facts(
        line=draw(st.sampled_from(Line)),
        age=draw(st.integers(0, 75)),
        occupation_class=draw(st.integers(1, 6)),
        sum_at_risk=Decimal(draw(st.integers(300_000, 6_000_000))),
        income=draw(st.none() | st.integers(0, 900_000).map(Decimal)),
        adverse=draw(st.integers(0, 2)),
        has_report=draw(st.booleans()),
        declared=declared(
            weight_kg=Decimal(draw(st.integers(40, 130))),
            cigarettes_a_day=Decimal(draw(st.integers(0, 60))),
            conditions={code: draw(details(code)) for code in codes},
        ),
    )


MODEST = settings(max_examples=60, deadline=timedelta(seconds=2))


@given(st.data(), applications())
@MODEST
def test_never_grows_milder_by_one_more_condition(data, before):
    code = data.draw(st.sampled_from(sorted(set(conditions()) - set(before.declared.conditions))))
    more = {**before.declared.conditions, code: data.draw(details(code))}
    after = replace(before, declared=replace(before.declared, conditions=more))

    old, new = decide(before, ask), decide(after, ask)

    assert LADDER.index(new.outcome) >= LADDER.index(old.outcome)
    assert new.extra_mortality >= old.extra_mortality
    assert set(new.exclusions) >= set(old.exclusions)
    assert set(new.examinations) >= set(old.examinations)


@given(applications())
@MODEST
def test_says_the_same_whatever_the_order_of_the_answers(one):
    turned = {
        code: dict(reversed(answers.items()))
        for code, answers in reversed(one.declared.conditions.items())
    }
    other = replace(one, declared=replace(one.declared, conditions=turned))
    assert facts_digest(other) == facts_digest(one)
    assert decide(other, ask) == decide(one, ask)


@given(applications())
@MODEST
def test_never_refuses_and_gives_a_row_for_everything_it_says(one):
    verdict = decide(one, ask)
    assert verdict.outcome in LADDER
    assert (verdict.outcome is Outcome.REFER) or verdict.proposal is None
    assert verdict.outcome is not Outcome.LOADING or verdict.extra_mortality > 0
    assert bool(verdict.exclusions) or verdict.outcome is not Outcome.EXCLUSION
    assert bool(verdict.examinations) or verdict.outcome is not Outcome.EXAMINE
    assert all(r.row for r in verdict.reasons if r.condition != "report")


def test_binds_a_verdict_to_every_answer():
    one = facts(declared=declared(conditions={"hypertension": PRESSURE}))
    other = replace(
        one, declared=declared(conditions={"hypertension": PRESSURE | {"systolic": Decimal(131)}})
    )
    assert facts_digest(one) != facts_digest(other)
    assert facts_digest(facts(income=Decimal("120000.00"))) == facts_digest(
        facts(income=Decimal(120_000))
    )


# -- the shipped data ---------------------------------------------------------------------------


def test_has_a_table_for_each_condition_whose_inputs_are_its_questions():
    assert len(conditions()) >= 46
    for code, condition in conditions().items():
        table = compiled()[f"underwriting.{code}"].table
        columns = {column.name: column for column in table.inputs}
        assert set(columns) == {"line"} | {question.code for question in condition.questions}
        assert set(columns["line"].choices) == set(Line)
        for question in condition.questions:
            allowed = columns[question.code].choices
            assert {choice for choice, _label in question.choices} <= set(allowed)
            assert not question.otherwise or question.otherwise in allowed


def test_has_words_for_each_examination_and_a_wording_for_each_exclusion():
    for code, table in compiled().items():
        if code == "underwriting.authority":  # says who decides, not what
            continue
        names = [column.name for column in table.table.outputs]
        for row in table.table.rows:
            said = dict(zip(names, row[-len(names) :], strict=True))
            assert said["words"], code
            assert (said["outcome"] == "EXCLUSION") == bool(said["exclusion"] and said["icd"]), code
            assert (said["outcome"] == "EXAMINE") == (said["examination"] != "NONE"), code
            assert said["examination"] == "NONE" or said["examination"] in examinations()
            assert (said["outcome"] == "POSTPONE") == (said["months"] != "0"), code
