from decimal import Decimal

import pytest

from tests import make
from tests.payments import desk
from yilu.journal.models import Event
from yilu.kernel import tx
from yilu.kernel.refs import Ref
from yilu.payments import operations, queries
from yilu.payments.models import Payout
from yilu.people import operations as people

pytestmark = pytest.mark.django_db
CLAIM = Ref("claim", 42)


def test_promises_a_payment_to_the_beneficiarys_own_account():
    party_id = make.party(make.office())
    payout_id = make.payout(party_id, about=CLAIM)

    (payout,) = queries.list_payouts(CLAIM)
    assert (payout.id, payout.state, payout.amount) == (payout_id, "REQUESTED", Decimal("1234.50"))
    event = Event.objects.get(kind="payments.payout_requested")
    assert event.party_id == party_id
    assert event.facts == {"subject": "claim:42", "amount": "1234.50", "purpose": "CLAIM"}


def test_is_one_statement_beside_the_event(django_assert_num_queries):
    party_id = make.party(make.office())
    account_id = make.account(party_id)
    with django_assert_num_queries(4):  # savepoint, payout, event, release
        make.payout(party_id, account_id=account_id)


def test_asked_twice_with_one_key_is_one_payment():
    party_id = make.party(make.office())
    account_id = make.account(party_id)
    first = make.payout(party_id, about=CLAIM, account_id=account_id)
    second = make.payout(party_id, about=CLAIM, account_id=account_id)

    assert first == second
    assert Payout.objects.count() == 1
    assert Event.objects.filter(kind="payments.payout_requested").count() == 1


def test_refuses_a_key_that_stands_for_another_amount():
    party_id = make.party(make.office())
    account_id = make.account(party_id)
    make.payout(party_id, about=CLAIM, account_id=account_id)
    with pytest.raises(operations.KeyUsedForAnother):
        make.payout(party_id, about=CLAIM, account_id=account_id, amount=Decimal("1.00"))

    assert Payout.objects.get().amount == Decimal("1234.50")


@pytest.mark.parametrize("whose", ["a stranger's", "nobody's", "a closed one"])
def test_refuses_in_the_same_words_an_account_that_is(whose):
    office_id = make.office()
    party_id = make.party(office_id)
    account_id = (
        make.account(make.party(office_id)) if whose == "a stranger's" else make.account(party_id)
    )
    if whose == "nobody's":
        account_id = 999_999
    if whose == "a closed one":
        people.close_account(
            party_id=party_id, account_id=account_id, actor=Ref("party", party_id), at=make.NOON
        )
    with pytest.raises(operations.NotTheirAccount) as refusal:
        make.payout(party_id, account_id=account_id)

    assert refusal.value.message == operations.NotTheirAccount.message
    assert not Payout.objects.exists()


@pytest.mark.parametrize("amount", ["0.00", "-1.00", "0.001", "1000000000000.00"])
def test_refuses_an_amount_that_nobody_can_be_paid(amount):
    with pytest.raises(operations.NothingToPay):
        make.payout(amount=Decimal(amount))

    assert not Payout.objects.exists()


def test_leaves_nothing_behind_when_the_use_case_fails_later():
    party_id = make.party(make.office())
    account_id = make.account(party_id)

    @tx.use_case
    def approve_and_fail():
        operations.request_payout(
            about=CLAIM, to_party=party_id, account_id=account_id, amount=Decimal("10.00"),
            purpose="CLAIM", key="final", at=make.NOON,
        )  # fmt: skip
        raise LookupError

    with pytest.raises(LookupError):
        approve_and_fail()

    assert not Payout.objects.exists()


def test_cancel_payout_takes_back_what_has_not_left(settings):
    payout_id = make.payout()
    cancel = tx.use_case(operations.cancel_payout)
    cancel(payout_id=payout_id, actor=Ref("staff", 1), at=make.NOON)
    cancel(payout_id=payout_id, actor=Ref("staff", 1), at=make.NOON)

    payout = Payout.objects.get()
    assert payout.state == "CANCELLED"
    assert desk.kinds(payout).count("payments.payout_cancelled") == 1
    with desk.practice_bank(settings) as fake:
        assert desk.send() == 0
        assert fake.counter.executions() == []


def test_cancel_payout_refuses_what_is_under_way(settings):
    payout = desk.payout_ending("7777")
    with desk.practice_bank(settings):
        desk.send()
        with pytest.raises(operations.UnderWay):
            tx.use_case(operations.cancel_payout)(
                payout_id=payout.pk, actor=Ref("staff", 1), at=desk.at()
            )
    with pytest.raises(operations.PayoutNotFound):
        tx.use_case(operations.cancel_payout)(payout_id=999, actor=Ref("staff", 1), at=desk.at())
