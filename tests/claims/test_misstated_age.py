"""A wrong age: the benefit in proportion, the excess back, or nothing; two people; told with its sum."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import make
from tests.claims import hard
from tests.claims.hard import told
from yilu.audit import records
from yilu.audit.rules import differences
from yilu.claims import operations, queries
from yilu.claims.models import Calculation, Claim, MisstatedAge
from yilu.claims.operations import Loss
from yilu.claims.rules import misstated as rules
from yilu.claims.rules.facts import Diagnosis
from yilu.kernel.errors import Invalid, NotAllowed
from yilu.letters.models import IssuedLetter
from yilu.payments.models import Payout
from yilu.policies.models import Policy
from yilu.policies.terms import proportion

CENTS = st.integers(0, 10**9).map(lambda n: Decimal(n) / 100)
TRUE = date(1982, 6, 15)


class TestRule:
    @settings(max_examples=50)
    @given(CENTS, CENTS, CENTS.filter(bool))
    def test_the_proportion_is_the_nearest_fen_and_never_more_than_the_whole(self, sum_, paid, due):
        part = proportion(sum_, paid, due)
        assert 0 <= part <= sum_
        if paid < due:
            exact = Fraction(sum_) * Fraction(paid) / Fraction(due)
            assert abs(Fraction(part) - exact) <= Fraction(1, 200)

    @pytest.mark.parametrize(
        ("due", "formed", "way"),
        [
            ("120", date(2024, 3, 5), "PROPORTION"), ("80", date(2024, 3, 5), "REFUND"),
            (None, date(2024, 3, 5), "RESCIND"), (None, date(2024, 3, 4), "FULL"),
        ],
    )  # fmt: skip
    def test_the_way_follows_from_premium_and_age(self, due, formed, way):
        said = rules.way_of(
            paid=Decimal(100), due=due and Decimal(due), formed_on=formed, today=date(2026, 3, 4),
            contest_years=2,
        )  # fmt: skip
        assert said == way


class Ill:
    """A critical illness claim whose insured is older (younger) than was told."""

    def __init__(self, insurer, born_told=date(1990, 6, 15)):
        self.office = hard.Office(make.office())
        self.lin = make.insured(self.office.id, name="林先生")
        self.policy = make.policy(
            self.office.id, holder_id=self.lin, insured_id=self.lin, product_code="critical-illness",
            sum_insured=Decimal(100_000), premium=Decimal("3000.00"), effective_on=date(2022, 3, 1),
            pay_years=20, with_social_insurance=False, rated_age=2022 - born_told.year - 1,
        )  # fmt: skip
        self.claim = hard.in_review(
            self.office, self.policy.number, self.lin, "CRITICAL_ILLNESS", loss_date=date(2026, 2, 20),
            loss=Loss(diagnoses=(Diagnosis(condition="CANCER", confirmed_on=date(2026, 2, 20)),)),
        )  # fmt: skip
        self.recalculate()

    def recalculate(self):
        operations.calculate_claim(**told(self.claim, self.office.chen, chosen=operations.Chosen()))

    def state(self, born=TRUE, **more):
        given = {"true_birth": born, "reason": "户口簿与身份证记载", **more}
        return operations.state_misstated_age(**told(self.claim, self.office.chen, **given))

    def confirm(self, finding, who=None, **more):
        given = {"finding_id": finding, "agrees": True, **more}
        return operations.confirm_misstated_age(**told(self.claim, who or self.office.zhu, **given))

    def latest(self):
        return Calculation.objects.filter(claim_id=self.claim.claim_id).order_by("-ordinal")[0]


def differences_of(ill):
    [dossier] = records.read_again([ill.claim.claim_id]).dossiers
    return [found.kind for found in differences(dossier)]


@pytest.fixture
def ill(insurer):
    return Ill(insurer)


@pytest.mark.django_db
class TestStory:
    def test_an_older_insured_gets_what_the_premium_has_bought(self, ill):
        before = ill.latest().benefit
        finding = ill.state()
        assert ill.latest().benefit == before  # nothing before the second person
        with pytest.raises(NotAllowed):
            ill.confirm(finding, who=ill.office.chen)
        with pytest.raises(operations.AgeStatedAlready):
            ill.state()
        assert ill.confirm(finding) == "PROPORTION"
        with pytest.raises(operations.NoAgeToConfirm):
            ill.confirm(finding)
        row = MisstatedAge.objects.get()
        assert (row.premium_paid, row.rated_age) == (Decimal("3000.00"), 39)
        assert row.premium_due > 3000
        expected = proportion(before, row.premium_paid, row.premium_due)
        kept = ill.latest()
        assert kept.benefit == expected < before
        [line] = [n for n in kept.result["lines"] if n["code"] == "PROPORTION"]
        assert f"{row.premium_paid:,.2f}" in line["explanation"]
        operations.establish_facts(
            **told(ill.claim, ill.office.chen, loss=Loss(
                diagnoses=(Diagnosis(condition="CANCER", confirmed_on=date(2026, 2, 20)),)))
        )  # fmt: skip
        assert ill.latest().benefit == expected  # other facts leave it alone
        hard.approve(ill.office, ill.claim)
        assert Payout.objects.get().amount == expected
        letter = IssuedLetter.objects.get(kind="DECISION")
        assert "第三十二条第二款" in letter.facts["note"]
        assert f"× {row.premium_paid:,} ÷ {row.premium_due:,}" in letter.facts["note"]

    def test_the_audit_finds_the_same_and_notices_a_proportion_nobody_applied(self, ill):
        finding = ill.state()
        ill.confirm(finding)
        hard.approve(ill.office, ill.claim)
        assert differences_of(ill) == []
        MisstatedAge.objects.update(premium_due="9000.00")
        assert "CALCULATION" in differences_of(ill)

    def test_a_younger_insured_is_paid_in_full_and_the_holder_gets_the_excess_back(self, insurer):
        ill = Ill(insurer, born_told=date(1982, 6, 15))
        before = ill.latest().benefit
        finding = ill.state(born=date(1990, 6, 15))
        assert ill.confirm(finding) == "REFUND"
        row, policy = MisstatedAge.objects.get(), Policy.objects.get(pk=ill.policy.id)
        assert row.overpaid == (3000 - policy.premium) * 5 > 0
        assert Payout.objects.get(about=f"policy:{policy.pk}").amount == row.overpaid
        assert ill.latest().benefit == before

    def test_an_age_without_a_price_changes_nothing_after_two_years(self, ill):
        finding = ill.state(born=date(1920, 1, 1))
        before = ill.latest().benefit
        assert ill.confirm(finding) == "FULL"
        assert ill.latest().benefit == before

    def test_what_is_sent_back_changes_nothing_and_may_be_stated_again(self, ill):
        finding = ill.state()
        with pytest.raises(operations.ReasonMissing):
            ill.confirm(finding, agrees=False)
        assert ill.confirm(finding, agrees=False, answer="身份证照片不清楚") == ""
        assert Claim.objects.get(pk=ill.claim.claim_id).loss.get("premium_share") is None
        assert ill.state() != finding
        card = queries.get_for_staff(ill.claim.claim_id, ill.office.chen[0])
        assert len(queries.misstated_ages(card)) == 2

    @pytest.mark.parametrize(
        ("born", "refusal"),
        [(date(1990, 6, 15), operations.AgeAsPriced), (date(2027, 1, 1), Invalid)],
    )
    def test_refuses_an_age_that_is_none_or_no_other(self, ill, born, refusal):
        with pytest.raises(refusal):
            ill.state(born=born)
        assert not MisstatedAge.objects.exists()
