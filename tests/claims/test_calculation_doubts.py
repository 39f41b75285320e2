"""What a calculation leaves to a person, and what it asks for before it can be done."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from tests.claims.cases import START, bill, case, contract, terms
from tests.claims.worked import CHILD, DIED, INPATIENT, ill, stay
from yilu.claims.rules import BillLine, Passing, calculate


class TestLeavesToAPerson:
    def test_a_waiting_period_and_pays_until_it_is_upheld(self):
        early = date(2024, 4, 1)
        facts = case("CRITICAL_ILLNESS", event_on=early, diagnoses=(ill("CANCER", early),))
        found = calculate(facts, terms("critical-illness"))

        (ground,) = found.refusal_grounds
        assert (ground.code, ground.clause, ground.instead) == ("WAITING", "2.4", Decimal(9000))
        assert ground.why == "出险日 2024-04-01 距起算日 2024-03-01 共 31 天，在 90 天等待期内"
        assert ground.clause_text.startswith("自合同生效或者复效之日起 90 日为等待期")
        assert found.benefit == 100000
        assert found.needs_person

        upheld = calculate(replace(facts, upheld=("WAITING",)), terms("critical-illness"))
        assert upheld.benefit == 9000
        assert [line.code for line in upheld.lines] == ["ILLNESS", "UPHELD", "INSTEAD"]
        assert upheld.lines[-1].explanation == "依条款 2.4，退还已交保险费 9,000.00 元"
        assert upheld.uses == ()

    def test_no_waiting_period_after_an_accident(self):
        early = date(2024, 4, 1)
        found = calculate(
            case(
                "CRITICAL_ILLNESS",
                event_on=early,
                cause="ACCIDENT",
                diagnoses=(ill("BURNS", early),),
            ),
            terms("critical-illness"),
        )

        assert not found.needs_person

    def test_no_waiting_period_after_unbroken_renewals(self):
        stays = (stay(10),)
        renewed = contract(
            sum_insured=Decimal(200),
            effective_on=date(2026, 5, 1),
            continuous_since=date(2023, 5, 1),
        )
        new = replace(renewed, continuous_since=date(2026, 5, 1))

        product = terms("hospital-allowance")
        assert not calculate(case("ALLOWANCE", stays=stays, contract=renewed), product).needs_person
        assert calculate(case("ALLOWANCE", stays=stays, contract=new), product).needs_person

    def test_a_waiting_period_that_ends_that_very_day_is_over(self):
        on = START + timedelta(days=90)
        found = calculate(
            case("CRITICAL_ILLNESS", event_on=on, diagnoses=(ill("CANCER", on),)),
            terms("critical-illness"),
        )

        assert found.refusal_grounds == ()

    def test_an_exclusion_with_its_clause(self):
        facts = case("DEATH", passing=DIED, cause="ACCIDENT", circumstances=("DRUNK_DRIVING",))
        found = calculate(facts, terms("term-life"))

        (ground,) = found.refusal_grounds
        assert (ground.key, ground.clause) == ("EXCLUSION:DRIVING:death", "3.4")
        assert ground.why == "案件涉及“酒后驾驶”，触及责任免除条款"
        upheld = calculate(replace(facts, upheld=(ground.key,)), terms("term-life"))
        assert upheld.benefit == 4000  # cash value

    @pytest.mark.parametrize(
        ("died_on", "grounds"), [(date(2026, 2, 28), ["SUICIDE"]), (date(2026, 3, 1), [])]
    )
    def test_suicide_within_two_years(self, died_on, grounds):
        facts = case(
            "DEATH", event_on=died_on, passing=Passing(died_on=died_on), circumstances=("SUICIDE",)
        )
        found = calculate(facts, terms("term-life"))

        assert [g.code for g in found.refusal_grounds] == grounds
        assert found.benefit == 100000

    def test_suicide_counts_anew_after_reinstatement(self):
        again = contract(reinstated_on=date(2025, 1, 1))
        found = calculate(
            case("DEATH", contract=again, passing=DIED, circumstances=("SUICIDE",)),
            terms("term-life"),
        )

        assert [g.code for g in found.refusal_grounds] == ["SUICIDE"]

    def test_non_disclosure_only_for_two_years(self):
        facts = case(
            "DEATH", event_on=date(2026, 1, 1), passing=Passing(died_on=date(2026, 1, 1)),
            circumstances=("NON_DISCLOSURE",), reported_on=date(2026, 1, 10),
        )  # fmt: skip
        found = calculate(facts, terms("term-life"))
        assert [g.code for g in found.refusal_grounds] == ["NON_DISCLOSURE"]
        assert (
            calculate(replace(facts, upheld=("NON_DISCLOSURE",)), terms("term-life")).benefit == 0
        )

        later = calculate(replace(facts, reported_on=date(2026, 3, 1)), terms("term-life"))
        assert later.refusal_grounds == ()
        assert later.notes[0].message.startswith("合同成立已满 2 年")

    def test_cost_outside_the_list_is_never_refused_flatly(self):
        found = calculate(case("MEDICAL", bills=(bill(5000, **INPATIENT),)), terms("small-medical"))

        (ground,) = found.refusal_grounds
        assert ground.code == "OUT_OF_SCOPE"
        assert "1,000.00 元" in ground.why  # 丙类 and 自费, not the first share of 乙类
        assert found.needs_person

    def test_cost_outside_the_list_counts_up_to_a_comparable_item(self):
        made = replace(
            bill(5000, **INPATIENT),
            lines=(
                BillLine(amount=Decimal(4000), category="A"),
                BillLine(amount=Decimal(1000), category="C", comparable=Decimal(700)),
            ),
        )
        found = calculate(case("MEDICAL", bills=(made,)), terms("small-medical"))

        assert found.benefit == Decimal("2340.00")  # (4,000 + 700 − 2,000 − 100) × 90 %
        assert found.refusal_grounds == ()

    def test_a_hospital_off_the_list_except_in_an_emergency(self):
        off = case("MEDICAL", bills=(bill(50000, fund_paid=1, listed=False),))
        (ground,) = calculate(off, terms("million-medical-social")).refusal_grounds
        assert ground.code == "HOSPITAL_NOT_LISTED"
        upheld = calculate(replace(off, upheld=(ground.key,)), terms("million-medical-social"))
        assert upheld.benefit == 0

        urgent = calculate(
            case(
                "ACCIDENT",
                cause="ACCIDENT",
                bills=(bill(500, lines=[("A", 500)], kind="EMERGENCY", listed=False),),
            ),
            terms("accident"),
        )
        assert urgent.refusal_grounds == ()
        assert urgent.benefit == 320

    @pytest.mark.parametrize(
        ("on", "code"), [(date(2024, 2, 28), "BEFORE_COVER"), (date(2026, 6, 1), "AFTER_COVER")]
    )
    def test_a_visit_outside_the_period_of_cover(self, on, code):
        short = contract(ends_on=date(2026, 6, 1))
        facts = case("MEDICAL", contract=short, bills=(bill(20000, fund_paid=1, on=on),))
        found = calculate(facts, terms("million-medical-social"))

        assert [g.code for g in found.refusal_grounds] == [code]
        assert found.uses[0].year >= 1
        upheld = calculate(replace(facts, upheld=(code,)), terms("million-medical-social"))
        assert upheld.benefit == 0
        assert upheld.uses == ()

    def test_a_claim_the_product_does_not_know(self):
        found = calculate(case("DEATH", passing=DIED), terms("hospital-allowance"))

        assert found.refusal_grounds[0].why == "产品“一路安心住院津贴保险”没有“身故”责任"
        assert found.benefit == 0

    def test_an_illness_under_an_accident_product(self):
        found = calculate(case("DEATH", passing=DIED), terms("accident"))

        assert [g.code for g in found.refusal_grounds] == ["CAUSE_NOT_COVERED"]

    def test_the_unconfirmed_ceiling_for_minors(self):
        child = contract(insured_birth_date=CHILD, sum_insured=Decimal(300000))
        found = calculate(case("DEATH", passing=DIED, contract=child), terms("endowment"))

        assert [g.code for g in found.refusal_grounds] == ["MINOR_LIMIT_UNCONFIRMED"]

    def test_a_limitation_only_as_a_remark(self):
        found = calculate(
            case("MEDICAL", bills=(bill(20000, fund_paid=1),), reported_on=date(2028, 6, 1)),
            terms("million-medical-social"),
        )

        assert found.refusal_grounds == ()
        assert "保险法第26条" in found.notes[0].message


class TestAsksForWhatIsMissing:
    @pytest.mark.parametrize(
        ("product", "claim_type", "code"),
        [
            ("small-medical", "MEDICAL", "NO_BILL"),
            ("hospital-allowance", "ALLOWANCE", "NO_STAY"),
            ("critical-illness", "CRITICAL_ILLNESS", "NO_DIAGNOSIS"),
            ("accident", "DISABILITY", "NO_INJURY"),
            ("term-life", "DEATH", "NO_PASSING"),
        ],
    )
    def test_a_fact(self, product, claim_type, code):
        found = calculate(case(claim_type, cause="ACCIDENT"), terms(product))

        assert [s.code for s in found.shortfalls] == [code]
        assert "请补充" in found.shortfalls[0].message
        assert found.needs_person

    def test_lines_that_do_not_make_up_the_invoice(self):
        found = calculate(
            case("MEDICAL", bills=(bill(500, lines=[("A", 400)]),)), terms("small-medical")
        )

        assert found.shortfalls[0].message == (
            "2026-05-10 的票据明细合计 400.00 元与票面金额 500.00 元不符，暂按票面金额计算，请核对"
        )

    def test_categories_that_nothing_settles(self):
        unknown = bill(500, lines=[("UNKNOWN", 500)])
        found = calculate(case("MEDICAL", bills=(unknown,)), terms("small-medical"))
        assert [s.code for s in found.shortfalls] == ["CATEGORY_UNKNOWN"]
        assert found.benefit == 0

        everything = calculate(case("MEDICAL", bills=(unknown,)), terms("million-medical-social"))
        assert everything.shortfalls == ()

    def test_nothing_where_the_invoice_itself_says_how_much_is_self_paid(self):
        settled = bill(500, lines=[("UNKNOWN", 500)], kind="OUTPATIENT", self_cost=80)
        found = calculate(case("MEDICAL", bills=(settled,)), terms("group-medical"))

        assert found.shortfalls == ()
        assert found.benefit == Decimal("240.00")  # (420 − 20) × 60 %
