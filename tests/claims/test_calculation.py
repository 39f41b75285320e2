"""A calculation explains itself, says what it uses up, and has one digest."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from tests.claims.cases import EVENT, bill, case, terms
from tests.claims.worked import DIED, INPATIENT, ill, used
from yilu.claims.rules import calculate, category_of, retold, tellable
from yilu.claims.rules.result import shortest
from yilu.kernel.errors import said
from yilu.policies.terms import IllnessPaid, Used


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
