"""Loans on a policy: what may be lent, interest by day, repayment, the raise, the overdue and the race."""

import threading
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from tests import make
from tests.policies.lives import TODAY, do, noon, valuable, values
from yilu.journal.models import Event
from yilu.kernel.refs import SYSTEM, Ref
from yilu.kernel.years import add_months
from yilu.policies import operations, queries
from yilu.policies.models import LedgerEntry, Policy, PolicyLoan
from yilu.policies.rules import loans
from yilu.standards import operations as standards

SUMS = st.decimals("0.01", "500000", places=2)
DAYS = st.integers(0, 1500)


class TestRules:
    @given(SUMS, DAYS, DAYS)
    def test_a_loan_never_shrinks_by_itself(self, principal, first, more):
        loan = loan_of(principal)
        before = loans.standing(loan, TODAY + timedelta(first)).owed
        assert loans.standing(loan, TODAY + timedelta(first + more)).owed >= before >= principal

    @given(SUMS, DAYS)
    def test_it_makes_no_difference_whether_a_job_has_run(self, principal, days):
        loan, on = loan_of(principal), TODAY + timedelta(days)
        told = loans.standing(loan, on)
        run = loan
        while run.due_on <= on:
            stand = loans.standing(run, run.due_on)
            run = loan_of(stand.principal, since=stand.since, due_on=stand.due_on)
        assert loans.standing(run, on).owed == told.owed
        assert told.principal == principal + sum(c.interest for c in told.capitalised)

    @given(SUMS, DAYS, st.integers(1, 100))
    def test_a_repayment_goes_to_the_interest_first(self, principal, days, percent):
        stand = loans.standing(loan_of(principal), TODAY + timedelta(days))
        amount = (stand.owed * percent / 100).quantize(Decimal("0.01"))
        part = loans.split(stand, amount)
        assert part.interest + part.principal == amount
        assert part.principal == 0 or part.interest == stand.interest
        assert part.principal <= stand.principal

    @given(SUMS, SUMS)
    def test_what_may_be_lent_never_exceeds_the_share_of_the_value(self, value, owed):
        most = loans.lendable(value, Decimal("0.8"), owed)
        assert most >= 0
        assert most == 0 or most + owed <= value * Decimal("0.8")

    def test_interest_is_by_day_of_a_year_of_365(self):
        year = loans.interest_between(Decimal(10000), Decimal("0.05"), TODAY, date(2027, 3, 4))
        assert year == Decimal("500.00")
        day = loans.interest_between(Decimal(10000), Decimal("0.05"), TODAY, date(2026, 3, 5))
        assert day == Decimal("1.37")

    def test_a_term_ends_on_the_months_last_day_where_it_has_no_such_day(self):
        assert add_months(date(2025, 8, 31), 6) == date(2026, 2, 28)


def loan_of(principal, since=TODAY, due_on=None):
    return loans.Loan(
        kind="LOAN", principal=principal, rate=Decimal("0.05"), since=since,
        due_on=due_on or add_months(since, 6),
    )  # fmt: skip


@pytest.mark.django_db
class TestLend:
    def test_lends_up_to_the_share_of_the_value_and_books_it(self):
        policy = valuable()
        most = values(policy).lendable
        assert most == (values(policy).cash_value * Decimal("0.8")).quantize(
            Decimal("0.01"), rounding="ROUND_DOWN"
        )
        lent = do("lend", policy, about=1, amount=most)
        policy.refresh_from_db()
        loan = PolicyLoan.objects.get()

        assert (lent.pays, lent.due_on) == (most, date(2026, 9, 4))
        assert (loan.principal, policy.loan_owed) == (most, most)
        assert values(policy).lendable == 0
        assert queries.balances(policy.pk)["loan"] == -most
        assert Event.objects.filter(kind="policies.loan_made").count() == 1

    def test_refuses_a_cent_more_and_says_how_much_there_is(self):
        policy = valuable()
        most = values(policy).lendable
        with pytest.raises(operations.LoanAboveLimit, match=f"{most:,.2f}"):
            do("lend", policy, about=1, amount=most + Decimal("0.01"))
        with pytest.raises(operations.LoanTooSmall, match="100"):
            do("lend", policy, about=1, amount=Decimal("99.99"))
        assert not PolicyLoan.objects.exists()
        assert LedgerEntry.objects.filter(policy=policy).count() == 1

    def test_the_insurers_own_figures_count(self):
        policy = valuable()
        make.figure_set("policies.loan_share", "50")
        make.figure_set("policies.loan_smallest", "200")
        make.figure_set("policies.loan_months", "3")
        make.figure_set("policies.loan_rate", "4.5")
        most = (values(policy).cash_value / 2).quantize(Decimal("0.01"), rounding="ROUND_DOWN")
        with pytest.raises(operations.LoanAboveLimit, match=f"{most:,.2f}"):
            do("lend", policy, about=1, amount=most + Decimal("0.01"))
        with pytest.raises(operations.LoanTooSmall, match="200"):
            do("lend", policy, about=1, amount=Decimal("199.99"))

        lent = do("lend", policy, about=1, amount=most)
        assert (lent.rate, lent.due_on) == (Decimal("0.045"), date(2026, 6, 4))

    def test_what_is_lent_keeps_the_figures_of_its_day(self):
        policy = valuable()
        lent = do("lend", policy, about=1, amount=Decimal(1000))
        later = noon(TODAY) + timedelta(days=1)
        for code, value in (("loan_rate", "9"), ("loan_months", "1")):
            told = {"code": f"policies.{code}", "at": later}
            revision = standards.draft_figure(
                **told, value=value, effective_from=TODAY + timedelta(days=2), reason="改利率",
                actor=Ref("staff", 1),
            )  # fmt: skip
            standards.publish_figure(**told, revision=revision, actor=Ref("staff", 2))

        stand = values(policy, lent.due_on)
        assert stand.loan_interest == 0  # its six months end on this day, at five percent
        assert stand.loan_principal == 1000 + loans.interest_between(
            Decimal(1000), Decimal("0.05"), TODAY, lent.due_on
        )
        assert (
            values(policy, lent.due_on + timedelta(days=60)).loan_principal == stand.loan_principal
        )

    def test_refuses_where_nothing_may_leave_the_policy(self):
        policy = valuable()
        do("freeze", policy, about=1, reason="LOST")
        with pytest.raises(operations.PolicyRestrained, match="挂失"):
            do("lend", policy, about=2, amount=Decimal(1000))
        do("unfreeze", policy, about=3, by_holder=True)
        do("hold_premiums", policy, about=4, reason="DISCLOSURE")
        with pytest.raises(operations.PremiumHeld):
            do("lend", policy, about=5, amount=Decimal(1000))
        do("release_premiums", policy, about=4)
        Policy.objects.filter(pk=policy.pk).update(state="SUSPENDED", suspended_on=TODAY)
        with pytest.raises(operations.PolicyLapsed) as refused:
            do("lend", policy, about=6, amount=Decimal(1000))
        assert "复效" in refused.value.hint

    def test_one_loan_at_a_time_names_the_other_way(self):
        policy = valuable()
        do("lend", policy, about=1, amount=Decimal(1000))
        with pytest.raises(operations.LoanOpen) as refused:
            do("lend", policy, about=2, amount=Decimal(1000))
        assert "还息增借" in refused.value.hint


@pytest.mark.django_db(transaction=True)
def test_of_two_who_borrow_at_once_one_wins():
    policy = valuable()
    barrier, outcomes = threading.Barrier(2), []

    def borrow(about):
        try:
            barrier.wait(timeout=20)
            do("lend", policy, about=about, amount=Decimal(1000))
            outcomes.append("lent")
        except operations.LoanOpen:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=borrow, args=(n,)) for n in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["lent", "refused"]
    assert PolicyLoan.objects.count() == 1
    assert queries.balances(policy.pk)["loan"] == -1000


@pytest.mark.django_db
class TestRepay:
    def test_interest_first_then_principal_then_all_of_it(self):
        policy = valuable()
        do("lend", policy, about=1, amount=Decimal(10000))
        later = date(2026, 4, 3)  # 30 days: 41.10
        part = do("repay", policy, on=later, about=2, amount=Decimal("30.00"))
        assert (part.interest, part.principal) == (Decimal("30.00"), 0)
        assert values(policy, later).loan_owed == Decimal("10011.10")

        part = do("repay", policy, on=later, about=3, amount=Decimal("5011.10"))
        assert (part.interest, part.principal) == (Decimal("11.10"), 5000)
        part = do("repay", policy, on=later, about=4, amount=Decimal("5000.50"))
        policy.refresh_from_db()

        assert (part.left, part.kept, policy.loan_owed) == (0, Decimal("0.50"), 0)
        assert PolicyLoan.objects.get().closed_on == later
        books = queries.balances(policy.pk)
        assert (books["loan"], books["loan_interest"]) == (0, Decimal("41.10"))
        assert books["suspense"] == Decimal("0.50")
        with pytest.raises(operations.NoLoan):
            do("repay", policy, on=later, about=5, amount=Decimal(1))

    def test_the_same_money_twice_counts_once(self):
        policy = valuable()
        do("lend", policy, about=1, amount=Decimal(10000))
        for _ in range(2):
            do("repay", policy, about=2, amount=Decimal(1000))
        policy.refresh_from_db()
        assert policy.loan_owed == 9000
        with pytest.raises(operations.PostedOtherwise):
            do("repay", policy, about=2, amount=Decimal(2000))

    def test_a_frozen_policy_may_be_repaid(self):
        policy = valuable()
        do("lend", policy, about=1, amount=Decimal(1000))
        do("freeze", policy, about=2, reason="COURT")
        assert do("repay", policy, about=3, amount=Decimal(1000)).left == 0


@pytest.mark.django_db
class TestRaise:
    def test_takes_the_interest_from_the_raise_and_begins_a_new_term(self):
        policy = valuable()
        do("lend", policy, about=1, amount=Decimal(10000))
        later = date(2026, 8, 1)  # 150 days: 205.48
        lent = do("raise_loan", policy, on=later, about=2, by=Decimal(3000))
        policy.refresh_from_db()

        assert (lent.pays, lent.principal) == (Decimal("2794.52"), 13000)
        assert lent.due_on == date(2027, 2, 1)
        assert policy.loan_owed == 13000
        books = queries.balances(policy.pk)
        assert (books["loan"], books["loan_interest"]) == (-13000, Decimal("205.48"))

    def test_the_interest_alone_may_be_paid_to_begin_a_new_term(self):
        policy = valuable()
        do("lend", policy, about=1, amount=Decimal(10000))
        later = date(2026, 8, 1)
        lent = do(
            "raise_loan", policy, on=later, about=2, by=Decimal(0), received=Decimal("205.48")
        )
        assert (lent.pays, lent.principal) == (0, 10000)
        assert values(policy, later).loan_interest == 0

    def test_refuses_above_the_share_and_without_a_loan(self):
        policy = valuable()
        with pytest.raises(operations.NoLoan):
            do("raise_loan", policy, about=1, by=Decimal(100))
        do("lend", policy, about=1, amount=values(policy).lendable)
        with pytest.raises(operations.LoanAboveLimit):
            do("raise_loan", policy, about=2, by=Decimal("0.01"))


@pytest.mark.django_db
class TestOverdue:
    def check(self, on):
        return operations.check_loans(at=noon(on), today=on, actor=SYSTEM)

    def test_interest_becomes_principal_when_the_term_ends_and_once(self):
        policy = valuable()
        do("lend", policy, about=1, amount=Decimal(10000))
        due = date(2026, 9, 4)
        assert (self.check(due), self.check(due)) == (1, 0)
        loan = PolicyLoan.objects.get()
        policy.refresh_from_db()

        grown = Decimal("10252.05")  # 184 days
        assert (loan.principal, loan.since, loan.due_on) == (grown, due, date(2027, 3, 4))
        assert (policy.loan_owed, policy.state) == (grown, "IN_FORCE")
        assert queries.balances(policy.pk)["loan"] == -grown
        assert Event.objects.filter(kind="policies.loan_interest_capitalised").count() == 1
        assert self.check(due + timedelta(1)) == 1

    def test_a_loan_that_outgrows_the_value_suspends_the_contract(self):
        policy = valuable(paid_to=date(2026, 3, 1))
        do("lend", policy, about=1, amount=values(policy).lendable)
        Policy.objects.filter(pk=policy.pk).update(state="IN_FORCE")
        far = date(2031, 6, 1)
        self.check(far)
        policy.refresh_from_db()

        assert (policy.state, policy.suspended_on) == ("SUSPENDED", far)
        kinds = set(Event.objects.filter(subject=str(policy.ref)).values_list("kind", flat=True))
        assert {"policies.loan_outgrew_value", "policies.policy_suspended"} <= kinds
        assert operations.needed_to_reinstate(policy.pk, far) > values(policy, far).loan_owed

    def test_looks_at_many_in_the_statements_of_one(self, django_assert_max_num_queries):
        office = make.office()
        for n in range(4):
            do("lend", valuable(office), about=n, amount=Decimal(1000))
        with django_assert_max_num_queries(16):
            assert self.check(date(2026, 9, 4)) == 4


@pytest.mark.django_db
class TestAdvance:
    def owing(self, **given):
        policy = valuable(paid_to=date(2026, 3, 1), advances_premium=True, **given)
        operations.move_due_policies(at=noon(TODAY), today=TODAY)
        return policy

    def test_lends_the_premium_once_when_the_days_of_grace_are_over(self):
        policy = self.owing()
        late = date(2026, 5, 2)
        assert do("advance_premium", policy, on=late)
        assert not do("advance_premium", policy, on=late)
        policy.refresh_from_db()

        assert (policy.state, policy.paid_to) == ("IN_FORCE", date(2027, 3, 1))
        assert (policy.loan_owed, policy.premiums_paid) == (8000, 40000)
        assert PolicyLoan.objects.get().kind == "ADVANCE"
        books = queries.balances(policy.pk)
        assert (books["loan"], books["premium"], books["customer"]) == (-8000, 40000, -32000)

    def test_a_second_one_grows_the_first(self):
        policy = self.owing()
        for year in (2026, 2027):
            late = date(year, 5, 2)
            assert do("advance_premium", policy, on=late)
        loan = PolicyLoan.objects.get()
        assert loan.principal > 16000
        policy.refresh_from_db()
        assert policy.loan_owed == loan.principal + loan.carried
        assert queries.balances(policy.pk)["loan"] == -loan.principal

    def test_is_not_done_where_the_value_does_not_suffice_or_nobody_asked(self):
        policy = self.owing()
        do("lend", policy, about=1, amount=values(policy).lendable)
        plain = valuable(paid_to=date(2026, 3, 1))
        for each in (policy, plain):
            assert not do("advance_premium", each, on=date(2026, 5, 2))

    def test_is_not_done_while_a_hold_is_on(self):
        policy = self.owing()
        do("hold_premiums", policy, about=4, reason="DISCLOSURE")
        late = date(2026, 5, 2)
        assert do("advance_premium", policy, on=late) is False
        assert not PolicyLoan.objects.exists()
