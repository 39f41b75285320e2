"""Nobody is paid before it is known who they are: what waits, who is asked, and the money that follows (反洗钱法 29-31)."""

from decimal import Decimal
from functools import partial

import pytest
import time_machine
from procrastinate.contrib.django.models import ProcrastinateJob

from tests import make
from tests.claims import hard, papers
from tests.claims.hard import told
from tests.web.pages import text
from tests.web.signing import signed_in
from yilu.claims import jobs as claims_jobs
from yilu.claims import operations
from yilu.claims.models import Claim, IdentityWait, Instalment
from yilu.claims.operations import Person
from yilu.claims.queries import unpaid
from yilu.kernel.refs import Ref
from yilu.messaging.models import Message
from yilu.payments import queries as payments
from yilu.people import jobs
from yilu.people import operations as people
from yilu.people.models import IdentityCheck, Party
from yilu.work.models import Item

pytestmark = pytest.mark.django_db
FIGURE = "claims.payee_checked_from"


@pytest.fixture
def office(insurer):
    return hard.Office(make.office())


def stranger(office, **given):
    """Somebody of whom no document was ever seen."""
    nothing = {"identity_kind": None, "identity_number": ""}
    return make.party(office.id, **{"name": "林小强", **nothing, **given})


def approved(office, claim):
    operations.calculate_claim(**told(claim, office.chen, chosen=operations.Chosen()))
    hard.approve(office, claim)
    papers.react()


def paid(claim):
    return {p.to_party: p.amount for p in payments.list_payouts(claim.ref)}


def causes(office):
    ((row,), _next) = unpaid.kept_back(office.fu[0], make.NOON)
    return [code for code, _turn, _words in row.causes]


def told_of(claim, template="claims.payee_identity"):
    found = Message.objects.filter(about=str(claim.ref), template=template)
    return sorted(int(m.recipient.split(":")[1]) for m in found)


def identified(office, party_id, number="E12345678"):
    """Two colleagues saw the passport."""
    one, two = (make.colleague(office.id, "COUNTER") for _ in range(2))
    people.record_original_seen(
        party_id=party_id, document="PASSPORT", number=number, valid_to=None, access=one[0],
        actor=one[1], at=make.NOON,
    )  # fmt: skip
    people.confirm_original_seen(party_id=party_id, access=two[0], actor=two[1], at=make.NOON)
    papers.react()


def test_an_heir_without_a_number_is_paid_once_known_and_once_only(office):
    wife, son = hard.relative(office, "林太太"), stranger(office)
    claim = hard.death(office, (wife, "0.5", 1), (son, "0.5", 1))
    persons = [Person(party_id=wife, relation="SPOUSE"), Person(party_id=son, relation="CHILD")]
    found = operations.establish_entitlement(
        **told(claim, office.chen, persons=persons, note="户口簿、结婚证、死亡证明")
    )
    operations.confirm_entitlement(**told(claim, office.fu, entitlement_id=found))
    approved(office, claim)
    operations.correct_account(
        claim_id=claim.claim_id, account_id=make.account(son), actor=Ref("party", son), at=make.NOON
    )
    papers.react()

    assert paid(claim) == {wife: Decimal("50000.00")}
    assert "IDENTITY_MISSING" in causes(office)
    assert told_of(claim) == [son]
    with time_machine.travel(make.NOON, tick=False):
        desk = signed_in(office.chen[1]).get(f"/staff/claims/{claim.claim_id}/hard/beneficiaries")
        own = text(signed_in(Ref("party", son)).get(f"/c/claims/{claim.claim_id}"))
    assert "账户已登记，只等核实身份" in text(desk)
    assert "代为登记并付款" not in text(desk)
    assert "银行正在付款" not in own
    assert Item.objects.get(queue_id="claims.payee_identity").state == "OPEN"

    identified(office, son)
    assert paid(claim) == {wife: Decimal("50000.00"), son: Decimal("50000.00")}
    assert Item.objects.get(queue_id="claims.payee_identity").state == "DONE"
    assert "IDENTITY_MISSING" not in causes(office)
    identified(office, son)
    assert len(payments.list_payouts(claim.ref)) == 2


def test_the_register_identifies_whoever_has_a_number_and_nobody_need_come(office):
    wife = hard.relative(office, "林太太")
    IdentityCheck.objects.filter(party_id=wife).delete()
    claim = hard.death(office, (wife, "1", 1))
    approved(office, claim)
    assert (paid(claim), told_of(claim)) == ({}, [])
    assert Claim.objects.get().state == "APPROVED"

    jobs.check_identity(wife)
    papers.react()
    assert paid(claim) == {wife: Decimal("100000.00")}
    assert Claim.objects.get().state == "PAYING"
    assert IdentityWait.objects.get().until


def test_who_the_register_does_not_know_hears_what_to_bring_once(office):
    number = make.number_of_another()
    wife = make.party(office.id, name="林太太", identity_number=number, checked=False)
    claim = hard.death(office, (wife, "1", 1))
    approved(office, claim)
    for _ in range(2):
        jobs.check_identity(wife)
        papers.react()
    assert (paid(claim), told_of(claim)) == ({}, [wife])


def test_who_made_the_contract_waits_only_without_a_number_and_from_the_figure_on(office):
    claim = make.claim_in_review(office_id=office.id)
    Party.objects.update(identity=b"", identity_kind=None, identity_index=None)
    IdentityCheck.objects.all().delete()
    make.figure_set(FIGURE, "0.01")
    hard.approve(office, claim)
    papers.react()
    row = Claim.objects.get()
    assert (paid(claim), row.state, causes(office)) == ({}, "APPROVED", ["IDENTITY_MISSING"])
    with time_machine.travel(make.NOON, tick=False):
        page = text(signed_in(Ref("party", row.claimant_id)).get(f"/c/claims/{claim.claim_id}"))
    assert "付款前核实您的身份" in page
    assert "登记收款账户" not in page
    assert "核实收款人身份后" in Message.objects.get(template="claims.progress").facts["step"]

    identified(office, row.insured_id)
    assert paid(claim) == {row.insured_id: row.benefit_amount}
    assert Claim.objects.get().state == "PAYING"


def test_a_small_benefit_of_ones_own_waits_for_nothing(office):
    claim = make.claim_in_review(office_id=office.id)
    IdentityCheck.objects.all().delete()
    hard.approve(office, claim)
    assert len(paid(claim)) == 1


def test_an_account_closed_while_it_waited_is_asked_for_again(office):
    wife = stranger(office)
    claim = hard.death(office, (wife, "1", 1))
    approved(office, claim)
    people.close_account(
        party_id=wife, account_id=Claim.objects.get().account_id, actor=Ref("party", wife),
        at=make.NOON,
    )  # fmt: skip
    identified(office, wife)
    assert (paid(claim), causes(office)) == ({}, ["ACCOUNT_MISSING"])


def test_a_check_of_the_very_moment_is_found_by_the_clock(office):
    wife = stranger(office)
    claim = hard.death(office, (wife, "1", 1))
    approved(office, claim)
    claims_jobs.pay_who_is_known(make.NOON)
    assert paid(claim) == {}
    make.identity_checked(wife)  # no event tells of it
    for _ in range(2):
        claims_jobs.pay_who_is_known(make.NOON)
    assert paid(claim) == {wife: Decimal("100000.00")}
    assert len(payments.list_payouts(claim.ref)) == 1


def test_nothing_is_advanced_to_somebody_unknown(office):
    wife = stranger(office)
    claim = hard.death(office, (wife, "1", 1))
    hard.calculated(claim, office)
    pay = partial(
        operations.pay_undisputed_part,
        **told(claim, office.fu, amount=Decimal("1000.00"), reason="可以确定的部分"),
    )
    assert (pay(), paid(claim), told_of(claim)) == (None, {}, [wife])
    assert Item.objects.get(queue_id="claims.payee_identity").state == "OPEN"
    identified(office, wife)
    assert paid(claim) == {}
    assert pay()
    assert paid(claim) == {wife: Decimal("1000.00")}


def test_the_part_of_day_sixty_asks_the_register_and_follows_by_itself_once(office):
    wife = hard.relative(office, "林太太")
    IdentityCheck.objects.filter(party_id=wife).delete()
    claim = hard.death(office, (wife, "1", 1))
    hard.calculated(claim, office)
    operations.state_undisputed_part(
        **told(claim, office.chen, amount=Decimal("5000.00"), reason="能够确定的部分")
    )
    Instalment.objects.update(due_on=make.NOON.date())
    for _ in range(2):
        assert operations.pay_instalment(claim_id=claim.claim_id, at=make.NOON) is None
    assert not Item.objects.filter(queue_id="claims.payout_problem").exists()
    assert ProcrastinateJob.objects.filter(task_name="people.check_identity").exists()

    jobs.check_identity(wife)
    papers.react()
    assert paid(claim) == {wife: Decimal("5000.00")}
    assert operations.pay_instalment(claim_id=claim.claim_id, at=make.NOON) is None
    assert len(payments.list_payouts(claim.ref)) == 1
