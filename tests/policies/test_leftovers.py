"""What is left on a contract at its end goes back to whose it is, or to a person who finds out how."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import make
from tests.policies.lives import START, TODAY, do, noon, valuable
from yilu.kernel import tx
from yilu.kernel.refs import SYSTEM, Ref
from yilu.messaging.models import Message
from yilu.payments.models import Payout
from yilu.people import operations as people
from yilu.policies import operations, queries
from yilu.policies.jobs import pay_who_is_known
from yilu.policies.models import LedgerEntry, Policy
from yilu.policies.operations.leaving import WHY
from yilu.policies.rules import due_date, periods_of
from yilu.policies.rules.leftovers import paid_ahead
from yilu.work.models import Item

pytestmark = pytest.mark.django_db


def ended(policy, *, premiums=0, rest="500.00", on=TODAY, ending="PAID_OUT"):
    """A contract that had money left on it, and has ended."""
    amount = policy.premium * premiums + Decimal(rest)
    do("take_premium", policy, about=LedgerEntry.objects.count(), amount=amount)
    tx.use_case(operations.end_policy)(
        policy_id=policy.pk, ending=ending, on=on, actor=SYSTEM, at=noon(TODAY)
    )
    return policy


def settle(policy, event=1):
    return tx.use_case(operations.settle_ended)(
        policy_id=policy.pk, about=Ref("left", event), at=noon(TODAY)
    )


def item():
    return Item.objects.get(queue_id="policies.leftover")


class TestBySelf:
    def test_goes_to_the_holders_own_account_and_twice_is_once(self):
        policy = ended(valuable())
        account = make.account(policy.holder_id)
        assert settle(policy) == (500, 0)
        assert settle(policy) == (0, 0)
        payout = Payout.objects.get()
        assert (payout.to_party_id, payout.account_id, payout.amount) == (
            policy.holder_id, account, 500,
        )  # fmt: skip
        assert queries.balances(policy.pk)["suspense"] == 0

    def test_waits_for_an_owner_nobody_knows_and_is_told_when_it_goes(self):
        policy = ended(valuable(paid_to=date(2027, 3, 1)), premiums=2, rest="0.00")
        make.of_paper_days(policy.holder_id)
        make.account(policy.holder_id)
        assert settle(policy) == (16000, 0)
        assert Payout.objects.get().identity_awaited_at
        said = Message.objects.values_list("template", flat=True)
        assert "policies.payee_identity" in said
        assert "policies.leftover_returned" not in said
        make.identity_checked(policy.holder_id)
        pay_who_is_known(noon(TODAY))
        assert "policies.payee_known" in said.all()
        assert settle(policy) == (0, 0)
        assert not Payout.objects.get().identity_awaited_at

    def test_gives_premiums_back_whose_time_never_began(self):
        policy = ended(valuable(paid_to=date(2027, 3, 1)), premiums=2, rest="0.00")
        make.account(policy.holder_id)
        assert queries.leftover_of(policy.pk, TODAY).prepaid == 16000  # of March 2027 and 2028
        assert settle(policy) == (16000, 0)
        assert queries.leftover_of(policy.pk, TODAY).owners == {}

    def test_keeps_premiums_of_a_rescinded_contract_for_whoever_decides_on_them(self):
        policy = ended(
            valuable(paid_to=date(2027, 3, 1)), premiums=2, rest="7.00", ending="RESCINDED"
        )
        make.account(policy.holder_id)
        assert settle(policy) == (7, 0)

    def test_money_that_comes_after_the_end_goes_back_too(self):
        policy = ended(valuable())
        make.account(policy.holder_id)
        settle(policy)
        assert do("take_premium", policy, about=2, amount=Decimal(8000)).reason == "ENDED"
        assert settle(policy, event=2) == (8000, 0)

    def test_survival_benefits_go_to_the_insured_and_the_rest_to_the_holder(self):
        office = make.office()
        insured = make.party(office, birth_date=date(1985, 6, 15), sex="FEMALE")
        policy = valuable(office, insured_id=insured)
        legs = {"benefit": Decimal(-900), "survival": Decimal(900)}
        tx.use_case(operations.post)(
            policy_id=policy.pk, entry="BENEFIT", legs=legs, about=Ref("benefit_x", 1), actor=SYSTEM,
            at=noon(TODAY),
        )  # fmt: skip
        ended(policy)
        make.account(policy.holder_id)
        make.account(insured)
        assert settle(policy) == (1400, 0)
        assert {(p.to_party_id, p.amount) for p in Payout.objects.all()} == {
            (policy.holder_id, 500), (insured, 900),
        }  # fmt: skip
        assert not any(queries.balances(policy.pk)[a] for a in ("suspense", "survival"))


class TestByAPerson:
    def test_where_no_account_is_known_the_holder_is_told_and_an_item_says_how_much(self):
        policy = ended(valuable())
        assert settle(policy) == (0, 500)
        assert item().amount == 500
        assert "没有登记账户" in item().title
        assert queries.balances(policy.pk)["suspense"] == 500  # nothing was booked
        assert not Payout.objects.exists()

    def test_where_the_owner_has_died(self):
        policy = ended(valuable())
        make.account(policy.holder_id)
        tx.use_case(people.note_death)(
            party_id=policy.holder_id, died_on=TODAY, about=policy.ref, at=noon(TODAY)
        )
        assert settle(policy) == (0, 500)
        assert "继承人" in item().title

    def test_where_the_contract_is_frozen(self):
        policy = valuable()
        make.account(policy.holder_id)
        do("take_premium", policy, about=1, amount=Decimal(500))
        do("freeze", policy, about=2, reason="COURT")
        tx.use_case(operations.end_policy)(
            policy_id=policy.pk, ending="PAID_OUT", on=TODAY, actor=SYSTEM, at=noon(TODAY)
        )
        assert settle(policy) == (0, 500)
        with pytest.raises(operations.PolicyRestrained):
            give(policy, 500)
        assert queries.balances(policy.pk)["suspense"] == 500

    def test_of_a_living_contract_nothing_goes_by_itself(self):
        policy = valuable()
        do("take_premium", policy, about=1, amount=Decimal(500))
        make.account(policy.holder_id)
        assert settle(policy) == (0, 0)
        assert not Payout.objects.exists()


def give(policy, expected, parties=None, about=9):
    return do(
        "return_leftover", policy, about=about, parties=parties or [policy.holder_id],
        expected=Decimal(expected),
    )  # fmt: skip


class TestOnRequest:
    def test_gives_suspense_of_a_living_contract_and_closes_the_item_of_an_ended_one(self):
        living = valuable()
        do("take_premium", living, about=1, amount=Decimal("20.50"))
        assert give(living, "20.50") == Decimal("20.50")
        gone = ended(valuable())
        settle(gone)
        assert give(gone, 500) == 500
        assert item().state == "DONE"

    def test_refuses_another_sum_and_a_stranger(self):
        policy = ended(valuable())
        with pytest.raises(operations.ValueChanged):
            give(policy, 499)
        with pytest.raises(operations.NothingLeft) as refused:
            give(policy, 500, parties=[make.party(policy.office_id)])
        assert refused.value.hint
        assert queries.balances(policy.pk)["suspense"] == 500
        assert Policy.objects.get(pk=policy.pk).state == "TERMINATED"


@settings(max_examples=200)
@given(
    mode=st.sampled_from(["MONTHLY", "QUARTERLY", "HALF_YEARLY", "YEARLY"]),
    years=st.integers(1, 20),
    paid=st.integers(1, 60),
    lived=st.integers(0, 8000),
)
def test_premiums_paid_ahead_are_those_due_after_the_end(mode, years, paid, lived):
    begun = date(2020, 1, 31)
    all_of_them = periods_of(years, mode)
    paid = min(paid, all_of_them)
    paid_to = None if paid == all_of_them else due_date(begun, paid, mode)
    end_on = begun + timedelta(days=lived)
    ahead = paid_ahead(begun, mode, years, paid_to, end_on)
    dues = [due_date(begun, n, mode) for n in range(paid)]
    assert ahead == len([due for due in dues if due >= end_on])
    assert 0 <= ahead <= paid
    assert paid_ahead(begun, "SINGLE", years, paid_to, end_on) == 0


class TestWithoutAnAccount:
    """Premium that is due back is the holder's at once; where it goes is a named task, never stuck."""

    def owed_back(self, policy, about=1):
        offer = operations.rerate_offer(
            policy_id=policy.pk, born=date(START.year - policy.rated_age + 3, 1, 1), sex="FEMALE"
        )
        back = -offer.difference
        told = {"rated_age": offer.rated_age, "rated_sex": "FEMALE", "expected": back}
        assert do("refund_overpaid", policy, about=about, **told) == back > 0
        assert do("refund_overpaid", policy, about=about, **told) == 0
        return back

    def test_of_a_wrong_age_waits_as_theirs_and_goes_out_when_they_name_one(self):
        policy = valuable(rated_age=40, rated_sex="FEMALE")
        back = self.owed_back(policy)
        assert not Payout.objects.exists()
        assert (item().title, item().amount) == (WHY["OVERPAID"], back)
        assert queries.leftover_of(policy.pk, TODAY).owners == {policy.holder_id: back}
        make.account(policy.holder_id)
        paid = do("return_leftover", policy, about=2, parties=[policy.holder_id], expected=back)
        assert (paid, item().state) == (back, "DONE")
        assert sum(queries.balances(policy.pk).values()) == 0

    def test_of_a_wrong_age_goes_out_at_once_where_one_is_known(self):
        policy = valuable(rated_age=40, rated_sex="FEMALE")
        make.account(policy.holder_id)
        back = self.owed_back(policy)
        assert Payout.objects.get().amount == back
        assert queries.leftover_of(policy.pk, TODAY).owners == {}

    def test_of_a_rescission_waits_as_theirs(self):
        policy = valuable()
        back = do("rescind", policy, about=1, premiums_back=True)
        assert do("rescind", policy, about=1, premiums_back=True) == 0
        assert item().title == WHY["RESCINDED"]
        assert queries.leftover_of(policy.pk, TODAY).owners == {policy.holder_id: back}


class TestRevived:
    """The end is undone (宣告死亡被撤销): what went back is not paid, and falls due again."""

    def revived(self):
        policy = ended(valuable(paid_to=date(2027, 3, 1)), premiums=2, rest="0.00")
        make.account(policy.holder_id)
        assert settle(policy) == (16000, 0)
        do("revive_paid_out", policy, about=8)
        policy.refresh_from_db()
        return policy

    def test_premiums_given_back_before_do_not_count_as_paid(self):
        policy = self.revived()
        assert (policy.state, policy.paid_to) == ("IN_FORCE", date(2027, 3, 1))
        assert policy.premiums_paid == queries.balances(policy.pk)["premium"]

    def test_years_later_they_are_owed_with_what_fell_due_meanwhile(self):
        policy = ended(valuable(paid_to=date(2027, 3, 1)), premiums=2, rest="0.00")
        make.account(policy.holder_id)
        settle(policy)
        made = do("revive_paid_out", policy, on=date(2028, 6, 1), about=8)
        assert (made.dues, made.owed) == ((date(2027, 3, 1), date(2028, 3, 1)), 16000)
        assert made.next_due == date(2029, 3, 1)

    @pytest.mark.parametrize(
        ("given", "on", "dues", "then"),
        [
            # Nothing fell due: the next is what they were paid up to.
            ({"paid_to": date(2027, 3, 1)}, TODAY, 0, date(2027, 3, 1)),
            # The last instalment of all fell due meanwhile: none comes after it.
            ({"paid_to": date(2027, 3, 1), "pay_years": 5}, date(2027, 3, 1), 1, None),
            # All was paid, or at once.
            ({"paid_to": None}, date(2028, 6, 1), 0, None),
            ({"pay_mode": "SINGLE", "paid_to": date(2027, 3, 1)}, TODAY, 0, None),
        ],
    )
    def test_the_premium_after_what_is_owed_is_named(self, given, on, dues, then):
        policy = ended(valuable(paid_to=date(2027, 3, 1)), rest="1.00")
        Policy.objects.filter(pk=policy.pk).update(**given)
        made = do("revive_paid_out", policy, on=on, about=8)
        assert (len(made.dues), made.next_due) == (dues, then)

    def test_what_is_paid_again_goes_back_at_the_next_end_and_nothing_twice(self):
        policy = self.revived()
        ended(policy, premiums=1, rest="0.00")
        assert queries.leftover_of(policy.pk, TODAY).prepaid == 8000
        assert settle(policy, event=2) == (8000, 0)
        assert queries.leftover_of(policy.pk, TODAY).owners == {}

    def test_without_anything_given_back_nothing_changes(self):
        policy = ended(valuable(paid_to=date(2027, 3, 1)), rest="1.00")
        do("revive_paid_out", policy, about=8)
        policy.refresh_from_db()
        assert policy.paid_to == date(2027, 3, 1)
