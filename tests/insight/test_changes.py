"""Which figures may be changed, how they are written, and what is refused."""

from dataclasses import replace
from decimal import Decimal

import pytest

from tests.claims import cases
from yilu.insight.whatif import changes

SMALL = "small-medical"


def read(**given):
    return changes.read(cases.terms(SMALL), {k.replace("__", "."): v for k, v in given.items()})


def test_a_figure_is_read_as_people_write_it():
    (changed,) = read(inpatient__deductible_visit="1,200.50")
    assert (changed.before, changed.after, changed.benefit) == ("100", "1200.5", "住院医疗保险金")
    other = changes.applied(cases.terms(SMALL), (changed,))
    assert other.by_benefit["inpatient"].deductible_visit == Decimal("1200.50")
    assert other.by_benefit["outpatient"] == cases.terms(SMALL).by_benefit["outpatient"]


def test_a_ratio_is_written_as_a_percentage():
    changed = changes.read(
        cases.terms(SMALL), {"outpatient.ratio_social": "72.5", "outpatient.scope.C": "30"}
    )
    outpatient = changes.applied(cases.terms(SMALL), changed).by_benefit["outpatient"]
    assert outpatient.ratio_social == Decimal("0.725")
    assert outpatient.scope == replace(outpatient.scope, C=Decimal("0.3"), B=Decimal("0.9"))


def test_an_empty_limit_is_no_limit():
    (changed,) = read(outpatient__cap_visit="")
    assert (
        changes.applied(cases.terms(SMALL), (changed,)).by_benefit["outpatient"].cap_visit is None
    )


def test_the_same_figure_is_no_change():
    with pytest.raises(changes.NothingChanged):
        read(inpatient__deductible_visit="100.00", inpatient__ratio_social=" 90 ")


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("deductible_visit", ""), ("deductible_visit", "-1"), ("deductible_visit", "1.005"),
        ("deductible_visit", "NaN"), ("deductible_visit", "1e3"), ("deductible_visit", "１００"),
        ("deductible_visit", "100000001"), ("ratio_social", "100.1"), ("ratio_social", "33.33"),
        ("waiting_days", "1.5"), ("waiting_days", "Infinity"), ("deductible_visit", "9" * 400),
    ],
)  # fmt: skip
def test_a_figure_no_clause_could_have_is_refused_by_its_name(key, text):
    with pytest.raises(changes.BadChange) as refused:
        changes.read(cases.terms(SMALL), {f"inpatient.{key}": text})
    assert "“" in refused.value.message


def test_a_yearly_cap_is_an_amount_or_a_share():
    inpatient, outpatient = changes.parts(cases.terms(SMALL))
    assert "inpatient.cap_year_share" in [f.key for f in inpatient.figures]
    assert "inpatient.cap_year" not in [f.key for f in inpatient.figures]
    assert "outpatient.cap_year" in [f.key for f in outpatient.figures]


def test_benefits_by_the_sum_insured_are_not_offered():
    assert not changes.parts(cases.terms("whole-life"))
    assert [p.code for p in changes.parts(cases.terms("hospital-allowance"))] == ["allowance"]


def test_the_digest_follows_the_figures_only():
    terms = cases.terms(SMALL)
    changed = read(inpatient__deductible_visit="200")
    other = changes.applied(terms, changed)
    assert changes.digest(terms) == changes.digest(replace(terms, digest="x"))
    assert changes.digest(other) != changes.digest(terms)
    assert changes.digest(changes.applied(terms, changed)) == changes.digest(other)
