"""Two hands on one next year, on real connections: one contract, one payment, one refund, one answer."""

import pytest

from tests import make
from tests.payments.test_at_the_same_time import at_once
from tests.renewals import desk
from tests.renewals.years import answer, bank, before, one_year, order, pay, year
from yilu.kernel import tx
from yilu.kernel.refs import SYSTEM, Ref
from yilu.payments import operations as payments
from yilu.payments.models import Collection, Refund
from yilu.people import queries as people
from yilu.policies import queries as policies
from yilu.policies.models import Policy
from yilu.renewals import operations
from yilu.renewals.models import OrderLine, PremiumOrder
from yilu.renewals.operations.ordering import settle_order

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def office():
    make.products_on_sale()
    return make.office()


def kinds(results):
    return sorted(type(each).__name__ for each in results)


def test_two_phones_that_pay_at_once_make_one_order(office):
    policy = one_year(office)
    desk.run(before(30))
    results = at_once(*[lambda key=key: order(policy, before(10), key) for key in "abcd"])
    assert kinds(results) == ["BeingPaid"] * 3 + ["int"]
    assert Collection.objects.count() == PremiumOrder.objects.count() == 1


def test_the_days_debit_and_the_holders_own_payment_ask_for_the_money_once(office):
    policy = one_year(office, debit=True, agrees=True)
    desk.run(before(30))
    at_once(lambda: desk.run(before(7)), lambda: order(policy, before(7)))
    assert Collection.objects.count() == 1
    assert OrderLine.objects.filter(due=year(policy).due, live=True).count() == 1


def test_of_two_payments_that_arrive_together_one_takes_the_year_and_one_goes_back(
    settings, office
):
    policy = one_year(office)
    desk.run(before(30))
    # The bank said that the first had failed, the holder paid anew, and then both turned out to be paid.
    for key in "ab":
        collection = order(policy, before(10), key)
        payments.pay(
            collection_id=collection, payer_id=policy.holder_id, method="WECHAT",
            at=desk.noon(before(10)),
        )  # fmt: skip
        if key == "a":
            PremiumOrder.objects.update(state="FAILED", ended_at=desk.noon(before(10)))
            OrderLine.objects.update(live=False)
    Collection.objects.update(state="COLLECTED", ended_at=desk.noon(before(10)))
    settle = tx.use_case(settle_order)

    def arrive(row):
        settle(
            order_id=row.pk, collection_id=row.collection_id, actor=SYSTEM,
            at=desk.noon(before(9)),
        )  # fmt: skip

    rows = list(PremiumOrder.objects.order_by("pk"))
    at_once(*[lambda row=row: arrive(row) for row in rows])
    for row in rows:  # a worker that was refused tries again, one that was not does no harm
        arrive(row)

    new = Policy.objects.get(renews=policy)
    assert sorted(PremiumOrder.objects.values_list("state", flat=True)) == ["PAID", "RETURNED"]
    assert Refund.objects.get().amount == new.premium == policies.balances(new.pk)["premium"]
    assert sum(policies.balances(new.pk).values()) == 0


def test_the_same_word_of_the_bank_heard_by_two_workers_is_one_contract(settings, office):
    policy = one_year(office)
    desk.run(before(30))
    collection = order(policy, before(10))
    payments.pay(
        collection_id=collection, payer_id=policy.holder_id, method="WECHAT", at=desk.noon(before(10))
    )  # fmt: skip
    with bank(settings, before(10)) as fake:
        at_once(*[lambda: answer(fake, before(10))] * 3)
        answer(fake, before(10))
    assert Policy.objects.filter(renews=policy).count() == 1
    assert not Refund.objects.exists()


def test_called_off_twice_at_once_the_money_goes_back_once(settings, office):
    policy = one_year(office)
    desk.run(before(30))
    new = pay(settings, policy, before(20))

    def call_off():
        return operations.call_off_new_year(
            policy_id=new.pk, holder_id=policy.holder_id, actor=Ref("party", policy.holder_id),
            at=desk.noon(before(5)),
        )  # fmt: skip

    results = at_once(call_off, call_off)
    assert kinds(results) == ["Decimal", "NewYearNotFound"]
    assert Refund.objects.get().amount == new.premium


def test_who_is_paying_is_not_declined_in_the_same_moment(office):
    policy = one_year(office)
    desk.run(before(60))
    staff = make.staff(office, "RENEWAL_ADVISER")

    def decline():
        operations.decline_new_year(
            new_year_id=year(policy).pk, reason="过去一年赔付异常，正在核查", actor=Ref("staff", staff),
            access=people.staff_access(staff), at=desk.noon(before(50)),
        )  # fmt: skip

    at_once(decline, lambda: order(policy, before(50)))
    declined = year(policy).state == "DECLINED"
    assert declined != OrderLine.objects.filter(due=year(policy).due, live=True).exists()
