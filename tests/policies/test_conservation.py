"""Every cent of a policy is somewhere: whatever is done to it, in whatever order."""

import contextlib
import itertools
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import Error, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import make
from tests.policies.lives import TODAY, bonus, do, noon, valuable
from yilu.kernel import tx
from yilu.kernel.errors import Refusal
from yilu.kernel.refs import SYSTEM, Ref
from yilu.policies import operations, queries
from yilu.policies.models import ACCOUNTS, LedgerEntry, PaidUpAddition, Policy, PolicyLoan
from yilu.policies.queries.values import worth_of
from yilu.policies.queries.worth import paid_up_sum

pytestmark = pytest.mark.django_db

SUMS = st.decimals("0.01", "30000", places=2)
ACTS = st.one_of(
    st.tuples(st.just("wait"), st.integers(1, 250)),
    st.tuples(st.just("premium"), SUMS | st.sampled_from([Decimal(8000), Decimal(16000)])),
    st.tuples(st.sampled_from(["lend", "raise", "repay", "withdraw"]), SUMS),
    st.tuples(st.sampled_from(["reinstate", "refund", "surrender", "own"]), st.just(None)),
    st.tuples(st.sampled_from(["die", "bonus", "buy", "back", "unwaive"]), st.just(None)),
    st.tuples(st.just("waive"), st.integers(0, 900)),
)


class Life:
    """A policy, a day that only moves on, and the customer's purse."""

    def __init__(self, office, holder_id):
        self.policy = valuable(
            office, holder_id=holder_id, advances_premium=True, paid_to=date(2026, 3, 1),
            product_code="par-endowment",
        )  # fmt: skip
        self.day, self.count = TODAY, 0
        self.purse = Decimal(0)  # what went in (negative) and came out since the start

    def act(self, what, given):
        self.count += 1
        if what == "wait":
            self.day += timedelta(days=given)
            operations.move_due_policies(at=noon(self.day), today=self.day)
            do("advance_premium", self.policy, on=self.day)
            operations.move_due_policies(at=noon(self.day), today=self.day)
            operations.check_loans(at=noon(self.day), today=self.day, actor=SYSTEM)
            return
        # What is refused has changed nothing, which ``check`` sees.
        with contextlib.suppress(Refusal):
            self.purse += getattr(self, what)(given)

    def step(self, name, **told):
        return do(name, self.policy, on=self.day, about=self.count, **told)

    def premium(self, amount):
        late = self.step("take_premium", amount=amount).reason == "ENDED"
        return (self.settle() if late else 0) - amount

    def lend(self, amount):
        return self.step("lend", amount=amount).pays

    def repay(self, amount):
        self.step("repay", amount=amount)
        return -amount

    def withdraw(self, amount):
        return self.step("partial_surrender", amount=amount).pays

    def own(self, _):
        do("use_own_money", self.policy, on=self.day)
        return 0

    def refund(self, _):
        return self.step("return_suspense")

    def surrender(self, _):
        parts = queries.surrender_of(self.policy.pk, self.day)
        if not parts:
            return 0
        return self.step("surrender", expected=sum(p.pays for p in parts)).paid

    def die(self, _):
        """A claim ends it; what is left goes back in the worker."""
        if self.policy.state == "TERMINATED":
            return 0
        tx.use_case(operations.end_policy)(
            policy_id=self.policy.pk, ending="PAID_OUT", on=self.day, actor=SYSTEM,
            at=noon(self.day),
        )  # fmt: skip
        return self.settle()

    def settle(self):
        gone, waits = tx.use_case(operations.settle_ended)(
            policy_id=self.policy.pk, about=Ref("left", self.count), at=noon(self.day)
        )
        left = queries.leftover_of(self.policy.pk, self.day)
        assert sum(left.owners.values()) == waits
        assert not waits or left.loan
        return gone

    def waive(self, days):
        """A claim for something that happened so many days ago; what was paid since goes back."""
        advanced = sum(
            each.owed for each in queries.list_loans(self.policy.pk, self.day) if each.kind == "ADVANCE"
        )  # fmt: skip
        back = do(
            "waive_premiums", self.policy, on=self.day, claim_ref=Ref("claim", 1),
            waived_from=self.day - timedelta(days=days),
        )  # fmt: skip
        self.policy.refresh_from_db()
        assert (
            self.policy.waived_from is None
            or self.policy.state != "SUSPENDED"
            or (self.policy.paid_to < self.policy.waived_from)
        )
        return back - min(back, advanced)

    def unwaive(self, _):
        self.policy.refresh_from_db()
        if since := self.policy.waived_from:
            do(
                "ask_premiums_again", self.policy, on=self.day, waived_from=since,
                claim_ref=Ref("claim", 1),
            )  # fmt: skip
        return 0

    def bonus(self, _):
        if self.policy.state in ("TERMINATED", "EXPIRED"):
            return 0
        bonus(self.policy, on=self.day, year=self.count, amount=Decimal("81.20"))
        return 0

    def buy(self, _):
        """A year's dividend buys a sum (交清增额), as the daily run books it."""
        if self.policy.state in ("TERMINATED", "EXPIRED"):
            return 0
        amount = Decimal("81.20")
        bonus(self.policy, on=self.day, year=self.count, amount=amount)
        self.step("post", entry="ADDED", legs={"dividend": -amount, "premium": amount})
        worth = worth_of(self.policy.pk, self.day)
        PaidUpAddition.objects.create(
            policy=self.policy, year=self.count, on=self.day, amount=amount,
            sum=paid_up_sum(worth, self.day, amount),
        )  # fmt: skip
        return 0

    def back(self, _):
        """What was bought goes back alone."""
        worth = queries.values_on(self.policy.pk, self.day).added_value
        return self.step("give_additions_back", amount=None, expected=worth).pays

    def reinstate(self, _):
        received = operations.needed_to_reinstate(self.policy.pk, self.day)
        self.step("reinstate", received=received)
        return -received

    def check(self):
        self.policy.refresh_from_db()
        books = queries.balances(self.policy.pk)
        assert sum(books.values()) == 0
        assert books["customer"] == self.purse - 32000
        open_loans = PolicyLoan.objects.filter(policy=self.policy, closed_on=None)
        assert books["loan"] == -sum(loan.principal for loan in open_loans)
        assert self.policy.loan_owed == sum(loan.principal + loan.carried for loan in open_loans)
        assert books["suspense"] >= 0
        if self.policy.state == "TERMINATED":
            left = {a: books[a] for a in ("loan", "survival", "dividend")}
            assert not any(left.values()), left


def raised(self, amount):
    return self.step("raise_loan", by=amount).pays


setattr(Life, "raise", raised)


@pytest.fixture
def holder():
    office = make.office()
    party = make.party(office, birth_date=date(1985, 6, 15), sex="FEMALE")
    make.account(party)
    return office, party


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(acts=st.lists(ACTS, min_size=3, max_size=9))
def test_every_cent_is_somewhere_whatever_happens(holder, acts):
    life = Life(*holder)
    life.check()
    for what, told in acts:
        life.act(what, told)
        life.check()


def entry(policy, legs, kind="PREMIUM", about=1):
    return tx.use_case(operations.post)(
        policy_id=policy.pk, entry=kind, legs=legs, about=Ref("collection", about), actor=SYSTEM,
        at=make.NOON,
    )  # fmt: skip


class TestPost:
    def test_twice_is_once_and_otherwise_is_a_mistake(self):
        policy = valuable()
        legs = {"customer": Decimal(-5), "suspense": Decimal(5)}
        assert entry(policy, legs)
        assert not entry(policy, legs)
        with pytest.raises(operations.PostedOtherwise):
            entry(policy, {"customer": Decimal(-6), "suspense": Decimal(6)})
        assert queries.balances(policy.pk)["suspense"] == 5

    def test_legs_that_do_not_add_up_are_a_bug(self):
        policy = valuable()
        for legs in ({"customer": Decimal(-5)}, {"purse": Decimal(1), "customer": Decimal(-1)}):
            with pytest.raises(ValueError, match="does not add up"):
                entry(policy, legs)

    def test_the_database_itself_refuses_to_lose_or_change_a_cent(self):
        policy = valuable()
        with pytest.raises(Error, match="ledger_entry_adds_up_to_zero"), transaction.atomic():
            LedgerEntry.objects.create(
                policy=policy, kind="PREMIUM", about="x:1", on=TODAY, premium=1, customer=0,
                posted_by="x", posted_at=make.NOON,
            )  # fmt: skip
        with pytest.raises(Error, match="append"), transaction.atomic():
            LedgerEntry.objects.filter(policy=policy).update(premium=1)
        with pytest.raises(Error, match="append"), transaction.atomic():
            LedgerEntry.objects.filter(policy=policy).delete()

    def test_every_account_is_a_column_of_the_entry(self):
        assert {f.name for f in LedgerEntry._meta.fields} >= set(ACCOUNTS)


class TestPremiums:
    def test_money_for_a_lapsed_policy_is_kept_for_the_customer(self):
        policy = valuable()
        Policy.objects.filter(pk=policy.pk).update(state="SUSPENDED", suspended_on=TODAY)
        with pytest.raises(operations.PolicyLapsed) as refused:
            operations.receive_premium(
                policy_id=policy.pk, amount=Decimal(8000), actor=SYSTEM, at=make.NOON
            )
        assert "复效" in refused.value.hint
        taken = do("take_premium", policy, about=1, amount=Decimal(8000))
        assert (taken.periods, taken.kept, taken.reason) == (0, 8000, "SUSPENDED")
        assert do("return_suspense", policy, about=2) == 8000
        assert do("return_suspense", policy, about=3) == 0

    def test_what_lay_here_counts_towards_the_next_premium(self):
        policy = valuable(paid_to=date(2026, 3, 1))
        assert do("take_premium", policy, about=1, amount=Decimal(3000)).kept == 3000
        taken = do("take_premium", policy, about=2, amount=Decimal(5000))
        assert (taken.periods, taken.paid_to) == (1, date(2027, 3, 1))
        assert queries.balances(policy.pk)["suspense"] == 0
        again = do("take_premium", policy, about=2, amount=Decimal(5000))
        policy.refresh_from_db()
        assert (policy.paid_to, again.paid_to) == (date(2027, 3, 1), date(2027, 3, 1))


MODES = st.sampled_from(["MONTHLY", "QUARTERLY", "HALF_YEARLY", "YEARLY"])


class Together:
    """A contract and its rider, paid by the month; each day paid for is written down once."""

    def __init__(self, office, holder_id):
        told = {"holder_id": holder_id, "effective_on": date(2026, 3, 1), "pay_mode": "MONTHLY"}
        main = valuable(office, **told | {"premium": Decimal("712.00")})
        rider = valuable(
            office, **told, product_code="rider-allowance", sum_insured=Decimal(100),
            premium=Decimal("11.75"), pay_years=1, main_id=main.pk,
        )  # fmt: skip
        self.contracts, self.paid, self.count = (main, rider), {main.pk: [], rider.pk: []}, 0

    def mode(self, pay_mode):
        before = [(each.paid_to, each.pay_mode) for each in self.contracts]
        with contextlib.suppress(Refusal):
            shown = operations.pay_mode_offer(policy_id=self.contracts[0].pk, pay_mode=pay_mode)
            assert do("change_pay_mode", self.contracts[0], pay_mode=pay_mode) == shown
            for each, told in zip(self.contracts, shown, strict=True):
                each.refresh_from_db()
                assert (each.premium, told.from_on) == (told.after, each.paid_to)
                assert each.pay_mode == pay_mode or told.stays
        for each, (paid_to, _mode) in zip(self.contracts, before, strict=True):
            each.refresh_from_db()
            assert each.paid_to == paid_to

    def pay(self, which):
        policy, self.count = self.contracts[which], self.count + 1
        if policy.paid_to is None:
            return
        due, premium = policy.paid_to, policy.premium
        taken = do("take_premium", policy, about=self.count, amount=premium)
        assert (taken.periods, taken.kept) == (1, 0)
        policy.refresh_from_db()
        self.paid[policy.pk].append((due, policy.paid_to, premium))

    def check(self):
        for policy in self.contracts:
            spans = self.paid[policy.pk]
            for (_due, until, _premium), (due, _until, _more) in itertools.pairwise(spans):
                assert until == due  # no day asked twice, none left out
            booked = queries.balances(policy.pk)["premium"]
            assert booked == policy.premiums_paid
            assert booked - sum(premium for *_days, premium in spans) == self.first[policy.pk]

    @property
    def first(self):
        main, rider = self.contracts
        return {main.pk: Decimal("712.00"), rider.pk: Decimal("11.75")}


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    acts=st.lists(
        st.tuples(st.just("mode"), MODES) | st.tuples(st.just("pay"), st.sampled_from([0, 1, 0, 1])),
        min_size=4, max_size=12,
    )
)  # fmt: skip
def test_another_frequency_asks_no_day_twice_and_leaves_none_out(holder, acts):
    make.product("rider-allowance")
    together = Together(*holder)
    for what, told in acts:
        getattr(together, what)(told)
        together.check()


def test_riders_go_along_with_the_frequency_or_it_is_said_why_not(holder):
    make.product("rider-allowance")
    together = Together(*holder)
    main, rider = together.contracts
    with pytest.raises(operations.RiderFollowsMain):
        do("change_pay_mode", rider, pay_mode="QUARTERLY")
    for _month in range(2):
        together.pay(0)
    with pytest.raises(operations.RiderUnpaid, match="2026-04-01"):
        do("change_pay_mode", main, pay_mode="QUARTERLY")
    for _month in range(2):
        together.pay(1)
    ours, riders = do("change_pay_mode", main, pay_mode="QUARTERLY")
    assert (ours.from_on, riders.from_on) == (date(2026, 6, 1), date(2026, 6, 1))
    assert (riders.before, riders.stays) == (Decimal("11.75"), "")
    assert riders.after > 3 * riders.before * Decimal("0.98")
