"""assess_claim (through hand_in_invoices: a hospital's data needs no reading) …"""

from datetime import date
from decimal import Decimal

import pytest

from tests import make
from yilu.claims import operations, queries
from yilu.claims.models import Calculation, Decision
from yilu.kernel import tx
from yilu.kernel.refs import SYSTEM
from yilu.letters.models import IssuedLetter
from yilu.messaging.models import Message
from yilu.payments.models import Payout
from yilu.policies.models import BenefitUse
from yilu.risk.models import Signal
from yilu.work.models import Item
from yilu.work.operations import take_next

pytestmark = pytest.mark.django_db


def feed(claim_id, *bills, at=make.NOON):
    return operations.hand_in_invoices(
        claim_id=claim_id, provider_id=1, invoices=list(bills), actor=SYSTEM, at=at
    )


def test_pays_a_small_clean_claim_without_a_person(office, kinds, claim_of):
    made = make.reported_claim(office_id=office)

    assert feed(made.claim_id, make.invoice()).state == "PAYING"

    claim = claim_of(made.claim_id)
    # 2,000 billed, 1,000 by the fund, 100 deductible: 900 × 90 %.
    assert claim.benefit_amount == Decimal("810.00")
    assert (claim.lane, claim.programme, claim.band) == ("GREEN", "FAST", "UNDER_3K")
    payout = Payout.objects.get(about=f"claim:{claim.pk}")
    assert (payout.amount, payout.to_party_id) == (Decimal("810.00"), claim.insured_id)
    decision = Decision.objects.get(claim=claim)
    calculation = Calculation.objects.get(claim=claim)
    assert (decision.decided_by, decision.digest) == ("system:0", calculation.digest)
    assert "claims.triage v1" in decision.rule
    assert BenefitUse.objects.get(claim_ref=f"claim:{claim.pk}").paid == Decimal("810.00")
    assert IssuedLetter.objects.get().kind == "STATEMENT"
    assert list(Message.objects.order_by("id").values_list("template", flat=True)) == [
        "claims.reported", "claims.approved",
    ]  # fmt: skip
    assert not Item.objects.exists()
    assert kinds(claim.pk) == [
        "claims.claim_reported", "documents.invoice_fed", "claims.documents_received",
        "claims.claim_registered",
        "claims.claim_calculated", "claims.claim_approved", "claims.payout_promised",
    ]  # fmt: skip


def test_gives_a_large_claim_to_a_person_with_the_reason(office, kinds, claim_of):
    made = make.claim_in_review(office_id=office)

    claim = claim_of(made.claim_id)
    assert (claim.state, claim.lane, claim.reasons) == ("REVIEW", "YELLOW", ["OVER_LIMIT"])
    item = Item.objects.get()
    assert (item.queue_id, item.subject) == ("claims.review", f"claim:{claim.pk}")
    assert not Payout.objects.exists()
    assert kinds(claim.pk)[-1] == "claims.claim_sent_to_review"
    assert Message.objects.order_by("-id").first().template == "claims.registered"


def test_what_the_machine_may_pay_is_for_managers_to_set(office, claim_of):
    make.figure_set("claims.fast_limit", "800")
    made = make.claim_in_review(office_id=office, invoices=[make.invoice()])

    claim = claim_of(made.claim_id)
    assert claim.benefit_amount == Decimal("810.00")
    assert (claim.state, claim.reasons) == ("REVIEW", ["OVER_LIMIT"])
    assert not Payout.objects.exists()


@pytest.mark.parametrize(
    ("bill", "reason"),
    [
        ({"payer_name": "王某某"}, "PAYER_DIFFERS"),
        ({"admitted_on": "2026-02-01", "discharged_on": "2026-02-20"}, "BILL_BEFORE_LOSS"),
        ({"admitted_on": "2025-08-01"}, "BILL_BEFORE_COVER"),
        ({"lines": [{"name": "进口材料", "category": "自费", "amount": "2000.00"}]}, "GROUND"),
        ({"lines": [{"name": "诊疗", "category": "", "amount": "2000.00"}]}, "FACTS_MISSING"),
        ({"fund_paid": "2000.00"}, "NOTHING_PAYABLE"),
    ],
)
def test_never_refuses_but_asks_a_person(office, claim_of, bill, reason):
    made = make.reported_claim(office_id=office)

    assert feed(made.claim_id, make.invoice(**bill)).state == "REVIEW"

    claim = claim_of(made.claim_id)
    assert reason in claim.reasons
    assert not Decision.objects.exists()
    assert not Payout.objects.exists()


def test_a_small_claim_is_marked_and_taken_before_a_larger_one_that_came_first(office):
    large = make.claim_in_review(office_id=office)
    small = make.claim_in_review(office_id=office, invoices=[make.invoice("王某某")])
    access, chen = make.colleague(office, "ASSESSOR")
    marked = {
        each.claim_id: queries.get_for_staff(each.claim_id, access).is_small
        for each in (large, small)
    }
    assert marked == {large.claim_id: False, small.claim_id: True}

    first = take_next(queue="claims.review", access=access, actor=chen, at=make.NOON)
    assert Item.objects.get(pk=first).subject == str(small.ref)


def test_asks_a_person_where_a_child_is_insured(office, claim_of):
    parent = make.insured(office)
    child = make.party(office, identity_number=make.resident_id(date(2018, 5, 1)))
    policy = make.medical_policy(office, holder_id=parent, insured_id=child)
    made = make.reported_claim(parent, office_id=office, policy_number=policy.number)

    assert feed(made.claim_id, make.invoice()).state == "REVIEW"
    assert "PAYEE_IS_GUARDIAN" in claim_of(made.claim_id).reasons


def test_raises_signals_that_route_and_never_refuse(office, claim_of, kinds):
    shared = "6222021234567890123"[:18]
    number = next(shared + d for d in "0123456789" if make._luhn(shared + d))
    first, second = make.insured(office), make.insured(office)
    for person in (first, second):
        made = make.reported_claim(
            person, office_id=office, account_id=make.account(person, number=number)
        )
        state = feed(made.claim_id, make.invoice()).state

    assert state == "REVIEW"
    claim = claim_of(made.claim_id)
    assert (claim.lane, claim.programme) == ("RED", "STANDARD")
    signal = Signal.objects.get(subject=f"claim:{claim.pk}")
    assert (signal.signal, signal.severity) == ("SHARED_ACCOUNT", "HIGH")
    assert "claims.signal_raised" in kinds(claim.pk)
    said = Message.objects.get(template="claims.in_review", about=f"claim:{claim.pk}")
    assert "风险" not in said.facts["reason"]


def test_waits_for_an_account_and_pays_when_it_is_there(office, claim_of):
    lin = make.insured(office)
    made = make.reported_claim(lin, office_id=office, account_id=None)

    assert feed(made.claim_id, make.invoice()).state == "APPROVED"
    assert not Payout.objects.exists()

    account_id = make.account(lin)
    state = operations.correct_account(
        claim_id=made.claim_id, account_id=account_id, actor=make.Ref("party", lin), at=make.NOON
    )
    assert state == "PAYING"
    assert Payout.objects.get().account_id == account_id


def test_spends_what_is_left_of_a_limit_only_once(office, claim_of):
    lin = make.insured(office)
    policy = make.medical_policy(office, holder_id=lin, sum_insured=Decimal(5000))
    paid = []
    for day in (1, 2):
        made = make.reported_claim(
            lin, office_id=office, policy_number=policy.number, loss_date=date(2026, 2, day)
        )
        bill = make.invoice(
            each="1500.00",
            fund_paid="0.00",
            admitted_on=f"2026-02-0{day}",
            discharged_on="2026-02-09",
        )
        feed(made.claim_id, bill)
        paid.append(claim_of(made.claim_id).benefit_amount)

    assert sum(paid) == Decimal("5000.00")


def test_of_a_claim_in_hand_calculates_anew_and_decides_nothing(office):
    made = make.claim_in_review(office_id=office)

    assert operations.assess_claim(claim_id=made.claim_id, actor=SYSTEM, at=make.NOON) == "REVIEW"
    assert [c.ordinal for c in Calculation.objects.order_by("ordinal")] == [1, 2]
    assert not Decision.objects.exists()


def test_twice_approves_once(office):
    made = make.reported_claim(office_id=office)
    feed(made.claim_id, make.invoice())

    assert operations.assess_claim(claim_id=made.claim_id, actor=SYSTEM, at=make.NOON) == "PAYING"
    assert Decision.objects.count() == 1
    assert Payout.objects.count() == 1


def test_refuses_a_claim_that_is_not_there(office):
    with pytest.raises(operations.ClaimNotFound):
        operations.assess_claim(claim_id=12345, actor=SYSTEM, at=make.NOON)
    assert not tx.is_open()


def test_works_on_a_holiday_night_too(office, claim_of):
    spring_festival = make.datetime(2026, 2, 17, 18, 30, tzinfo=make.UTC)  # 02:30, New Year's Day
    made = make.reported_claim(office_id=office, at=spring_festival, loss_date=date(2026, 2, 16))
    bill = make.invoice(
        issued_on="2026-02-17", admitted_on="2026-02-16", discharged_on="2026-02-17"
    )

    assert feed(made.claim_id, bill, at=spring_festival).state == "PAYING"
