"""A claim too small to be paid still counts towards the year's deductible."""

from decimal import Decimal

import pytest

from tests import make
from tests.web.signing import signed_in
from yilu.audit import operations as audit
from yilu.claims import operations, queries
from yilu.claims.models import Claim, Decision
from yilu.claims.operations import Verdict, steps
from yilu.claims.rules.authority import meets_deductible
from yilu.kernel import tx
from yilu.kernel.refs import SYSTEM, Ref
from yilu.letters.models import IssuedLetter
from yilu.messaging.models import Message
from yilu.policies.models import BenefitUse

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def chen(office):
    return make.colleague(office, "ASSESSOR")


@pytest.fixture
def number(office):
    """Of a policy that pays what a year's stays in hospital cost above 10,000 yuan."""
    holder = make.insured(office)
    return holder, make.policy(office, holder_id=holder).number


def claim(number, office, **bill):
    """A stay of four items, none paid by the fund, waiting for a person."""
    holder, policy = number
    return make.claim_in_review(
        holder_id=holder, policy_number=policy, office_id=office,
        invoices=[make.invoice(**{"fund_paid": "0.00", "admitted_on": "2026-02-20"} | bill)],
    )  # fmt: skip


def decline(reported, who, *clauses):
    seen = queries.desk(reported.claim_id, who[0], make.NOON)
    assert seen.calculation.benefit == 0
    verdict = Verdict(
        digest=seen.digest, kind="DECLINE", reason="费用没有超过年度免赔额", clauses=clauses
    )
    operations.decide(
        claim_id=reported.claim_id, verdict=verdict, access=who[0], actor=who[1], at=make.NOON
    )


def met():
    return sum(BenefitUse.objects.values_list("deductible_used", flat=True), Decimal(0))


def test_the_next_claim_of_the_year_is_paid_sooner(number, office, chen):
    decline(claim(number, office, each="2000.00"), chen, "2.2")
    assert met() == Decimal("8000.00")
    letter = IssuedLetter.objects.get()
    assert (
        letter.kind == "NOTHING_DUE"
    )  # covered: it refuses nobody, and says how it was worked out
    assert "8,000.00 元已计入您的免赔额" in letter.facts["note"]
    assert letter.facts["lines"]
    assert Message.objects.filter(template="claims.nothing_due").exists()
    [card] = [queries.get_for_staff(c.pk, chen[0]) for c in Claim.objects.all()]
    assert (card.state_label, card.nothing_due) == ("应付金额为零", True)
    tx.use_case(steps.close_declined_claim)(claim_id=card.id, letter_id=letter.pk, at=make.NOON)
    assert (Claim.objects.get().state, Claim.objects.get().outcome) == ("CLOSED", "ZERO")

    second = claim(number, office, each="1500.00", admitted_on="2026-02-27")
    seen = queries.desk(second.claim_id, chen[0], make.NOON)

    assert seen.calculation.benefit == Decimal("2400.00")  # 60 % of 6,000 less the 2,000 still open


def test_the_auditor_expects_it(number, office, chen):
    decline(claim(number, office, each="2000.00"), chen, "2.2")

    def differences():
        run = audit.start_money_audit(actor=SYSTEM, at=make.NOON)
        while not (progress := audit.audit_batch(run_id=run, at=make.NOON, limit=5)).done:
            pass
        return progress.differences

    assert differences() == 0
    BenefitUse.objects.update(deductible_used=Decimal("7000.00"))
    assert differences() == 1


def test_a_reopened_claim_gives_it_back_and_counts_it_once_more(number, office, chen):
    reported = claim(number, office, each="2000.00")
    decline(reported, chen, "2.2")
    reviewer = make.colleague(office, "REVIEWER")
    operations.reopen_claim(
        claim_id=reported.claim_id, cause="NEW_FACTS", text="客户补充了住院清单",
        access=reviewer[0], actor=reviewer[1], at=make.NOON,
    )  # fmt: skip
    assert met() == 0
    operations.calculate_claim(
        claim_id=reported.claim_id, chosen=operations.Chosen(), access=reviewer[0],
        actor=reviewer[1], at=make.NOON,
    )  # fmt: skip
    decline(reported, reviewer, "2.2")
    assert met() == Decimal("8000.00")


def test_what_is_declined_for_another_reason_counts_nothing(number, office, chen):
    decline(claim(number, office, each="2000.00"), chen, "3.2")
    assert met() == 0
    assert not Decision.objects.get().meets_deductible
    assert IssuedLetter.objects.get().facts.get("note") is None
    assert IssuedLetter.objects.get().kind == "DENIAL"


@pytest.mark.parametrize(
    "told",
    [
        {"benefit": Decimal("0.01")},
        {"has_grounds": True},
        {"covered": False},
        {"clauses": ("2.2", "保险法27")},
        {"clauses": ("3.1",)},
    ],
)
def test_counts_only_what_was_covered_and_too_small(told):
    plain = {
        "benefit": Decimal("0.00"), "has_grounds": False, "covered": True, "clauses": ("2.2",),
        "exclusions": ("3.1", "3.2"),
    }  # fmt: skip
    assert meets_deductible(**plain)
    assert not meets_deductible(**plain | told)


def test_the_customer_reads_that_it_is_covered_and_how_it_was_worked_out(number, office, chen):
    reported = claim(number, office, each="2000.00")
    decline(reported, chen, "2.2")
    page = signed_in(Ref("party", number[0])).get(f"/c/claims/{reported.claim_id}")
    text = " ".join(page.content.decode().split())
    assert "属于保障范围，这次应付 0 元" in text
    assert "怎么算的" in text
    assert "为什么不赔" not in text
