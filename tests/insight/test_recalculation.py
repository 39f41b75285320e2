"""The kernel agrees with the single path to the fen, whatever the terms and however claims follow."""

from dataclasses import replace
from decimal import Decimal

import orjson
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.claims import cases
from yilu.claims.rules.result import canonical
from yilu.insight.whatif import encoding, portfolio, recalculation, single_path
from yilu.policies.terms import Use
from yilu.products.terms import Allowance

SLOWLY = settings(
    deadline=None,
    max_examples=25,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def plain(case):
    """Facts as they are kept with a calculation."""
    return orjson.loads(canonical(case))


def collected(chains, terms):
    """Chains of claims and uses, taken in turns so that policies lie mixed."""
    made = encoding.Collector(terms)
    for place in range(max(map(len, chains), default=0)):
        for policy, chain in enumerate(chains):
            if place < len(chain):
                each = chain[place]
                if isinstance(each, tuple):
                    for u in each:
                        made.add_fixed(
                            policy, u.benefit_code, u.year, u.visit, int(u.deductible_used * 100),
                            int(u.paid * 100), u.days,
                        )  # fmt: skip
                else:
                    made.add(policy, plain(each))
    return made


def in_turns(chains, answers):
    """The answers of the single path in the order in which the kernel has the claims."""
    left = [iter(a) for a in answers]
    return [
        next(left[policy])
        for place in range(max(map(len, chains), default=0))
        for policy, chain in enumerate(chains)
        if place < len(chain) and not isinstance(chain[place], tuple)
    ]


def agree(chains, built_for, terms):
    laid = portfolio.laid_out(collected(chains, built_for))
    ours = recalculation.recalculate(laid, terms)
    single = in_turns(chains, [single_path.benefits_of(chain, terms) for chain in chains])
    assert [Decimal(int(fen)) / 100 for fen in ours] == single


@st.composite
def allowances(draw, code):
    """Any allowance a wording could promise."""
    most = st.none() | st.integers(0, 60)
    return Allowance(
        code=code, name="津贴", claim_type="MEDICAL", clause="2.2",
        daily=draw(st.none() | cases.SMALL),
        icu_multiple=draw(st.sampled_from([Decimal(1), Decimal("1.5"), Decimal("2.25")])),
        max_icu_days_stay=draw(most), deductible_days=draw(st.integers(0, 5)),
        max_days_stay=draw(most), max_days_year=draw(most), max_days_lifetime=draw(most),
        same_stay_gap_days=draw(st.sampled_from([0, 0, 30])), count=draw(st.sampled_from(["NIGHTS", "BOTH_DAYS"])),
        waiting_days=draw(st.sampled_from([0, 30, 900])),
        waiting_instead=draw(st.sampled_from(["NOTHING", "CASH_VALUE"])),
    )  # fmt: skip


@st.composite
def medical(draw, code):
    """Any reimbursement, also one that makes people wait."""
    return replace(
        draw(cases.reimbursements(code)),
        waiting_days=draw(st.sampled_from([0, 0, 30, 900])),
        waiting_instead=draw(st.sampled_from(["NOTHING", "PREMIUMS_PAID"])),
        deducts_loan=draw(st.booleans()),
        cap_year_share=draw(st.none() | st.just(Decimal("0.125"))),
    )


@st.composite
def claims(draw):
    made = draw(cases.any_case("MEDICAL"))
    return replace(made, stays=tuple(draw(st.lists(cases.stays(), max_size=3))))


@st.composite
def uses(draw):
    return tuple(
        Use(
            benefit_code=draw(st.sampled_from(["first", "days"])), year=draw(st.integers(2, 4)),
            used_on=cases.EVENT, visit=draw(cases.VISIT_KEYS),
            deductible_used=draw(cases.SMALL), paid=draw(cases.SMALL), days=draw(st.integers(0, 9)),
        )
        for _ in range(draw(st.integers(1, 2)))
    )  # fmt: skip


@st.composite
def chain(draw):
    """The claims of one policy, with what is not recalculated among them."""
    contract = draw(cases.CONTRACTS)
    length = draw(st.integers(1, 4))
    return [
        draw(uses()) if draw(st.integers(0, 5)) == 0 else replace(draw(claims()), contract=contract)
        for _ in range(length)
    ]


@st.composite
def changed(draw, benefit):
    """The same benefit with other figures."""
    other = draw(
        medical(benefit.code) if not isinstance(benefit, Allowance) else allowances(benefit.code)
    )
    shape = ("visits", "visit_is_event", "deducts_loan", "same_stay_gap_days", "count", "causes")
    return replace(other, **{n: getattr(benefit, n) for n in shape if hasattr(benefit, n)})


@SLOWLY
@given(data=st.data())
def test_any_terms_over_any_claims(data):
    wording = cases.terms("small-medical")
    terms = replace(
        wording,
        benefits=(
            data.draw(medical("first")),
            data.draw(medical("second")),
            data.draw(allowances("days")),
        ),
    )
    agree(data.draw(st.lists(chain(), min_size=1, max_size=4)), terms, terms)


@SLOWLY
@given(data=st.data())
def test_other_figures_over_claims_laid_out_once(data):
    benefits = (data.draw(medical("first")), data.draw(allowances("days")))
    terms = replace(cases.terms("small-medical"), benefits=benefits)
    after = replace(terms, benefits=tuple(data.draw(changed(b)) for b in benefits))
    agree(data.draw(st.lists(chain(), min_size=1, max_size=4)), terms, after)
