"""Several premiums in one payment: all or none, once; and what follows when it fails."""

from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal

import pytest

from tests import make
from tests.renewals import desk
from yilu.gateways import collecting, sandbox_bank, sandbox_collecting
from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.refs import SYSTEM, Ref
from yilu.payments import jobs
from yilu.payments import operations as payments
from yilu.payments.models import Collection, Refund
from yilu.people import queries as people
from yilu.policies import operations as policies
from yilu.policies.models import Policy
from yilu.renewals import operations
from yilu.renewals.models import OrderLine, PremiumDue, PremiumOrder, RenewalCase
from yilu.work.models import Item

pytestmark = pytest.mark.django_db
DAY = desk.days(-7)


@pytest.fixture
def office():
    return make.office()


@pytest.fixture
def holder(office):
    return make.party(office)


@pytest.fixture
def dues(office, holder):
    for _ in range(2):
        desk.policy(office, holder_id=holder)
    desk.run(DAY)
    return list(PremiumDue.objects.order_by("pk"))


@contextmanager
def practice(settings):
    fake = sandbox_collecting.FakeCollector(now=desk.noon(DAY).timestamp())
    settings.BANK_SECRET = fake.secret
    with collecting.use(fake):
        yield fake


def order(holder, dues, key="a", **given):
    return operations.make_order(
        holder_id=holder, due_ids=[d.pk for d in dues], request_key=key, actor=SYSTEM,
        at=desk.noon(DAY), **given,
    )  # fmt: skip


def pay(holder, collection_id, **given):
    return payments.pay(
        collection_id=collection_id, payer_id=holder, method="WECHAT", at=desk.noon(DAY), **given
    )


def states(dues):
    return [PremiumDue.objects.get(pk=d.pk).state for d in dues]


def test_pays_all_premiums_of_an_order_once(settings, holder, dues):
    made = order(holder, dues)
    assert order(holder, dues) == made  # the same press of the same button
    collection = Collection.objects.get()
    assert (collection.amount, collection.payer_id) == (Decimal("8000.00"), holder)
    pay(holder, made)
    with practice(settings) as fake:
        desk.answer(fake, desk.noon(DAY))
    journal.run_reactions(at=desk.noon(DAY))
    assert states(dues) == ["PAID", "PAID"]
    assert PremiumOrder.objects.get().state == "PAID"
    paid_to = {p.paid_to.year for p in Policy.objects.all()}
    assert paid_to == {2027}
    assert desk.happened("order_paid") == 1
    settle = tx.use_case(operations.settle_order)
    settle(
        order_id=PremiumOrder.objects.get().pk, collection_id=made, actor=SYSTEM, at=desk.noon(DAY)
    )
    assert desk.happened("order_paid") == 1
    with pytest.raises(operations.AlreadySettled):
        order(holder, dues, key="b")


def test_a_premium_is_in_one_living_order_only(holder, dues):
    order(holder, dues[:1])
    with pytest.raises(operations.BeingPaid):
        order(holder, dues, key="b")
    assert OrderLine.objects.count() == 1
    made = PremiumOrder.objects.get()
    stranger = make.party(make.office())
    with pytest.raises(operations.OrderNotFound):
        operations.cancel_order(
            order_id=made.pk, holder_id=stranger, actor=SYSTEM, at=desk.noon(DAY)
        )
    for _ in range(2):
        operations.cancel_order(order_id=made.pk, holder_id=holder, actor=SYSTEM, at=desk.noon(DAY))
    assert Collection.objects.get().state == "CANCELLED"
    order(holder, dues, key="b")


def test_an_order_at_the_bank_cannot_be_taken_back(settings, holder, dues):
    made = order(holder, dues)
    pay(holder, made)
    with practice(settings):
        jobs.send_collections(desk.noon(DAY))
    with pytest.raises(operations.OrderUnderWay):
        operations.cancel_order(
            order_id=PremiumOrder.objects.get().pk, holder_id=holder, actor=SYSTEM,
            at=desk.noon(DAY),
        )  # fmt: skip


def test_refuses_what_is_not_theirs_nothing_and_too_much(holder, dues):
    stranger = make.party(make.office())
    for who, which in ((stranger, dues[:1]), (holder, [*dues, PremiumDue(pk=999_999)])):
        with pytest.raises(operations.PremiumNotFound):
            order(who, which)
    with pytest.raises(operations.NothingChosen):
        order(holder, [])
    assert not PremiumOrder.objects.exists()


def test_a_premium_of_a_lapsed_policy_is_refused_with_the_way_on(holder, dues):
    Policy.objects.filter(pk=dues[0].policy_id).update(
        state="SUSPENDED", suspended_on=desk.days(-8)
    )
    with pytest.raises(operations.PolicyHasLapsed) as refused:
        order(holder, dues)
    assert "复效" in str(refused.value.hint)
    assert not PremiumOrder.objects.exists()


@pytest.mark.parametrize("happened", ["lapsed", "held", "paid elsewhere"])
def test_where_one_premium_cannot_be_booked_all_the_money_goes_back(
    settings, holder, dues, happened
):
    made = order(holder, dues)
    pay(holder, made)
    policy = Policy.objects.get(pk=dues[1].policy_id)
    with practice(settings) as fake:
        jobs.send_collections(desk.noon(DAY))
        if happened == "lapsed":
            Policy.objects.filter(pk=policy.pk).update(
                state="SUSPENDED", suspended_on=desk.days(-8)
            )
        elif happened == "held":
            desk.hold(policy, DAY)
        else:
            policies.receive_premium(
                policy_id=policy.pk, amount=policy.premium, actor=SYSTEM, at=desk.noon(DAY)
            )
        desk.answer(fake, desk.noon(DAY))
    assert PremiumOrder.objects.get().state == "RETURNED"
    assert Refund.objects.get().amount == Decimal("8000.00")
    assert Policy.objects.get(pk=dues[0].policy_id).paid_to == desk.DUE
    assert desk.told("returned") == ["returned"]
    assert not OrderLine.objects.filter(live=True).exists()


def test_a_failed_self_payment_opens_a_call_with_its_reason_and_may_be_tried_again(
    settings, holder, dues
):
    settings.DEMO = True
    made = order(holder, dues)
    with practice(settings) as fake:
        pay(holder, made, rehearse="INSUFFICIENT_FUNDS")
        desk.answer(fake, desk.noon(DAY))
        cases = RenewalCase.objects.filter(kind="CALL")
        assert {c.failure for c in cases} == {"INSUFFICIENT_FUNDS"}
        item = Item.objects.get(queue_id="renewals.call")  # one call, although two were to be paid
        assert "余额不足" in item.title
        assert PremiumOrder.objects.get().state == "PAYING"
        pay(holder, made, rehearse="LIMIT")
        desk.answer(fake, desk.noon(DAY))
        assert RenewalCase.objects.filter(kind="ADVISE").count() == 2  # failed again
        pay(holder, made)
        desk.answer(fake, desk.noon(DAY))
    assert states(dues) == ["PAID", "PAID"]
    assert not RenewalCase.objects.filter(closed_at=None).exists()
    assert not Item.objects.filter(queue__code__startswith="renewals.", state="OPEN").exists()
    assert desk.told("payment_failed") == ["payment_failed"] * 2


@pytest.mark.parametrize("hours", [24, 48])
def test_an_order_tried_in_vain_is_let_go_after_the_hours_set(settings, holder, dues, hours):
    settings.DEMO = True
    if hours != 24:
        make.figure_set("renewals.order_hours", str(hours))
    made = order(holder, dues)
    with practice(settings) as fake:
        pay(holder, made, rehearse="LIMIT")
        desk.answer(fake, desk.noon(DAY))
    later = desk.noon(DAY) + timedelta(hours=hours)
    assert operations.expire_orders(at=later - timedelta(minutes=1)).did == 0
    assert operations.expire_orders(at=later).did == 1
    assert operations.expire_orders(at=later).did == 0
    assert PremiumOrder.objects.get().reason == "EXPIRED"
    assert not OrderLine.objects.filter(live=True).exists()


def test_a_failed_debit_is_called_about_and_tried_again_on_its_day(settings, office):
    holder = make.party(office)
    number = sandbox_bank.card_ending("0102", seed=next(make._count))
    policy = desk.policy(
        office, holder_id=holder, account_id=make.account(holder, number=number), channel="ONLINE"
    )
    with practice(settings) as fake:
        desk.run(desk.days(0))
        desk.answer(fake, desk.noon(desk.days(0)))
        due = desk.due(policy)
        assert (due.failures, due.last_reason) == (1, "INSUFFICIENT_FUNDS")
        assert RenewalCase.objects.get().kind == "CALL"
        desk.run(desk.days(1))
        assert Collection.objects.count() == 1
        desk.run(desk.days(3))
        desk.answer(fake, desk.noon(desk.days(3)))
    assert desk.due(policy).state == "PAID"
    assert RenewalCase.objects.get().outcome == "PAID"
    assert [o.state for o in PremiumOrder.objects.order_by("pk")] == ["FAILED", "PAID"]


def test_an_order_nobody_pays_frees_its_premiums_without_a_call(holder, dues):
    order(holder, dues)
    later = desk.noon(desk.days(-6))
    payments.expire_collections(at=later)
    journal.run_reactions(at=later)
    assert PremiumOrder.objects.get().state == "FAILED"
    assert not RenewalCase.objects.exists()
    assert not OrderLine.objects.filter(live=True).exists()


def test_a_payment_under_way_keeps_the_policy_from_lapsing(settings, office):
    holder = make.party(office)
    policy = desk.policy(office, holder_id=holder)
    for offset in (0, 1):
        desk.run(desk.days(offset))
    at = desk.noon(desk.days(60))
    made = operations.make_order(
        holder_id=holder, due_ids=[desk.due(policy).pk], request_key="a", actor=SYSTEM, at=at
    )
    payments.pay(collection_id=made, payer_id=holder, method="WECHAT", at=at)
    with practice(settings) as fake:
        jobs.send_collections(at)
        operations.run_day(day=desk.days(61), at=desk.noon(desk.days(61)))
        policy.refresh_from_db()
        assert policy.state == "GRACE"
        desk.answer(fake, desk.noon(desk.days(61)))
    policy.refresh_from_db()
    assert (policy.state, policy.paid_to.year) == ("IN_FORCE", 2027)


class TestCases:
    @pytest.fixture
    def case(self, office, holder):
        policy = desk.policy(office, holder_id=holder)
        desk.run(desk.days(0))
        due = desk.due(policy)
        tx.use_case(operations.caring.open_case)(
            due=due, kind="CALL", title="请致电", at=desk.noon(desk.days(0)), failure="LIMIT"
        )
        return RenewalCase.objects.get()

    def note(self, case, outcome, staff, note=""):
        operations.note_contact(
            case_id=case.pk, outcome=outcome, note=note, access=people.staff_access(staff),
            actor=Ref("staff", staff), at=desk.noon(desk.days(1)),
        )  # fmt: skip
        case.refresh_from_db()

    def test_three_calls_in_vain_bring_it_to_the_adviser(self, office, case):
        caller = make.staff(office, "RENEWAL_ADVISER")
        for n in (1, 2, 3):
            self.note(case, "NOT_REACHED", caller)
            assert case.contacts == n
        assert case.outcome == "NOT_REACHED"
        advise = RenewalCase.objects.get(kind="ADVISE")
        assert advise.reasons == [["NOT_REACHED", 2]]
        with pytest.raises(operations.CaseClosedAlready):
            self.note(case, "WILL_PAY", caller)

    def test_how_many_is_for_managers_to_set(self, office, case):
        make.figure_set("renewals.not_reached_times", "1")
        self.note(case, "NOT_REACHED", make.staff(office, "RENEWAL_ADVISER"))
        assert RenewalCase.objects.filter(kind="ADVISE").count() == 1

    def test_letting_it_lapse_needs_the_customers_words(self, office, case):
        caller = make.staff(office, "RENEWAL_ADVISER")
        for outcome in ("LETS_LAPSE", "", "PAYS"):
            with pytest.raises(operations.OutcomeWanted):
                self.note(case, outcome, caller)
        self.note(case, "LETS_LAPSE", caller, "已告知中止后果，客户已有其他保障")
        assert case.closed_by == f"staff:{caller}"

    def test_another_offices_case_looks_like_none(self, case):
        from yilu.kernel.errors import NotAllowed

        stranger = make.staff(make.office(), "RENEWAL_ADVISER")
        with pytest.raises((operations.CaseNotFound, NotAllowed)):
            self.note(case, "WILL_PAY", stranger)
        assert case.closed_at is None


def test_doubtful_renewals_reach_the_adviser_once_with_their_reasons(office):
    policy = desk.policy(office)
    for offset in (0, 1, 53, 54, 55):
        desk.run(desk.days(offset))
    case = RenewalCase.objects.get(kind="ADVISE")
    assert [code for code, _points in case.reasons] == ["GRACE_ENDING", "ORPHAN"]
    desk.run(desk.days(61))
    case.refresh_from_db()
    assert case.outcome == "LAPSED"
    assert desk.due(policy).state == "LAPSED"
