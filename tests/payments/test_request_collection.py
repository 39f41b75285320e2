from datetime import timedelta
from decimal import Decimal

import pytest

from tests import make
from yilu.journal.models import Event
from yilu.kernel import tx
from yilu.kernel.errors import Invalid
from yilu.kernel.refs import SYSTEM, Ref
from yilu.payments import operations, queries
from yilu.payments.models import Collection

pytestmark = pytest.mark.django_db
ABOUT = Ref("premium_order", 7)


@pytest.fixture
def payer():
    return make.party(make.office())


@tx.use_case
def ask(payer, **given):
    told = {
        "key": "order:7", "payer_id": payer, "method": "WECHAT", "amount": Decimal("366.00"),
        "about": ABOUT, "at": make.NOON, "actor": SYSTEM,
    }  # fmt: skip
    return operations.request_collection(**{**told, **given})


def debit(payer, **given):
    return ask(payer, method="BANK_DEBIT", account_id=make.account(payer), **given)


cancel = tx.use_case(operations.cancel_collection)
retry = tx.use_case(operations.retry_collection)


def test_asks_once_for_a_key(payer):
    first = ask(payer)
    assert ask(payer) == first
    with pytest.raises(operations.CollectionKeyUsed):
        ask(payer, amount=Decimal("367.00"))
    with pytest.raises(operations.CollectionKeyUsed):
        ask(make.party(make.office()))
    assert Collection.objects.count() == 1
    event = Event.objects.get(kind="payments.collection_requested")
    assert (event.subject, event.party_id) == (str(ABOUT), payer)
    assert event.facts["amount"] == "366.00"

    found = queries.find_collection("order:7")
    assert (found.id, found.state, found.waits_for_payer) == (first, "WAITING", True)
    assert queries.list_waiting_collections(payer, make.NOON) == (found,)
    assert queries.list_collections(ABOUT) == (found,)


@pytest.mark.parametrize("amount", ["0", "-1", "0.001"])
def test_asks_for_an_amount_of_money_only(payer, amount):
    with pytest.raises(operations.NothingToCollect):
        ask(payer, amount=Decimal(amount))
    assert not Collection.objects.exists()


def test_takes_only_the_payers_own_account(payer):
    stranger = make.party(make.office())
    with pytest.raises(operations.NotThePayersAccount):
        ask(payer, method="CARD", account_id=make.account(stranger))
    with pytest.raises(operations.NotThePayersAccount):
        ask(payer, method="BANK_DEBIT")
    assert not Collection.objects.exists()
    made = debit(payer)
    assert not queries.get_collection(made).waits_for_payer  # a debit goes by itself


def test_the_payer_presses_pay_in_a_way_of_their_choice_once(payer):
    made = ask(payer)
    card = make.account(payer)
    stranger = make.party(make.office())
    with pytest.raises(operations.CollectionNotFound):
        operations.pay(collection_id=made, payer_id=stranger, method="WECHAT", at=make.NOON)
    with pytest.raises(operations.CollectionNotFound):
        queries.see_collection(made, stranger)
    with pytest.raises(operations.NotThePayersAccount):
        operations.pay(
            collection_id=made, payer_id=payer, method="CARD", at=make.NOON,
            account_id=make.account(stranger),
        )  # fmt: skip
    with pytest.raises(Invalid):
        operations.pay(
            collection_id=made, payer_id=payer, method="CARD", account_id=card, at=make.NOON,
            rehearse="INSUFFICIENT_FUNDS",
        )  # fmt: skip

    operations.pay(collection_id=made, payer_id=payer, method="CARD", account_id=card, at=make.NOON)
    found = queries.see_collection(made, payer)
    assert (found.method, found.account_id, found.waits_for_payer) == ("CARD", card, False)
    with pytest.raises(operations.CollectionMovedOn):
        operations.pay(collection_id=made, payer_id=payer, method="WECHAT", at=make.NOON)


def test_what_nobody_pays_in_time_fails_and_says_so_once(payer):
    made = ask(payer, expires_at=make.NOON + timedelta(days=1))
    assert operations.expire_collections(at=make.NOON) == 0
    later = make.NOON + timedelta(days=1)
    assert operations.expire_collections(at=later) == 1
    assert operations.expire_collections(at=later) == 0
    assert queries.get_collection(made).reason == "EXPIRED"
    assert Event.objects.get(kind="payments.collection_failed").facts["turn"] == 1
    with pytest.raises(operations.CollectionMovedOn):
        operations.pay(collection_id=made, payer_id=payer, method="WECHAT", at=later)
    assert queries.list_waiting_collections(payer, later) == ()


@tx.use_case
def failed(collection_id, reason="INSUFFICIENT_FUNDS"):
    row = Collection.objects.select_for_update(of=("self",)).get(pk=collection_id)
    operations.collecting.fail(row, reason, SYSTEM, make.NOON)


def test_a_failed_one_is_tried_again_under_its_key_and_the_first_stays(payer):
    made = debit(payer)
    failed(made)
    assert queries.find_collection("order:7").reason_label == "余额不足"
    account = make.account(payer)
    second = retry(key="order:7", method="BANK_DEBIT", account_id=account, at=make.NOON)
    assert second != made
    assert retry(key="order:7", method="BANK_DEBIT", account_id=account, at=make.NOON) is None
    assert ask(payer) == second
    assert queries.see_collection(made, payer).id == second  # an old link shows the latest turn
    failed(second)
    third = operations.pay(collection_id=made, payer_id=payer, method="ALIPAY", at=make.NOON)
    assert [c.turn for c in queries.list_collections(ABOUT)] == [1, 2, 3]
    assert queries.failures_by_key(["order:7", "none"]) == {"order:7": 2}
    assert queries.get_collection(third).method == "ALIPAY"


def test_what_is_taken_back_cannot_be_paid(payer):
    made = ask(payer)
    assert cancel(key="order:7", actor=SYSTEM, at=make.NOON)
    assert not cancel(key="order:7", actor=SYSTEM, at=make.NOON)
    assert not cancel(key="none", actor=SYSTEM, at=make.NOON)
    with pytest.raises(operations.CollectionMovedOn):
        operations.pay(collection_id=made, payer_id=payer, method="WECHAT", at=make.NOON)
    assert Event.objects.filter(kind="payments.collection_cancelled").count() == 1
