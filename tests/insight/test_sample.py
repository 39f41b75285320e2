"""Invented claims over every product, today's and harder terms: the kernel is the single path."""

from dataclasses import replace
from decimal import Decimal
from itertools import groupby

import orjson
import pytest

from tests.claims import cases
from yilu.claims.queries import kept
from yilu.insight.whatif import encoding, portfolio, recalculation, sample, single_path
from yilu.products.terms import Allowance, Reimbursement

CODES = ("small-medical", "group-medical", "million-medical", "hospital-allowance", "accident")


def harder(terms):
    """Everything that stands on earlier claims, with amounts that never come out even."""
    return replace(
        terms,
        benefits=tuple(
            replace(
                b, deductible_year=Decimal("333.33"), deductible_met_by=("OTHER",), cap_visit=Decimal("2000.01"),
                cap_lifetime=Decimal(9000), ratio_social=Decimal("0.835"), ratio_unused=Decimal("0.715"), waiting_days=20,
                waiting_instead="PREMIUMS_PAID", scope=replace(b.scope, B=Decimal("0.875")),
            )
            if isinstance(b, Reimbursement)
            else replace(b, max_days_year=20, waiting_days=20)
            if isinstance(b, Allowance)
            else b
            for b in terms.benefits
        ),
    )  # fmt: skip


@pytest.mark.parametrize("code", CODES)
def test_agrees_on_every_invented_claim(code):
    today = cases.terms(code)
    collector = encoding.Collector(today)
    chains = []
    for _policy, group in groupby(sample.claims(today, 200), key=lambda c: c.policy):
        facts = [claim.facts for claim in group]
        for each in facts:
            collector.add(len(chains), each)
        chains.append([kept.facts_of(each) for each in facts])
    laid = portfolio.laid_out(collector)
    for terms in (today, harder(today)):
        ours = [Decimal(int(fen)) / 100 for fen in recalculation.recalculate(laid, terms)]
        assert ours == [b for chain in chains for b in single_path.benefits_of(chain, terms)]
        assert sum(ours) > 0


def test_the_same_seed_invents_the_same_claims():
    terms = cases.terms("small-medical")
    first, again, other = (list(sample.claims(terms, 30, seed)) for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_kept_facts_are_the_facts():
    for claim in sample.claims(cases.terms("small-medical"), 20):
        assert kept.canonical(kept.facts_of(claim.facts)) == kept.canonical(
            kept.facts_of(kept_again(claim.facts))
        )


def kept_again(facts):

    return orjson.loads(kept.canonical(kept.facts_of(facts)))


class TestRefusesByName:
    """What whole numbers cannot express is never approximated."""

    def refused(self, act, *given):
        with pytest.raises(encoding.Refused) as refusal:
            act(*given)
        return refusal.value.code

    def facts(self, **changed):
        names = kept.FIELDS["CaseFacts"]
        made = next(sample.claims(cases.terms("small-medical"), 1)).facts
        for name, value in changed.items():
            made[names.index(name)] = value
        return made

    def test_a_ground_a_person_upheld(self):
        collector = encoding.Collector(cases.terms("small-medical"))
        facts = self.facts(upheld=["EXCLUSION:DENTAL:inpatient"])
        assert self.refused(collector.add, 1, facts) == "UPHELD"
        assert not len(collector.claims)
        assert not any(len(rows) for rows in collector.rows.values())

    def test_an_amount_finer_than_a_fen(self):
        collector = encoding.Collector(cases.terms("small-medical"))
        assert self.refused(collector.add, 1, self.facts(owed_premium="0.005")) == "NOT_WHOLE_FEN"

    def test_a_benefit_paid_by_the_sum_insured(self):
        collector = encoding.Collector(cases.terms("accident"))
        assert (
            self.refused(collector.add, 1, self.facts(claim_type="DEATH", cause="ACCIDENT"))
            == "OTHER_BENEFIT"
        )

    def laid(self, **changed):
        collector = encoding.Collector(cases.terms("small-medical"))
        collector.add(1, self.facts(**changed))
        return portfolio.laid_out(collector)

    def test_terms_that_move_a_cost_to_another_benefit(self):
        terms = cases.terms("small-medical")
        first = replace(terms.benefits[0], visits=("INPATIENT",))
        other = replace(terms, benefits=(first, *terms.benefits[1:]))
        assert self.refused(recalculation.recalculate, self.laid(), other) == "OTHER_SHAPE"

    def test_terms_with_one_benefit_less(self):
        terms = cases.terms("small-medical")
        other = replace(terms, benefits=terms.benefits[:1])
        assert self.refused(recalculation.recalculate, self.laid(), other) == "OTHER_BENEFITS"

    def test_amounts_beyond_what_is_exact(self):
        laid = self.laid(owed_premium="99999999999999.99")
        assert (
            self.refused(recalculation.recalculate, laid, harder(cases.terms("small-medical")))
            == "TOO_LARGE"
        )


def test_no_claims_come_to_nothing():
    terms = cases.terms("small-medical")
    assert not len(recalculation.recalculate(portfolio.laid_out(encoding.Collector(terms)), terms))
