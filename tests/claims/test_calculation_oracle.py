"""calculate agrees to the cent with a second calculation written from the clauses."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.claims import cases, money_oracle
from yilu.claims.rules import calculate
from yilu.products.operations import CATALOGUE

PRODUCTS = sorted(path.parent.name for path in CATALOGUE.glob("*/terms.toml"))
PAIRS = [(code, kind) for code in PRODUCTS for kind in cases.terms(code).claim_types]
SLOWLY = settings(
    deadline=None,
    max_examples=80,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def agree(case, terms, used):
    ours = calculate(case, terms, used)
    assert Fraction(ours.benefit) == money_oracle.benefit_of(case, terms, used), ours.as_plain()
    assert sum(line.amount for line in ours.lines) == ours.benefit


@pytest.mark.parametrize(("code", "claim_type"), PAIRS)
@SLOWLY
@given(data=st.data())
def test_on_every_product_of_the_catalogue(code, claim_type, data):
    terms = cases.terms(code)
    case = data.draw(cases.any_case(claim_type))
    agree(case, terms, data.draw(cases.used_up([b.code for b in terms.benefits])))


@settings(SLOWLY, max_examples=500)
@given(data=st.data())
def test_on_any_reimbursement_a_wording_could_promise(data):
    terms = replace(
        cases.terms("small-medical"),
        benefits=(
            data.draw(cases.reimbursements("first")),
            data.draw(cases.reimbursements("second")),
        ),
    )
    agree(
        data.draw(cases.any_case("MEDICAL")), terms, data.draw(cases.used_up(["first", "second"]))
    )
