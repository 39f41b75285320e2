"""The second opinion and the calculation never differ, whatever the case, the wording and the ledger."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.audit import plain
from tests.claims import cases
from yilu.audit import rules as audit
from yilu.claims.rules import calculate
from yilu.products.operations import CATALOGUE

PRODUCTS = sorted(path.parent.name for path in CATALOGUE.glob("*/terms.toml"))
PAIRS = [(code, kind) for code in PRODUCTS for kind in cases.terms(code).claim_types]
SLOWLY = settings(
    deadline=None,
    max_examples=40,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
GROUNDS = [
    "WAITING", "SUICIDE", "EXCLUSION", "NON_DISCLOSURE", "TREATED_LATE", "BEFORE_COVER", "AFTER_COVER",
    "HOSPITAL_NOT_LISTED",
]  # fmt: skip


PREMIUMS = st.tuples(st.integers(0, 9_999_99), st.integers(1, 9_999_99)).map(
    lambda both: tuple(Decimal(each) / 100 for each in both)
)


def agree(case, terms, used):
    ours = calculate(case, terms, used)
    theirs = audit.recompute(plain.case(case), plain.wording(terms), plain.ledger(used))
    assert theirs.benefit == Fraction(ours.benefit), ours.as_plain()
    assert sum(line.amount for line in ours.lines) == ours.benefit
    assert theirs.waived_from == ours.waived_from
    assert by_benefit(theirs.entries) == by_benefit(ours.uses)


def by_benefit(rows):
    """Paid, deductible to the fen, and days by benefit, policy year and visit."""
    found = {}
    for row in rows:
        code = getattr(row, "benefit_code", None) or row.benefit
        met = row.deductible_used if hasattr(row, "deductible_used") else row.deductible
        place = (code, row.year, row.visit, row.level, row.condition)
        paid, deductible, days = found.get(place, (0, 0, 0))
        found[place] = (
            paid + Fraction(row.paid), deductible + audit.to_the_fen(Fraction(met)), days + row.days,
        )  # fmt: skip
    return found


CIRCUMSTANCES = st.sets(
    st.sampled_from(["SUICIDE", "NON_DISCLOSURE", "PRE_EXISTING", "WAR", "HOLDER_DEATH"]),
    max_size=3,
)
UPHELD = st.sets(st.sampled_from(GROUNDS), max_size=3)
REPORTED = st.none() | cases.DAYS
PREMIUM_SHARES = st.none() | PREMIUMS
DAYS_YOUNG = st.integers(0, 400)


@cache
@st.composite
def doubtful(draw, claim_type):
    """A case in which a person may have upheld something."""
    case = draw(cases.any_case(claim_type))
    young = draw(cases.TRUTHS)
    contract = case.contract
    if young:
        since = cases.EVENT - timedelta(days=draw(DAYS_YOUNG))
        contract = replace(contract, continuous_since=since, formed_on=since)
    return replace(
        case,
        contract=contract,
        circumstances=tuple(draw(CIRCUMSTANCES)),
        upheld=tuple(draw(UPHELD)),
        reported_on=draw(REPORTED),
        premium_share=draw(PREMIUM_SHARES),
    )  # fmt: skip


@pytest.mark.parametrize(("code", "claim_type"), PAIRS)
@SLOWLY
@given(data=st.data())
def test_agrees_on_every_product_of_the_catalogue(code, claim_type, data):
    terms = cases.terms(code)
    used = data.draw(cases.used_up(tuple(b.code for b in terms.benefits)))
    agree(data.draw(doubtful(claim_type)), terms, used)


@settings(SLOWLY, max_examples=150)
@given(data=st.data())
def test_agrees_on_any_reimbursement_a_wording_could_promise(data):
    terms = replace(
        cases.terms("small-medical"),
        benefits=(
            data.draw(cases.reimbursements("first")),
            data.draw(cases.reimbursements("second")),
        ),
    )
    agree(data.draw(doubtful("MEDICAL")), terms, data.draw(cases.used_up(("first", "second"))))


@given(st.decimals(-1000, 1000, places=5))
def test_rounds_halves_away_from_nothing(amount):
    rounded = audit.to_the_fen(Fraction(amount))
    assert rounded == Fraction(amount.quantize(Decimal("0.01"), rounding="ROUND_HALF_UP"))
