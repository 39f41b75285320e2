"""The pure rules: needs, suitability, recording, insurable interest."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yilu.products.terms import MinorLimit
from yilu.standards import shipped
from yilu.underwriting.rules import interest, needs, recording, suitability
from yilu.underwriting.rules.lifecycle import LABELS, OPEN, POSSIBLE, Action, State
from yilu.underwriting.rules.suitability import Finances, Limit

BOOK = needs.read(shipped.books()["needs"]["content"], 1)
AMOUNTS = st.integers(0, 5_000_000).map(Decimal)
AT_MOST = suitability.Limits(
    income_times=Decimal(4), income_share=Decimal("0.2"), age_and_years=75,
    budget_share=Decimal("1.5"), care_age=65,
)  # fmt: skip
EVERYTHING = {plan.product: (0, 120, Decimal(10_000), Decimal(1_000_000)) for plan in BOOK.plans}


@st.composite
def answers(draw):
    given_answers = {}
    for question in BOOK.questions:
        codes = sorted(question.choices)
        if question.many:
            given_answers[question.code] = draw(st.lists(st.sampled_from(codes), unique=True))
        else:
            given_answers[question.code] = draw(st.sampled_from(codes) if codes else AMOUNTS)
    return given_answers


class TestNeeds:
    def test_a_young_couple_with_a_mortgage_hears_why_each_plan_fits(self) -> None:
        told = {
            "family": "COUPLE", "income": Decimal(300_000), "debts": Decimal(800_000), "parents": "NO",
            "social": "YES", "has": [], "work": "EMPLOYED", "worry": "ILLNESS",
        }  # fmt: skip
        found = needs.match(BOOK, told, 30, EVERYTHING)

        assert [match.product for match in found] == [
            "million-medical-social", "critical-illness", "term-life", "accident", "endowment",
        ]  # fmt: skip
        assert "newly_wed" in found[2].tags  # cover for the two of them, and schooling to come (A3)
        assert found[4].tags == ("newly_wed",)
        assert {"newly_wed", "in_debt", "breadwinner"} <= set(needs.tags_of(BOOK, told, 30))
        assert found[2].sum_insured == Decimal(
            1_000_000
        )  # 5 × 300,000 + 800,000, at most the product's
        assert any("贷款" in reason for reason in found[2].reasons)

    def test_who_has_no_state_insurance_is_not_offered_what_needs_it(self) -> None:
        told = {"social": "NO", "has": [], "worry": "BILLS", "income": Decimal(0)}
        products = [match.product for match in needs.match(BOOK, told, 30, EVERYTHING)]
        assert "million-medical" in products
        assert "million-medical-social" not in products

    @given(answers(), st.integers(0, 100))
    @settings(max_examples=50)
    def test_every_plan_has_a_reason_an_age_and_a_sum_within_its_range(self, told, age) -> None:
        offered = {code: (18, 60, Decimal(50_000), Decimal(500_000)) for code in EVERYTHING}
        tags = needs.tags_of(BOOK, told, age)
        for match in needs.match(BOOK, told, age, offered):
            assert 0 < len(match.reasons) == len(match.tags)
            assert set(match.tags) <= set(tags)
            assert 18 <= age <= 60
            assert match.sum_insured is None or 50_000 <= match.sum_insured <= 500_000


def _assess(**told):
    plain = {
        "finances": Finances(income=Decimal(200_000), budget=Decimal(20_000)),
        "premium": Decimal(10_000), "pay_mode": "YEARLY", "pay_years": 20, "age": 40, "limits": AT_MOST,
    }  # fmt: skip
    return suitability.assess(**{**plain, **told})


class TestSuitability:
    def test_a_modest_premium_needs_no_statement(self) -> None:
        assert not _assess().needs_statement

    @pytest.mark.parametrize(
        ("told", "limit"),
        [
            ({"premium": Decimal("800000.01"), "pay_mode": "SINGLE"}, Limit.SINGLE_PREMIUM),
            ({"premium": Decimal("40000.01")}, Limit.YEARLY_PREMIUM),
            ({"age": 55, "pay_years": 20}, Limit.AGE_AND_YEARS),
            ({"premium": Decimal("30000.01")}, Limit.BUDGET),
        ],
    )
    def test_each_limit_is_found_by_itself(self, told, limit) -> None:
        assert limit in {found.limit for found in _assess(**told).found}

    @pytest.mark.parametrize(
        ("told", "limit"),
        [
            ({"premium": Decimal(800_000), "pay_mode": "SINGLE"}, Limit.SINGLE_PREMIUM),
            ({"premium": Decimal(40_000)}, Limit.YEARLY_PREMIUM),
            ({"age": 54, "pay_years": 20}, Limit.AGE_AND_YEARS),
            ({"premium": Decimal(30_000)}, Limit.BUDGET),
        ],
    )
    def test_exactly_the_limit_passes_none(self, told, limit) -> None:
        assert limit not in {found.limit for found in _assess(**told).found}

    def test_twelve_monthly_premiums_count_as_a_years(self) -> None:
        assert _assess(premium=Decimal("3000"), pay_mode="MONTHLY").yearly == Decimal(36_000)

    @given(
        AMOUNTS,
        AMOUNTS,
        st.integers(1, 500_000).map(Decimal),
        st.integers(1, 30),
        st.integers(18, 80),
    )
    @settings(max_examples=50)
    def test_paying_more_never_passes_fewer_limits(
        self, income, budget, premium, years, age
    ) -> None:
        finances = Finances(income=income, budget=budget)

        def found(amount, mode):
            return {
                f.limit
                for f in suitability.assess(
                    finances=finances,
                    premium=amount,
                    pay_mode=mode,
                    pay_years=years,
                    age=age,
                    limits=AT_MOST,
                ).found
            }

        for mode in ("YEARLY", "SINGLE", "MONTHLY"):
            assert found(premium, mode) <= found(premium + 1, mode)

    @given(st.integers(18, 90))
    def test_special_care_is_due_from_65_on(self, age) -> None:
        assert _assess(age=age).special_care == (age >= 65)


class TestRecording:
    @pytest.mark.parametrize(
        ("told", "why"),
        [
            ({"by_agency": True}, {"AGENCY"}),
            ({"holder_age": 60}, {"ELDERLY"}),
            ({"linked": True}, {"LINKED"}),
            ({}, set()),
            ({"by_agency": True, "holder_age": 70, "over_a_year": False}, set()),
        ],
    )
    def test_what_must_be_recorded(self, told, why) -> None:
        plain = {"by_agency": False, "linked": False, "holder_age": 40, "over_a_year": True}
        assert set(recording.reasons(**{**plain, **told})) == why

    def test_the_protected_group_is_always_checked_and_three_in_ten_of_the_rest(self) -> None:
        assert recording.always_checked(["ELDERLY"])
        assert not recording.always_checked(["AGENCY"])
        picks = set()
        for secret in range(12):
            chosen: list[int] = []
            for position in range(1, 101):
                if recording.chosen_for_check(
                    position, len(chosen), 30, lambda k, s=secret: s * k * 7 + s
                ):
                    chosen.append(position)
                assert len(chosen) >= -(-position * 30 // 100)  # never fewer, at any moment
            assert len(chosen) in (30, 31)
            picks.add(tuple(chosen))
        assert len(picks) > 3  # another secret, another draw

    def test_a_step_left_out_or_exchanged_shows_in_the_chain(self) -> None:
        def end(steps):
            link = ""
            for code, sha in steps:
                link = recording.chain(link, code, sha)
            return link

        whole = [(code, f"{n:064x}") for n, code in enumerate(recording.CODES)]
        others = [
            whole[:2] + whole[3:],
            [whole[1], whole[0], *whole[2:]],
            [("IDENTITY", "f" * 64), *whole[1:]],
        ]
        assert end(whole) not in {end(other) for other in others}


PARENT = interest.Person(1, 40, "FEMALE")
CHILD = interest.Person(2, 8, "MALE")
LIMITS = (
    MinorLimit(below_age=10, limit=Decimal(200_000)),
    MinorLimit(below_age=18, limit=Decimal(500_000)),
)


class TestInterest:
    def test_a_parent_may_insure_their_child_on_death_and_nobody_else_may(self) -> None:
        told = {"holder": PARENT, "insured": CHILD, "pays_on_death": True}
        assert interest.problem(**told, relation="CHILD") == ""
        assert "未成年人" in interest.problem(**told, relation="FAMILY")

    @pytest.mark.parametrize(
        ("holder", "insured", "relation"),
        [
            (PARENT, PARENT, "SPOUSE"),
            (PARENT, CHILD, "SELF"),
            (PARENT, CHILD, "FRIEND"),
            (PARENT, CHILD, "PARENT"),
            (interest.Person(3, 17, "MALE"), interest.Person(3, 17, "MALE"), "SELF"),
            (PARENT, interest.Person(4, 60, "MALE"), "CHILD"),
            (PARENT, interest.Person(4, None, "MALE"), "SPOUSE"),
            (PARENT, interest.Person(4, 30, None), "SPOUSE"),
        ],
    )
    def test_what_does_not_fit_is_said(self, holder, insured, relation) -> None:
        assert interest.problem(
            holder=holder, insured=insured, relation=relation, pays_on_death=False
        )

    @given(
        st.integers(0, 30),
        st.integers(1, 900_000).map(Decimal),
        st.integers(0, 900_000).map(Decimal),
    )
    @settings(max_examples=50)
    def test_a_childs_death_benefits_never_pass_the_ceiling(self, age, wanted, others) -> None:
        said = interest.minor_problem(
            age=age, sum_on_death=wanted, other_sums=others, limits=LIMITS
        )
        ceiling = Decimal(200_000) if age < 10 else Decimal(500_000) if age < 18 else None
        assert bool(said) == (ceiling is not None and wanted + others > ceiling)

    def test_the_insured_agrees_for_themselves_when_grown_up(self) -> None:
        grown = interest.Person(5, 30, "MALE")
        assert interest.insured_must_sign(insured=grown, relation="SPOUSE")
        assert not interest.insured_must_sign(insured=CHILD, relation="CHILD")
        assert not interest.insured_must_sign(insured=PARENT, relation="SELF")

    def test_nobody_benefits_twice_and_the_dead_not_at_all(self) -> None:
        assert interest.beneficiary_problem([(7, 1), (7, 2)], 9)
        assert interest.beneficiary_problem([(9, 1)], 9)
        assert interest.beneficiary_problem([(7, 1), (8, 1)], 9) == ""


class TestLifecycle:
    def test_every_state_has_its_word_and_the_ends_allow_nothing(self) -> None:
        assert set(LABELS) == set(State)
        for action in set(Action) - {Action.TALK}:
            assert POSSIBLE[action] <= OPEN
        # Talking changes nothing: why it was postponed or declined may be asked afterwards too.
        assert POSSIBLE[Action.TALK] - OPEN == {State.POSTPONED, State.DECLINED}
