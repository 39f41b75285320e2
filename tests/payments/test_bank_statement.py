"""take_in_statement, claim_credit, set_aside_credit."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from tests import make
from tests.gateways import bank_files as files
from tests.payments import desk
from tests.payments.test_recover import opened
from yilu.gateways.bank import Answer
from yilu.kernel.errors import Invalid, NotAllowed
from yilu.payments import operations
from yilu.payments.models import BankCredit, BankFile, Difference, Payout, Receivable
from yilu.work.models import Item

pytestmark = pytest.mark.django_db
NEXT_DAY = make.NOON + timedelta(days=1)


@pytest.fixture(autouse=True)
def by_file(settings, tmp_path):
    settings.BANK_FILES, settings.FILES = "all", tmp_path
    settings.BANK_ACCOUNT = f"{files.ACCOUNT}|ICBC"


@pytest.fixture
def office():
    return make.office()


@pytest.fixture
def clerk(office):
    return make.colleague(office, "PAYMENTS")


def taken(clerk, *entries, at=NEXT_DAY, **given):
    access, actor = clerk
    return operations.take_in_statement(
        content=files.statement(*entries, **given), access=access, actor=actor, at=at
    )


def sent(office, clerk, amount="810.00"):
    """A payment in a file that the bank has."""
    payout = Payout.objects.get(pk=make.payout(make.party(office), amount=Decimal(amount)))
    access, actor = clerk
    batch_id = operations.make_batch(access=access, actor=actor, at=desk.at())
    operations.give_out_file(batch_id=batch_id, access=access, actor=actor, at=desk.at(1))
    return payout


def out(payout, amount=None, reference="R1"):
    return files.entry(reference, amount or str(payout.amount), end_to_end=payout.bank_key.hex)


def test_settles_what_we_had_not_heard(office, clerk):
    payout = sent(office, clerk)
    done = taken(clerk, out(payout))
    payout.refresh_from_db()
    assert (payout.state, done.differences) == ("SETTLED", 0)
    kept = BankFile.objects.get(kind="STATEMENT")
    assert (kept.day, kept.closing) == (date(2026, 3, 4), Decimal("99190.00"))


def test_every_disagreement_is_work_once(office, clerk):
    payout = sent(office, clerk)
    done = taken(clerk, out(payout, "811.00"), files.entry("R9", "5.00", end_to_end="e" * 32))
    assert done.differences == 2
    kinds = set(Difference.objects.values_list("kind", flat=True))
    assert kinds == {"AMOUNT", "UNKNOWN_TO_US"}
    assert Item.objects.filter(queue_id="payments.reconcile", state="OPEN").count() == 2


def test_what_went_over_the_wire_is_not_missed_in_the_file(office, clerk, settings):
    settings.BANK_FILES = ""
    payout = Payout.objects.get(pk=make.payout(make.party(office)))
    operations.take_due(at=desk.at())
    operations.record_answer(payout_id=payout.pk, answer=Answer("SETTLED", "W1"), at=desk.at(5))
    credit = files.entry("C1", "1.00", credit=True)
    assert taken(clerk, credit).differences == 0


def test_a_payment_that_came_back_is_a_persons_matter(office, clerk):
    payout = sent(office, clerk)
    taken(clerk, out(payout))
    back = files.entry("C1", "810.00", credit=True, end_to_end=payout.bank_key.hex)
    done = taken(
        clerk,
        back,
        at=NEXT_DAY + timedelta(days=1),
        day="2026-03-05",
        opening="99190.00",
        message_id="STM2",
    )
    payout.refresh_from_db()
    assert (payout.state, done.differences) == ("UNCLEAR", 1)
    assert BankCredit.objects.get().state == "RETURNED"


def test_a_statement_that_does_not_follow_the_one_before_is_a_difference(office, clerk):
    taken(clerk, files.entry("C1", "1.00", credit=True))
    later = {"at": NEXT_DAY + timedelta(days=1), "day": "2026-03-05", "message_id": "STM2"}
    done = taken(clerk, files.entry("C2", "1.00", credit=True), opening="5.00", **later)
    assert done.differences == 1
    assert Difference.objects.get().kind == "BALANCE_GAP"


class TestRepayment:
    def credit(self, amount, remark, reference="C1"):
        return files.entry(reference, amount, credit=True, payer="林客户", remark=remark)

    def test_is_counted_by_its_reference(self, office, clerk):
        owed = Receivable.objects.get(pk=opened(make.party(office)))
        done = taken(
            clerk, self.credit("100.00", f"还款{owed.reference}"),
            files.entry("C2", "50.00", credit=True, creditor_reference=owed.reference),
        )  # fmt: skip
        owed.refresh_from_db()
        assert (done.repayments, owed.repaid, owed.state) == (2, Decimal("150.00"), "OPEN")
        assert set(BankCredit.objects.values_list("state", flat=True)) == {"REPAYMENT"}
        assert "林客户" not in BankCredit.objects.order_by("id").first().payer

    def test_more_than_is_open_waits_for_a_person(self, office, clerk):
        owed = Receivable.objects.get(pk=opened(make.party(office)))
        taken(clerk, self.credit("300.01", owed.reference))
        owed.refresh_from_db()
        assert (owed.repaid, BankCredit.objects.get().state) == (0, "OPEN")
        assert Item.objects.filter(queue_id="payments.reconcile", state="OPEN").count() == 1

    def test_without_a_reference_somebody_claims_it(self, office, clerk):
        owed = Receivable.objects.get(pk=opened(make.party(office)))
        taken(clerk, self.credit("300.00", "多付的钱还给你们"))
        credit, (access, actor) = BankCredit.objects.get(), clerk
        given = {"credit_id": credit.pk, "access": access, "actor": actor, "at": NEXT_DAY}
        with pytest.raises(operations.ReceivableNotFound):
            operations.claim_credit(reference="RF00 1234", **given)
        operations.claim_credit(reference=owed.reference, **given)
        owed.refresh_from_db()
        assert owed.state == "REPAID"
        assert not Item.objects.filter(queue_id="payments.reconcile", state="OPEN").exists()
        with pytest.raises(operations.CreditNotFound):
            operations.claim_credit(reference=owed.reference, **given)

    def test_of_another_office_is_not_found(self, clerk):
        owed = Receivable.objects.get(pk=opened())
        taken(clerk, self.credit("300.00", "还"))
        access, actor = clerk
        with pytest.raises(operations.ReceivableNotFound):
            operations.claim_credit(
                credit_id=BankCredit.objects.get().pk, reference=owed.reference, access=access,
                actor=actor, at=NEXT_DAY,
            )  # fmt: skip
        assert BankCredit.objects.get().state == "OPEN"

    def test_what_is_none_is_set_aside_with_a_word(self, clerk):
        taken(clerk, self.credit("300.00", "利息"))
        access, actor = clerk
        given = {
            "credit_id": BankCredit.objects.get().pk, "access": access, "actor": actor, "at": NEXT_DAY,
        }  # fmt: skip
        with pytest.raises(Invalid):
            operations.set_aside_credit(note="", **given)
        operations.set_aside_credit(note="活期利息", **given)
        assert BankCredit.objects.get().state == "SET_ASIDE"


@pytest.mark.parametrize(
    ("what", "refusal", "given"),
    [
        ("another account", operations.AnotherAccount, {"account": "999"}),
        ("figures that do not add up", operations.UnreadableBankFile, {"closing": "1.00"}),
        ("a day that is not over", operations.NoDayYet, {"day": "2026-03-05"}),
        ("the same message again", operations.SeenBefore, {}),
        ("another file of a day that is taken", operations.StatementTakenAlready, {"message_id": "STM9"}),
    ],
)  # fmt: skip
def test_refuses_and_changes_nothing(what, refusal, given, office, clerk):
    payout = sent(office, clerk)
    if "again" in what or "taken" in what:
        taken(clerk, files.entry("C1", "1.00", credit=True))
    kept = BankFile.objects.count()
    line = files.entry("C1", "1.00", credit=True) if "again" in what else out(payout)
    with pytest.raises(refusal):
        taken(clerk, line, **given)
    payout.refresh_from_db()
    assert (payout.state, BankFile.objects.count()) == ("SENDING", kept)


def test_is_only_for_reconciliation(office, clerk):
    with pytest.raises(NotAllowed):
        taken(make.colleague(office, "ASSESSOR"))
    assert not BankFile.objects.exists()
