"""Every planted difference is found, once; what is right is confirmed; nothing is changed."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.management import call_command

from tests import make
from tests.claims import papers
from tests.payments import desk as bank_desk
from yilu.audit import jobs, operations, queries
from yilu.audit.models import MoneyDifference, MoneyRun
from yilu.claims import operations as claims
from yilu.claims.models import Claim
from yilu.claims.models.hard import Recovery
from yilu.gateways.sandbox_bank import card_ending
from yilu.journal.models import Event
from yilu.kernel import recall, tx
from yilu.kernel.errors import NotAllowed
from yilu.kernel.refs import SYSTEM, Ref
from yilu.work.models import Item

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def office():
    recall.forget_all()
    make.standards_in_force()
    yield make.office()
    recall.forget_all()


@pytest.fixture
def lin(office):
    return make.insured(office)


def paid(lin, office, settings, policy_number=None, **bill):
    """A claim the machine approved and the bank paid; its id."""
    account = make.account(lin, number=card_ending("1234", seed=next(make._count)))
    told = {"policy_number": policy_number} if policy_number else {}
    made = make.reported_claim(lin, office_id=office, account_id=account, **told)
    claims.hand_in_invoices(
        claim_id=made.claim_id, provider_id=1, invoices=[make.invoice(**bill)], actor=SYSTEM, at=make.NOON
    )  # fmt: skip
    with bank_desk.practice_bank(settings) as bank:
        bank_desk.send()
        bank_desk.hear_all(bank)
    papers.react()
    return made.claim_id


def audit(at=make.NOON):
    run_id = operations.start_money_audit(actor=SYSTEM, at=at)
    while not (progress := operations.audit_batch(run_id=run_id, at=at, limit=2)).done:
        pass
    return progress


def found():
    return set(MoneyDifference.objects.filter(state="OPEN").values_list("kind", flat=True))


def plant(sql):
    assert tx.changed(sql) >= 1


def test_confirms_what_is_right(lin, office, settings):
    claim_id = paid(lin, office, settings)
    progress = audit()

    assert Claim.objects.get(pk=claim_id).paid_amount == Decimal("810.00")
    assert (progress.looked_at, progress.amount, progress.differences) == (1, Decimal("810.00"), 0)
    assert not MoneyDifference.objects.exists()
    said = Event.objects.get(kind="audit.money_audited")
    assert said.facts == {"claims": 1, "amount": "810.00", "differences": 0}


PLANTED = {
    "a changed payout": ("update payments_payout set amount = amount + 0.01", {"PAYOUTS", "SETTLED"}),
    "a bill's line of another category": (
        "update documents_invoice set lines = jsonb_set(lines, '{0,category}', '\"OWN\"')",
        {"CALCULATION", "LEDGER"},
    ),
    "a bill's fund share": (
        "update documents_invoice set fund_paid = fund_paid - 1", {"CALCULATION", "LEDGER"},
    ),
    "an accumulator that is too small": (
        "update policies_benefituse set paid = paid - 0.01", {"LEDGER"},
    ),
    "a deductible counted that was not met": (
        "update policies_benefituse set deductible_used = deductible_used + 5", {"LEDGER"},
    ),
    "a policy year mixed up": ("update policies_benefituse set year = year + 1", {"LEDGER"}),
    "another decision": (
        "update claims_decision set amount = amount + 1", {"DECISION", "PAYOUTS"},
    ),
    "another result": (
        "update claims_calculation set benefit = benefit + 1", {"CALCULATION", "LINES", "DECISION"},
    ),
    "a changed step": (
        "update claims_calculation set result = jsonb_set(result, '{lines,0,amount}', '\"1.00\"')",
        {"LINES"},
    ),
    "a sum that the claim says was paid": (
        "update claims_claim set paid_amount = paid_amount - 1", {"SETTLED"},
    ),
    "a policy of another sum insured": (
        "update policies_policy set sum_insured = sum_insured + 1", {"CONTRACT"},
    ),
    "a payment that never arrived": (
        "update payments_payout set state = 'SENT', ended_at = null", {"SETTLED"},
    ),
    "a payment taken back": ("update payments_payout set state = 'CANCELLED'", {"PAYOUTS", "SETTLED"}),
    "a basis that cannot be read": ("update claims_calculation set inputs = '[]'", {"UNREADABLE"}),
}  # fmt: skip


@pytest.mark.parametrize("what", PLANTED)
def test_finds(what, lin, office, settings):
    sql, kinds = PLANTED[what]
    paid(lin, office, settings)
    plant(sql)
    audit()

    assert found() == kinds
    assert Item.objects.filter(queue_id="audit.money", state="OPEN").count() == len(
        MoneyDifference.objects.all()
    )


def test_finds_a_payment_made_twice(lin, office, settings):
    claim_id = paid(lin, office, settings)
    plant(
        "insert into payments_payout (about, key, to_party_id, account_id, number_index, bank_name,"
        " masked_number, amount, currency, purpose, state, reason, bank_reference, held, attempts, due_at,"
        " problem, requested_at, ended_at) select about, 'again', to_party_id, account_id, number_index,"
        " bank_name, masked_number, amount, currency, purpose, state, '', '', false, 0, due_at, '',"
        " requested_at, ended_at from payments_payout"
    )
    audit()

    difference = MoneyDifference.objects.get()
    assert (difference.claim_id, difference.kind) == (claim_id, "PAYOUTS")
    assert (difference.expected, difference.actual) == ("810.00", "1620.00")


def test_what_is_owed_back_explains_what_was_paid_too_much(lin, office, settings):
    from tests.payments.test_recover import opened

    claim_id = paid(lin, office, settings)
    plant("update claims_decision set amount = amount - 10")
    audit()
    assert "PAYOUTS" in found()

    receivable_id = opened(lin, about=Ref("claim", claim_id), amount=Decimal("10.00"))
    audit(make.NOON + timedelta(days=1))
    assert found() == {"DECISION"}

    Recovery.objects.create(  # somebody declared dead came back: the decision was right on its day
        claim_id=claim_id, cause="RETURNED", from_party_id=lin, amount=Decimal("10.00"), reason="本人出现",
        state="APPROVED", receivable_id=receivable_id, proposed_by="staff:1", proposed_at=make.NOON,
    )  # fmt: skip
    audit(make.NOON + timedelta(days=2))
    assert "PAYOUTS" in found()


def test_counts_an_earlier_claim_of_the_policy(lin, office, settings):
    number = make.medical_policy(office, holder_id=lin).number
    paid(lin, office, settings, number)
    second = paid(
        lin, office, settings, number, admitted_on="2026-03-02", payee_name="第二人民医院"
    )
    assert audit().differences == 0

    plant(
        "update policies_benefituse set deductible_used = 0"
        f" where claim_ref <> 'claim:{second}' and deductible_used > 0"
    )
    audit()
    assert found() >= {"LEDGER"}


def test_the_same_difference_every_night_is_one(lin, office, settings):
    paid(lin, office, settings)
    plant("update policies_benefituse set paid = paid - 0.01")
    for night in range(3):
        audit(make.NOON + timedelta(days=night))

    assert MoneyRun.objects.count() == 3
    assert MoneyDifference.objects.count() == 1
    assert Item.objects.filter(queue_id="audit.money").count() == 1
    assert Event.objects.filter(kind="audit.money_difference_found").count() == 1


def test_a_difference_that_was_put_right_is_gone(lin, office, settings):
    paid(lin, office, settings)
    plant("update policies_benefituse set paid = paid - 0.01")
    audit()
    plant("update policies_benefituse set paid = paid + 0.01")
    audit(make.NOON + timedelta(days=1))

    assert MoneyDifference.objects.get().state == "GONE"
    assert Item.objects.get(queue_id="audit.money").state == "DONE"


class TestExplain:
    def test_a_person_says_why(self, lin, office, settings):
        paid(lin, office, settings)
        plant("update policies_benefituse set paid = paid - 0.01")
        audit()
        access, actor = make.colleague(office, "AUDITOR")
        (seen,) = queries.list_differences(access)
        given = {"difference_id": seen.id, "access": access, "actor": actor, "at": make.NOON}
        with pytest.raises(operations.ExplanationMissing):
            operations.explain_difference(explanation="嗯", **given)
        operations.explain_difference(explanation="迁移数据时少记一分，已补记", **given)

        assert queries.list_differences(access) == ()
        assert Item.objects.get(queue_id="audit.money").state == "DONE"
        with pytest.raises(operations.DifferenceNotFound):
            operations.explain_difference(explanation="再说一遍原因", **given)
        audit(make.NOON + timedelta(days=1))
        assert found() == set()

    @pytest.mark.parametrize("who", ["an auditor elsewhere", "the payments desk"])
    def test_nobody_else_may(self, who, lin, office, settings):
        paid(lin, office, settings)
        plant("update policies_benefituse set paid = paid - 0.01")
        audit()
        where, role = (make.office(), "AUDITOR") if "elsewhere" in who else (office, "PAYMENTS")
        access, actor = make.colleague(where, role)
        with pytest.raises((NotAllowed, operations.DifferenceNotFound)):
            operations.explain_difference(
                difference_id=MoneyDifference.objects.get().pk, explanation="没有问题没有问题",
                access=access, actor=actor, at=make.NOON,
            )  # fmt: skip
        assert MoneyDifference.objects.get().state == "OPEN"


class TestNight:
    def test_begins_once_a_night_and_goes_on_until_done(self, lin, office, settings):
        paid(lin, office, settings)
        two = make.NOON + timedelta(hours=14)  # two o'clock in Shanghai
        assert jobs.audit_money(make.NOON) == 0
        assert jobs.audit_money(two) == 2  # the claim and its policy
        assert jobs.audit_money(two) == 0  # nothing is left: it is finished
        assert jobs.audit_money(two + timedelta(hours=1)) == 0
        assert set(MoneyRun.objects.values_list("state", flat=True)) == {"FINISHED"}
        assert jobs.audit_money(two + timedelta(days=1)) == 2

    def test_two_that_begin_take_on_one_run(self):
        first = operations.start_money_audit(actor=SYSTEM, at=make.NOON)
        assert operations.start_money_audit(actor=SYSTEM, at=make.NOON) == first


class TestCommand:
    def test_says_that_nothing_differs(self, lin, office, settings, capsys):
        paid(lin, office, settings)
        call_command("audit_money")
        assert "没有差异" in capsys.readouterr().out

    def test_names_the_claim_and_ends_with_one(self, lin, office, settings, capsys):
        claim_id = paid(lin, office, settings)
        plant("update policies_benefituse set paid = paid - 0.01")
        with pytest.raises(SystemExit) as ended:
            call_command("audit_money")
        said = capsys.readouterr().err
        assert ended.value.code == 1
        assert Claim.objects.get(pk=claim_id).number in said
        assert "应为 810.00/0.00/0，实为 809.99/0.00/0" in said or "实为" in said
