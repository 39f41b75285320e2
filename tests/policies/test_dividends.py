"""Dividends: the declared rate on the value of the anniversary, once a year, as the holder chose."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import make
from tests.policies.lives import do, noon, valuable
from yilu.kernel import tx
from yilu.kernel.refs import SYSTEM, Ref
from yilu.messaging.models import Message
from yilu.payments.models import Payout
from yilu.policies import operations, queries
from yilu.policies.models import LedgerEntry, Policy
from yilu.policies.rules import dividends as rules
from yilu.renewals import operations as renewals
from yilu.renewals.models import PremiumDue
from yilu.standards import operations as standards

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 1)


@pytest.fixture
def office():
    make.standards_in_force()
    make.product("par-endowment")
    return make.office()


def sharing(office, **given):
    """A participating contract that completes its fourth year on the day."""
    told = {
        "product_code": "par-endowment", "premium": Decimal("13000.00"), "pay_years": 10,
        "paid_to": DAY, "effective_on": date(2022, 3, 1),
    } | given  # fmt: skip
    option = told.pop("dividend_option", "ACCUMULATE")
    policy = valuable(office, **told)
    Policy.objects.filter(pk=policy.pk).update(dividend_option=option)
    policy.refresh_from_db()
    return policy


def allot(*policies, on=DAY):
    return tx.use_case(operations.allot_dividends)(
        [p.pk for p in policies], today=on, actor=SYSTEM, at=noon(on)
    )


def expected(policy, per_mille):
    return (queries.values_on(policy.pk, DAY).cash_value * per_mille / 1000).quantize(
        Decimal("0.01")
    )


class TestAllot:
    def test_the_declared_rate_on_the_value_is_kept_with_interest_and_twice_is_once(self, office):
        policy = sharing(office)
        due = expected(policy, Decimal(6))
        [made] = allot(policy)
        assert (made.amount, made.year, made.option) == (due, 4, "ACCUMULATE")
        assert due > 100
        assert allot(policy) == ()
        assert allot(policy, on=DAY + timedelta(days=59)) == ()
        assert queries.balances(policy.pk)["dividend"] == due
        grown = queries.values_on(policy.pk, date(2027, 3, 1)).dividends
        assert grown == due + (due * Decimal("0.025")).quantize(Decimal("0.01"))
        assert sum(queries.balances(policy.pk).values()) == 0
        assert Message.objects.filter(template="policies.dividend_kept").count() == 1

    def test_cash_waits_for_a_holder_nobody_knows_and_the_notice_says_so(self, office):
        make.figure_set("policies.payee_checked_from", "1")
        policies = [sharing(office, dividend_option="CASH") for _ in range(2)]
        for each in policies:
            make.account(each.holder_id)
        make.of_paper_days(policies[0].holder_id)
        allot(*policies, on=DAY + timedelta(days=5))
        waits = Payout.objects.filter(identity_awaited_at__isnull=False)
        assert [payout.to_party_id for payout in waits] == [policies[0].holder_id]
        told = dict(Message.objects.values_list("about", "template"))
        assert told[str(policies[1].ref)] == "policies.dividend_cash"
        said = Message.objects.filter(about=str(policies[0].ref)).values_list("template", flat=True)
        assert sorted(said) == ["policies.dividend_waits", "policies.payee_identity"]

    def test_cash_goes_to_the_holders_own_account(self, office):
        policy = sharing(office, dividend_option="CASH")
        account = make.account(policy.holder_id)
        [made] = allot(policy)
        payout = Payout.objects.get()
        assert (payout.account_id, payout.amount) == (account, made.amount)
        assert queries.balances(policy.pk)["dividend"] == 0

    def test_cash_without_an_account_lies_with_us_and_can_be_taken_any_day(self, office):
        policy = sharing(office, dividend_option="CASH")
        [made] = allot(policy)
        assert not Payout.objects.exists()
        left = queries.leftover_of(policy.pk, DAY)
        assert left.owners == {policy.holder_id: made.amount}
        taken = do(
            "return_leftover", policy, on=DAY, about=1, parties=[policy.holder_id],
            expected=made.amount,
        )  # fmt: skip
        assert taken == made.amount
        assert queries.balances(policy.pk)["dividend"] == 0

    def test_reduces_what_is_asked_of_the_next_premium(self, office):
        policy = sharing(office, dividend_option="REDUCE")
        renewals.run_day(day=DAY, at=noon(DAY))
        lying = queries.balances(policy.pk)["suspense"]
        assert lying > 0
        due = PremiumDue.objects.get(policy_id=policy.pk)
        assert due.amount == policy.premium - lying
        taken = do("take_premium", policy, on=DAY, about=1, amount=due.amount)
        assert (taken.periods, taken.kept) == (1, 0)
        assert queries.balances(policy.pk)["suspense"] == 0

    def test_not_of_a_suspended_contract_another_product_or_a_first_year(self, office):
        young = sharing(office, effective_on=date(2025, 6, 1))
        other = valuable(office)
        lapsed = sharing(office)
        Policy.objects.filter(pk=lapsed.pk).update(state="SUSPENDED", suspended_on=DAY)
        assert allot(young, other, lapsed) == ()
        assert not LedgerEntry.objects.filter(kind="DIVIDEND").exists()

    def test_an_undeclared_year_is_nil_and_made_up_for_once_two_people_declared_it(self, office):
        day = date(2031, 3, 1)
        policy = sharing(office, paid_to=day)
        renewals.run_day(day=day, at=noon(day))
        assert not LedgerEntry.objects.filter(kind="DIVIDEND").exists()
        (_, author), (_, other) = (make.colleague(office, "STANDARDS_EDITOR") for _ in range(2))
        told = {"code": "policies.dividends", "at": noon(day)}
        standards.make_draft(actor=author, **told)
        cells = {
            "product": "par-endowment", "year": "2031", "per_mille": "6.2", "is_demo": "否",
        }  # fmt: skip
        revision = standards.add_row(position=1, cells=cells, revision=0, actor=author, **told)
        with pytest.raises(standards.SameHands):
            standards.publish(revision=revision, actor=author, **told)
        standards.publish(revision=revision, actor=other, **told)
        later = day + timedelta(days=20)
        renewals.run_day(day=later, at=noon(later))
        entry = LedgerEntry.objects.get(kind="DIVIDEND", policy=policy)
        assert (entry.on, entry.about) == (day, str(Ref("dividend_year", 9)))
        assert entry.dividend > 0


@settings(max_examples=200)
@given(begun=st.dates(date(2000, 1, 1), date(2030, 12, 31)), waited=st.integers(0, 9000))
def test_an_anniversary_is_found_for_sixty_days_and_never_before_its_day(begun, waited):
    day = begun + timedelta(days=waited)
    found = rules.anniversary(begun, day)
    if found is None:
        return
    on, years = found
    assert begun < on <= day <= on + rules.LOOK_BACK
    assert years == on.year - begun.year


@settings(max_examples=200)
@given(value=st.decimals("0", "9999999", places=2), rate=st.decimals("0", "40", places=2))
def test_a_dividend_is_never_negative_and_grows_with_the_value(value, rate):
    amount = rules.dividend(value, rate)
    assert 0 <= amount <= rules.dividend(value + 1000, rate)
    assert abs(amount * 1000 - value * rate) <= 5


class TestAdditions:
    """Dividends buy a sum with nothing more to pay (交清增额)."""

    def test_buy_at_the_products_own_paid_up_rate_of_the_attained_age(self, office):
        policy = sharing(office, dividend_option="ADDITIONS")
        before = queries.values_on(policy.pk, DAY)
        [made] = allot(policy)
        assert allot(policy) == ()
        now = queries.values_on(policy.pk, DAY)
        assert made.bought == now.added_sum > made.amount
        # What was paid is there again as value; the rate is rounded down to the fen of sum.
        assert abs(now.added_value - made.amount) <= Decimal("0.01")
        assert now.cash_value == before.cash_value + now.added_value
        assert now.lendable > before.lendable
        assert queries.balances(policy.pk)["dividend"] == 0
        assert queries.balances(policy.pk)["premium"] >= made.amount
        assert sum(queries.balances(policy.pk).values()) == 0
        assert Message.objects.filter(template="policies.dividend_buys").count() == 1
        assert queries.values_on(policy.pk, DAY - timedelta(days=1)).added_sum == 0
        [kept] = queries.additions_of([policy.pk])[policy.pk]
        assert (kept.year, kept.amount, kept.bought) == (4, made.amount, made.bought)

    def test_are_given_back_on_surrender_claimed_on_death_and_due_at_maturity(self, office):
        policy = sharing(office, dividend_option="ADDITIONS")
        [made] = allot(policy)
        contract = queries.get_policy(policy.pk, DAY).contract
        assert contract.added_sum == made.bought
        assert contract.cash_value - contract.added_value == pytest.approx(
            queries.values_on(policy.pk, DAY - timedelta(days=1)).cash_value, rel=Decimal("0.01")
        )
        maturity = queries.next_benefit(policy.pk, DAY)
        assert maturity.amount == policy.sum_insured + made.bought
        found = tx.use_case(operations.find_due_benefits)(
            [policy.pk], today=maturity.due_on, actor=SYSTEM, at=noon(maturity.due_on)
        )
        assert [each.amount for each in found] == [maturity.amount]
        parts = queries.surrender_of(policy.pk, DAY)
        worth = queries.values_on(policy.pk, DAY)
        assert [part.cash_value for part in parts] == [worth.cash_value]
        given = do("surrender", policy, on=DAY, about=1, expected=sum(part.pays for part in parts))
        assert given.paid == sum(part.pays for part in parts)
        assert sum(queries.balances(policy.pk).values()) == 0

    def test_stay_as_they_are_where_only_the_basic_sum_is_reduced_or_made_paid_up(self, office):
        plain, more = sharing(office), sharing(office, dividend_option="ADDITIONS")
        allot(more)
        least = plain.sum_insured / 2
        assert (
            queries.reduction_to(more.pk, least, DAY).pays
            == queries.reduction_to(plain.pk, least, DAY).pays
        )
        assert (
            queries.paid_up_offer(more.pk, DAY).sum_after
            == queries.paid_up_offer(plain.pk, DAY).sum_after
        )

    def test_are_refused_where_nothing_can_be_bought(self, office):
        policy = valuable(office)
        with pytest.raises(operations.NoAdditions):
            do("set_dividend_option", policy, on=DAY, about=None, option="ADDITIONS")
        taken = sharing(office)
        do("set_dividend_option", taken, on=DAY, about=None, option="ADDITIONS")
        taken.refresh_from_db()
        assert taken.dividend_option == "ADDITIONS"

    def test_are_given_back_alone_in_part_or_all_once_and_to_the_fen(self, office):
        policy = sharing(office, dividend_option="ADDITIONS")
        allot(policy)
        before = queries.values_on(policy.pk, DAY)
        half = (before.added_value / 2).quantize(Decimal("0.01"))
        told = {"on": DAY, "about": 7, "amount": half, "expected": half}
        given = do("give_additions_back", policy, **told)
        again = do("give_additions_back", policy, **told | {"expected": half})
        assert again.pays == given.pays == half
        now = queries.values_on(policy.pk, DAY)
        assert now.added_sum == before.added_sum - given.gives_up > 0
        assert abs(before.added_value - half - now.added_value) <= Decimal("0.01")
        assert now.cash_value - now.added_value == before.cash_value - before.added_value
        assert now.lendable < before.lendable
        assert queries.balances(policy.pk)["refund"] == -half
        assert sum(queries.balances(policy.pk).values()) == 0
        basic = policy.sum_insured
        policy.refresh_from_db()
        assert (policy.sum_insured, policy.state) == (basic, "IN_FORCE")
        # Benefits of later days are paid on what is left; the day before, all of it still stood.
        assert queries.next_benefit(policy.pk, DAY).amount == policy.sum_insured + now.added_sum
        rest = do(
            "give_additions_back", policy, on=DAY, about=8, amount=None, expected=now.added_value
        )
        assert (rest.sum_after, queries.values_on(policy.pk, DAY).added_sum) == (0, 0)
        with pytest.raises(queries.NothingAdded):
            queries.giving_back(policy.pk, None, DAY)

    def test_are_not_given_back_beyond_their_value_or_their_loan(self, office):
        policy = sharing(office, dividend_option="ADDITIONS")
        allot(policy)
        now = queries.values_on(policy.pk, DAY)
        for amount in (Decimal(0), now.added_value + Decimal("0.01")):
            with pytest.raises(queries.MoreThanAdded):
                queries.giving_back(policy.pk, amount, DAY)
        with pytest.raises(operations.ValueChanged):
            do(
                "give_additions_back", policy, on=DAY, about=9, amount=None,
                expected=now.added_value + 1,
            )  # fmt: skip
        do("lend", policy, on=DAY, about=10, amount=now.lendable)
        with pytest.raises(queries.LoanInTheWay):
            queries.giving_back(policy.pk, None, DAY)
        assert queries.values_on(policy.pk, DAY).added_sum == now.added_sum
        plain = valuable(office)
        with pytest.raises(queries.NothingAdded):
            queries.giving_back(plain.pk, None, DAY)
