from decimal import Decimal

import pytest

from tests import make
from tests.payments import desk
from yilu.kernel import tx
from yilu.kernel.errors import Invalid, NotAllowed
from yilu.kernel.refs import Ref
from yilu.payments import operations
from yilu.payments.models import Payout

pytestmark = pytest.mark.django_db
reissue = tx.use_case(operations.reissue_payout)
COUNTER = Ref("staff", 1)


@pytest.fixture
def bank_(settings):
    with desk.practice_bank(settings) as fake:
        yield fake


@pytest.fixture
def rejected(bank_):
    payout = desk.payout_ending("0001")
    desk.send()
    desk.hear_all(bank_)
    payout.refresh_from_db()
    assert payout.state == "REJECTED"
    return payout


def test_pays_again_to_the_corrected_account(rejected, bank_):
    account_id = make.account(rejected.to_party_id)
    new_id = reissue(payout_id=rejected.pk, account_id=account_id, actor=COUNTER, at=desk.at(20))
    desk.send(20)
    desk.hear_all(bank_, seconds=30)

    new = Payout.objects.get(pk=new_id)
    assert (new.state, new.replaces_id, new.key) == ("SETTLED", rejected.pk, "final/2")
    assert new.amount == rejected.amount
    rejected.refresh_from_db()
    assert rejected.state == "REJECTED"
    assert desk.kinds(new)[0] == "payments.payout_reissued"
    assert [state for _, _, state in bank_.counter.executions()] == ["REJECTED", "SETTLED"]


def test_asked_twice_is_one_payment(rejected):
    account_id = make.account(rejected.to_party_id)
    ids = {
        reissue(payout_id=rejected.pk, account_id=account_id, actor=COUNTER, at=desk.at(20))
        for _ in range(2)
    }
    assert len(ids) == 1
    with pytest.raises(operations.ReissuedAlready):
        reissue(
            payout_id=rejected.pk,
            account_id=make.account(rejected.to_party_id),
            actor=COUNTER,
            at=desk.at(20),
        )
    assert Payout.objects.count() == 2


def test_refuses_the_account_the_bank_refused(rejected):
    with pytest.raises(operations.SameAccount):
        reissue(
            payout_id=rejected.pk, account_id=rejected.account_id, actor=COUNTER, at=desk.at(20)
        )
    assert Payout.objects.count() == 1


def test_refuses_a_strangers_account(rejected):
    stranger = make.party(make.office())
    with pytest.raises(operations.NotTheirAccount):
        reissue(
            payout_id=rejected.pk, account_id=make.account(stranger), actor=COUNTER, at=desk.at(20)
        )


@pytest.mark.parametrize("said", [[], ["PROCESSING"], ["SETTLED"]])
def test_refuses_what_the_bank_did_not_refuse(said):
    from yilu.gateways import bank

    payout = desk.payout_ending("7777")
    for word in said:
        operations.take_due(at=desk.at())
        operations.record_answer(payout_id=payout.pk, answer=bank.Answer(word, "R"), at=desk.at())
    account_id = make.account(payout.to_party_id)
    with pytest.raises(operations.NotRejected):
        reissue(payout_id=payout.pk, account_id=account_id, actor=COUNTER, at=desk.at(20))
    with pytest.raises(operations.PayoutNotFound):
        reissue(payout_id=999_999, account_id=account_id, actor=COUNTER, at=desk.at(20))


def _paid_after_all(bank_):
    """The bank refuses, the payment is issued again, then the bank says it paid the first one."""
    payout = desk.payout_ending("0010")
    desk.send()
    bank_.now = desk.at(10).timestamp()
    first, second = bank_.notices()
    hear = operations.receive_bank_notice
    assert hear(body=first[0], signature=first[1], timestamp=first[2], at=desk.at(10)) == "REJECTED"
    new_id = reissue(
        payout_id=payout.pk,
        account_id=make.account(payout.to_party_id),
        actor=COUNTER,
        at=desk.at(11),
    )
    assert (
        hear(body=second[0], signature=second[1], timestamp=second[2], at=desk.at(12))
        == "CONTRADICTION"
    )
    return payout, new_id


def test_holds_the_replacement_while_the_first_is_doubtful(bank_):
    payout, new_id = _paid_after_all(bank_)
    assert desk.send(13) == 0
    assert Payout.objects.get(pk=new_id).held

    office_id = _office(payout)
    clerk = Ref("staff", make.staff(office_id, "PAYMENTS"))
    operations.resolve_unclear(
        payout_id=payout.pk, outcome="SETTLED", note="银行柜台查询", actor=clerk, at=desk.at(20)
    )
    assert Payout.objects.get(pk=new_id).state == "CANCELLED"
    assert desk.send(30) == 0
    assert len(bank_.counter.executions()) == 1


def test_sends_the_replacement_when_the_first_was_not_paid(bank_):
    payout, new_id = _paid_after_all(bank_)
    clerk = Ref("staff", make.staff(_office(payout), "PAYMENTS"))
    operations.resolve_unclear(
        payout_id=payout.pk, outcome="REJECTED", note="银行确认未付", actor=clerk, at=desk.at(20)
    )
    desk.send(30)
    assert Payout.objects.get(pk=new_id).state == "SENT"


def test_resolve_unclear_needs_the_right_a_note_and_doubt(bank_):
    payout, _ = _paid_after_all(bank_)
    office_id = _office(payout)
    assessor = Ref("staff", make.staff(office_id, "ASSESSOR"))
    elsewhere = Ref("staff", make.staff(make.office(), "PAYMENTS"))
    clerk = Ref("staff", make.staff(office_id, "PAYMENTS"))
    for actor in (assessor, elsewhere, Ref("party", payout.to_party_id)):
        with pytest.raises(NotAllowed):
            operations.resolve_unclear(
                payout_id=payout.pk, outcome="SETTLED", note="x", actor=actor, at=desk.at(20)
            )
    with pytest.raises(Invalid):
        operations.resolve_unclear(
            payout_id=payout.pk, outcome="SETTLED", note=" ", actor=clerk, at=desk.at(20)
        )
    payout.refresh_from_db()
    assert payout.state == "UNCLEAR"
    for _ in range(1):
        operations.resolve_unclear(
            payout_id=payout.pk, outcome="SETTLED", note="查询", actor=clerk, at=desk.at(20)
        )
    with pytest.raises(operations.NotUnclear):
        operations.resolve_unclear(
            payout_id=payout.pk, outcome="SETTLED", note="查询", actor=clerk, at=desk.at(20)
        )


def test_reissue_rejected_payout_needs_the_right_over_office_and_amount(rejected):
    office_id = _office(rejected)
    account_id = make.account(rejected.to_party_id)
    given = {"payout_id": rejected.pk, "account_id": account_id, "at": desk.at(20)}
    for actor in (
        Ref("staff", make.staff(office_id, "ASSESSOR")),
        Ref("staff", make.staff(make.office(), "PAYMENTS")),
        Ref("staff", make.staff(office_id, "PAYMENTS", amount_limit=Decimal("100.00"))),
        Ref("party", rejected.to_party_id),
    ):
        with pytest.raises(NotAllowed):
            operations.reissue_rejected_payout(**given, actor=actor)
    assert Payout.objects.count() == 1
    operations.reissue_rejected_payout(
        **given, actor=Ref("staff", make.staff(office_id, "PAYMENTS"))
    )
    assert Payout.objects.count() == 2


def _office(payout):
    from yilu.people import queries

    return queries.get_party(payout.to_party_id).office_id
