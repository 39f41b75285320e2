"""calculate pays what the clauses say: worked by hand, product by product."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from tests.claims.cases import EVENT, START, bill, case, contract, terms
from yilu.claims.rules import (
    BillLine,
    Diagnosis,
    Injury,
    Passing,
    Stay,
    calculate,
    category_of,
    retold,
    tellable,
)
from yilu.claims.rules.result import shortest
from yilu.kernel.errors import said
from yilu.policies.terms import BenefitUsed, IllnessPaid, Used

DIED = Passing(died_on=EVENT)
FLEW = Passing(died_on=EVENT, transport="AIR")
CHILD = date(2018, 1, 1)


def stay(nights, **given):
    return Stay(visit="s1", from_on=EVENT, to_on=EVENT + timedelta(days=nights), **given)


def ill(condition, on=EVENT):
    return Diagnosis(condition=condition, confirmed_on=on)


def used(code, **given):
    return Used(1, {code: BenefitUsed(**given)})


def paid_before(condition, group, level, days_ago):
    on = EVENT - timedelta(days=days_ago)
    return used("illness", illnesses=(IllnessPaid(condition, group, level, on),))


INPATIENT = {"lines": [("A", 3000), ("B", 1000), ("C", 400), ("OWN", 600)], "fund_paid": 2000}

WORKED = [
    # product, claim type, facts, used before, benefit                      how, by hand
    ("term-life", "DEATH", {"passing": DIED}, None, "100000.00"),  # the sum insured
    ("term-life", "DEATH", {"passing": FLEW, "cause": "ACCIDENT"}, None, "200000.00"),  # twice
    ("term-life", "DEATH", {"passing": DIED, "owed_premium": Decimal(3000)}, None, "97000.00"),  # in grace
    ("whole-life", "DEATH", {"passing": DIED}, None, "100000.00"),  # 14,400 < 4,000 < sum insured
    ("whole-life", "DEATH", {"passing": DIED, "contract": contract(premiums_paid=Decimal(90000))}, None,
     "144000.00"),  # at 36: 90,000 × 160 %
    ("whole-life", "DEATH", {"passing": DIED, "contract": contract(insured_birth_date=CHILD)}, None,
     "9000.00"),  # a child: premiums, not the sum insured
    ("endowment", "DEATH",
     {"passing": DIED, "contract": contract(insured_birth_date=CHILD, sum_insured=Decimal(300000))}, None,
     "200000.00"),  # under ten: the ceiling
    ("endowment", "DEATH",
     {"passing": DIED, "other_death_cover": Decimal(150000),
      "contract": contract(insured_birth_date=CHILD, sum_insured=Decimal(300000))}, None, "50000.00"),
    ("endowment", "DEATH",
     {"passing": DIED, "other_death_cover": Decimal(250000),
      "contract": contract(insured_birth_date=CHILD, sum_insured=Decimal(300000))}, None,
     "14400.00"),  # premiums × 160 % may exceed the ceiling
    ("endowment", "SURVIVAL", {"event_on": date(2039, 3, 1)}, None, "100000.00"),  # fifteen years
    ("endowment", "SURVIVAL", {"event_on": date(2039, 2, 28)}, None, "0.00"),
    ("annuity", "DEATH", {"passing": DIED, "contract": contract(loan_owed=Decimal(1500))}, None, "7500.00"),
    ("annuity", "SURVIVAL",
     {"event_on": date(2030, 3, 1),
      "contract": contract(insured_birth_date=date(1970, 1, 1), sum_insured=Decimal(12000))}, None, "12000.00"),
    ("critical-illness", "CRITICAL_ILLNESS", {"diagnoses": (ill("CANCER"),)}, None, "100000.00"),
    ("critical-illness", "CRITICAL_ILLNESS", {"diagnoses": (ill("MILD_CANCER"),)}, None, "30000.00"),
    ("critical-illness", "CRITICAL_ILLNESS", {"diagnoses": (ill("ONE_LUNG"),)}, None, "50000.00"),
    ("critical-illness", "CRITICAL_ILLNESS", {"diagnoses": (ill("INFARCTION"),)},
     paid_before("CANCER", "G1", "SEVERE", 400), "100000.00"),  # another group, interval over
    ("critical-illness", "CRITICAL_ILLNESS", {"diagnoses": (ill("INFARCTION"),)},
     paid_before("CANCER", "G1", "SEVERE", 364), "0.00"),  # one day short of the interval
    ("critical-illness", "CRITICAL_ILLNESS", {"diagnoses": (ill("BYPASS"),)},
     paid_before("INFARCTION", "G2", "SEVERE", 400), "0.00"),  # same group
    ("critical-illness", "CRITICAL_ILLNESS", {"diagnoses": (ill("MILD_BURNS"), ill("CANCER"))}, None,
     "100000.00"),  # same day: the better paid one only
    ("critical-illness", "CRITICAL_ILLNESS", {"diagnoses": (ill("MILD_BURNS"),)},
     paid_before("CANCER", "G1", "SEVERE", 400), "0.00"),  # ended with the first severe one
    ("critical-illness", "DEATH", {"passing": DIED}, paid_before("CANCER", "G1", "SEVERE", 9), "0.00"),
    ("hospital-allowance", "ALLOWANCE",
     {"stays": (stay(10),), "contract": contract(sum_insured=Decimal(200))}, None, "1400.00"),  # (10 − 3) × 200
    ("hospital-allowance", "ALLOWANCE",
     {"stays": (stay(10, icu_days=2),), "contract": contract(sum_insured=Decimal(200))}, None,
     "1800.00"),  # two of them double
    ("hospital-allowance", "ALLOWANCE",
     {"stays": (stay(120),), "contract": contract(sum_insured=Decimal(200))}, None, "18000.00"),  # 90 at most
    ("hospital-allowance", "ALLOWANCE",
     {"stays": (stay(30),), "contract": contract(sum_insured=Decimal(200))},
     used("allowance", days=170, days_by_year={3: 170}), "2000.00"),  # 10 of 180 left
    ("million-medical-social", "MEDICAL", {"bills": (bill(50000, fund_paid=22000),)}, None,
     "18000.00"),  # 50,000 − 22,000 − 10,000
    ("million-medical-social", "MEDICAL", {"bills": (bill(50000),)}, None,
     "24000.00"),  # social insurance not used: (50,000 − 10,000) × 60 %
    ("million-medical-social", "MEDICAL", {"bills": (bill(50000, fund_paid=22000, other_paid=4000),)},
     None, "18000.00"),  # the other payer's 4,000 serve the deductible
    ("million-medical-social", "MEDICAL", {"bills": (bill(5000, fund_paid=2000),)},
     used("inpatient", deductible_by_year={3: Decimal(10000)}), "3000.00"),  # deductible served this year
    ("million-medical-social", "MEDICAL", {"bills": (bill(5000, fund_paid=2000),)},
     used("inpatient", deductible_by_year={2: Decimal(10000)}), "0.00"),  # but not by last year's
    ("million-medical", "MEDICAL",
     {"bills": (bill(50000, fund_paid=22000),), "contract": contract(with_social_insurance=False)}, None,
     "40000.00"),  # 解释三 18: not deducted, the rate was not reduced for it
    ("small-medical", "MEDICAL", {"bills": (bill(5000, **INPATIENT),)}, None,
     "1620.00"),  # (3,000 + 900 − 2,000 − 100) × 90 %
    ("small-medical", "MEDICAL", {"bills": (bill(5000, **INPATIENT),), "paid_elsewhere": Decimal(1000)}, None,
     "720.00"),  # another policy paid 1,000 of it first
    ("small-medical", "MEDICAL", {"bills": (bill("333.33", lines=[("A", "333.33")], kind="OUTPATIENT"),)},
     None, "170.00"),  # 283.33 × 60 % = 169.998
    ("small-medical", "MEDICAL",
     {"bills": (bill(3000, lines=[("A", 3000)], kind="OUTPATIENT", fund_paid=100),)}, None,
     "500.00"),  # (2,900 − 50) × 80 % = 2,280, 500 a visit at most
    ("small-medical", "MEDICAL",
     {"bills": (bill(3000, lines=[("A", 3000)], kind="OUTPATIENT", fund_paid=100),)},
     used("outpatient", paid=Decimal(2800), paid_by_year={3: Decimal(2800)}), "200.00"),  # 3,000 a year at most
    ("accident", "DISABILITY", {"injuries": (Injury(part="左手", grade=7),), "cause": "ACCIDENT"}, None,
     "40000.00"),
    ("accident", "DISABILITY",
     {"injuries": (Injury(part="左手", grade=7), Injury(part="右眼", grade=7)), "cause": "ACCIDENT"}, None,
     "50000.00"),  # two parts of grade 7 make grade 6
    ("accident", "DISABILITY",
     {"injuries": (Injury(part="左手", grade=7), Injury(part="左手", grade=7)), "cause": "ACCIDENT"}, None,
     "40000.00"),  # the same part counts once
    ("accident", "DISABILITY",
     {"injuries": (Injury(part="左手", grade=2), Injury(part="右眼", grade=9)), "cause": "ACCIDENT"}, None,
     "90000.00"),  # the gravest stands
    ("accident", "DISABILITY", {"injuries": (Injury(part="左手", grade=7),), "cause": "ACCIDENT"},
     used("disability", paid=Decimal(80000)), "20000.00"),  # the sum insured is the most
    ("accident", "DEATH", {"passing": DIED, "cause": "ACCIDENT"},
     used("disability", paid=Decimal(40000), paid_by_visit={EVENT.isoformat(): Decimal(40000)}), "60000.00"),
    ("accident", "DEATH", {"passing": FLEW, "cause": "ACCIDENT"}, None, "600000.00"),  # 1 + 5 times
    ("accident", "ACCIDENT",
     {"bills": (bill(1200, lines=[("A", 1200)], kind="EMERGENCY", fund_paid=500),), "cause": "ACCIDENT"},
     None, "600.00"),  # (1,200 − 500 − 100) × 100 %
    ("accident", "ACCIDENT",
     {"bills": (bill(300, lines=[("A", 300)], kind="EMERGENCY", visit="v1"),
                bill(300, lines=[("A", 300)], kind="OUTPATIENT", visit="v2")), "cause": "ACCIDENT"}, None,
     "400.00"),  # one accident, one deductible: (600 − 100) × 80 %
    ("accident", "ALLOWANCE", {"stays": (stay(5),), "cause": "ACCIDENT"}, None, "500.00"),
    ("group-medical", "MEDICAL",
     {"bills": (bill(800, lines=[("A", 800)], kind="OUTPATIENT", fund_paid=300),)}, None,
     "432.00"),  # (800 − 300 − 20) × 90 %
    ("group-medical", "MEDICAL",
     {"bills": (bill("20.05", lines=[("A", "20.05")], kind="OUTPATIENT", settled_by_social=True),)}, None,
     "0.05"),  # 0.05 × 90 % = 0.045: halves go up
    ("group-medical", "MEDICAL", {"bills": (bill(2000, lines=[("A", 2000)], kind="OUTPATIENT"),)}, None,
     "500.00"),
    ("group-medical", "MEDICAL",
     {"bills": (bill(6000, lines=[("A", 5000), ("OWN", 1000)], fund_paid=3000),)}, None,
     "2520.00"),  # (5,000 + 800 − 3,000) × 90 %
]  # fmt: skip


@pytest.mark.parametrize(
    ("product", "claim_type", "facts", "before", "benefit"),
    WORKED,
    ids=[f"{n}-{row[0]}-{row[1]}" for n, row in enumerate(WORKED, 1)],
)
def test_worked_example(product, claim_type, facts, before, benefit):
    found = calculate(case(claim_type, **facts), terms(product), before or Used())

    assert str(found.benefit) == benefit
    assert sum(line.amount for line in found.lines) == found.benefit


class TestExplains:
    def test_every_step_with_its_figures(self):
        found = calculate(case("MEDICAL", bills=(bill(5000, **INPATIENT),)), terms("small-medical"))

        assert [(line.code, str(shortest(line.amount))) for line in found.lines] == [
            ("BILLED", "5000.00"),
            ("OUT_OF_SCOPE", "-100.00"),
            ("OUT_OF_SCOPE", "-400.00"),
            ("OUT_OF_SCOPE", "-600.00"),
            ("FUND_PAID", "-2000.00"),
            ("DEDUCTIBLE_VISIT", "-100.00"),
            ("CO_PAYMENT", "-180.00"),
        ]
        assert [line.explanation for line in found.lines][1:6:2] == [
            "乙类 1,000.00 元，按条款计入 90%，扣减 100.00 元",
            "自费 600.00 元，按条款计入 0%，扣减 600.00 元",
            "每次免赔额 100.00 元，本次就诊此前已抵 0.00 元，扣减 100.00 元",
        ]
        assert found.lines[-1].explanation == (
            "以基本医疗保险身份投保并已结算，赔付比例 90%：1,800.00 ×（1 − 90%）由本人承担"
        )

    def test_the_rounding_as_a_step_of_its_own(self):
        found = calculate(
            case("MEDICAL", bills=(bill("333.33", lines=[("A", "333.33")], kind="OUTPATIENT"),)),
            terms("small-medical"),
        )

        assert found.lines[-1].code == "ROUNDING"
        assert found.lines[-1].amount == Decimal("0.002")
        assert found.lines[-1].explanation == "合计 169.998 元，四舍五入到分为 170.00 元"

    def test_every_text_in_another_language_on_request(self):
        found = calculate(case("DEATH", passing=DIED), terms("term-life"))

        assert found.lines[0].explained_in(lambda _: "{0} years, {3}") == "36 years, 100,000.00"

    def test_itself_as_plain_values(self):
        plain = calculate(case("DEATH", passing=DIED), terms("term-life")).as_plain()

        assert plain["benefit"] == "100000.00"
        assert plain["lines"][0]["label"] == "身故给付"
        assert plain["ends_policy"] is True

    def test_itself_again_in_another_language_from_what_was_kept(self):
        import json

        found = calculate(
            case("WAIVER", diagnoses=(ill("MILD_STROKE"),), circumstances=("NON_DISCLOSURE",)),
            terms("critical-illness"),
        )
        kept = json.loads(json.dumps(found.as_plain()))
        english = {
            "豁免保险费": "Premiums waived",
            "轻症": "minor illness",
            "{level}“{name}”": "{level} '{name}'",
        }
        told = retold(kept, lambda text: english.get(text, text))

        assert told["lines"][0]["label"] == "Premiums waived"
        assert "minor illness '轻度脑中风后遗症'" in told["lines"][0]["explanation"]
        assert retold(kept, str) == kept

    def test_the_sentences_as_kept_can_be_said_by_a_door_in_any_language(self):
        import json

        found = calculate(
            case("WAIVER", diagnoses=(ill("MILD_STROKE"),), circumstances=("NON_DISCLOSURE",)),
            terms("critical-illness"),
        )
        kept = json.loads(json.dumps(found.as_plain()))
        english = {"轻症": "minor illness", "{level}“{name}”": "{level} '{name}'"}

        def translate(text):
            return english.get(text, text)

        shown = tellable(kept)

        assert shown == kept  # word for word, where nobody translates
        for part, sentence in (
            ("lines", "explanation"), ("refusal_grounds", "why"), ("shortfalls", "message"),
        ):  # fmt: skip
            told = [said(row[sentence], translate) for row in shown[part]]
            assert told == [row[sentence] for row in retold(kept, translate)[part]]
        assert "minor illness '轻度脑中风后遗症'" in said(
            shown["lines"][0]["explanation"], translate
        )


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


class TestWaiver:
    def test_waives_premiums_due_after_the_event_and_pays_nothing(self):
        found = calculate(
            case("WAIVER", diagnoses=(ill("MILD_STROKE"),)), terms("critical-illness")
        )

        assert found.benefit == 0
        assert found.waived_from == date(2027, 3, 1)
        assert not found.needs_person
        assert found.lines[0].explanation == (
            "因轻症“轻度脑中风后遗症”，自 2027-03-01 起豁免后续各期保险费，每期 3,000.00 元"
        )

    def test_follows_the_death_of_the_holder(self):
        found = calculate(case("WAIVER", circumstances=("HOLDER_DEATH",)), terms("endowment"))

        assert found.waived_from == date(2027, 3, 1)

    def test_asks_a_person_where_no_trigger_is_met(self):
        found = calculate(case("WAIVER", circumstances=()), terms("endowment"))

        assert found.waived_from is None
        assert [g.code for g in found.refusal_grounds] == ["NO_TRIGGER"]


class TestUses:
    def test_say_what_the_ledger_is_to_keep(self):
        found = calculate(
            case("MEDICAL", bills=(bill(50000, fund_paid=22000),)),
            terms("million-medical-social"),
            Used(7),
        )

        (use,) = found.uses
        assert (use.benefit_code, use.visit, use.year) == ("inpatient", "v1", 3)
        assert (use.billed, use.deductible_used, use.paid) == (50000, 10000, Decimal("18000.00"))
        assert found.seen == 7

    def test_of_a_severe_illness_the_third_time_end_the_policy(self):
        before = used(
            "illness",
            illnesses=(
                IllnessPaid("CANCER", "G1", "SEVERE", EVENT - timedelta(days=900)),
                IllnessPaid("STROKE", "G3", "SEVERE", EVENT - timedelta(days=500)),
            ),
        )
        found = calculate(
            case("CRITICAL_ILLNESS", diagnoses=(ill("KIDNEY"),)), terms("critical-illness"), before
        )

        assert found.benefit == 100000
        assert found.ends_policy
        assert (found.uses[0].condition, found.uses[0].group, found.uses[0].level) == (
            "KIDNEY", "G4", "SEVERE",
        )  # fmt: skip


class TestDigest:
    def test_is_the_same_for_the_same_facts_however_written(self):
        plain = case("MEDICAL", bills=(bill("5000", **INPATIENT),))
        wordy = case("MEDICAL", bills=(bill("5000.00", **INPATIENT),))
        product = terms("small-medical")

        assert calculate(plain, product).digest() == calculate(wordy, product).digest()

    def test_changes_with_every_fact(self):
        product = terms("small-medical")
        base = case("MEDICAL", bills=(bill(5000, **INPATIENT),))
        digests = {
            calculate(facts, product, before).digest()
            for facts, before in (
                (base, Used()),
                (base, Used(1)),
                (replace(base, event_on=EVENT + timedelta(days=1)), Used()),
                (replace(base, upheld=("WAITING",)), Used()),
                (replace(base, paid_elsewhere=Decimal("0.01")), Used()),
            )
        }

        assert len(digests) == 5


@pytest.mark.parametrize(
    ("written", "category"),
    [("甲", "A"), ("（乙类）", "B"), ("丙 类", "C"), ("自费", "OWN"), ("无自付", "A"), ("全自付", "OWN"),
     ("", "UNKNOWN"), (None, "UNKNOWN"), ("其他", "UNKNOWN")],
)  # fmt: skip
def test_category_of_never_guesses(written, category):
    assert category_of(written) == category
