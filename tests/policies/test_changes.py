"""Steps that change a contract: what each does, what stands in its way, and that history is kept."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.apps import apps

from tests import make
from tests.policies.lives import TODAY, do, valuable, values
from yilu.journal.models import Event
from yilu.kernel import tx
from yilu.people.queries import AccountNotFound
from yilu.policies import operations, queries
from yilu.policies.models import Policy, Restraint

pytestmark = pytest.mark.django_db


@pytest.fixture
def policy():
    return valuable()


def kinds(policy):
    return set(Event.objects.filter(subject=str(policy.ref)).values_list("kind", flat=True))


class TestHolder:
    def test_somebody_else_holds_it_and_its_riders_and_nothing_is_debited_from_the_old_account(
        self, policy
    ):
        account = make.account(policy.holder_id)
        do("change_account", policy, pay_method="BANK_DEBIT", account_id=account)
        make.product("rider-allowance")
        rider = make.policy(
            policy.office_id, product_code="rider-allowance", holder_id=policy.holder_id,
            sum_insured=Decimal(100), premium=Decimal(120), main_id=policy.pk,
            with_social_insurance=False,
        )  # fmt: skip
        heir = make.party(policy.office_id)
        do("change_holder", policy, holder_id=heir, reason="INHERITANCE")
        policy.refresh_from_db()

        assert (policy.holder_id, policy.pay_method, policy.premium_account) == (heir, "SELF", None)
        assert Policy.objects.get(pk=rider.id).holder_id == heir
        assert "policies.holder_changed" in kinds(policy)
        earlier = apps.get_model("policies", "PolicyEvent").objects.filter(pgh_obj_id=policy.pk)
        assert {row.holder_id for row in earlier} == {policy.insured_id}
        with pytest.raises(operations.SameAsBefore):
            do("change_holder", policy, holder_id=heir, reason="AGREEMENT")

    def test_a_debit_needs_an_account_in_the_holders_own_name(self, policy):
        other = make.account(make.party(policy.office_id))
        with pytest.raises(AccountNotFound):
            do("change_account", policy, pay_method="BANK_DEBIT", account_id=other)
        policy.refresh_from_db()
        assert policy.pay_method == "SELF"

    @pytest.mark.parametrize(
        ("step", "told"),
        [
            ("change_holder", {"holder_id": 1, "reason": "AGREEMENT"}),
            ("change_pay_mode", {"pay_mode": "MONTHLY"}),
            ("change_occupation", {"occupation_class": 3}),
        ],
    )
    def test_nothing_takes_effect_in_the_past(self, policy, step, told):
        before = Policy.objects.values().get(pk=policy.pk)
        given = {"actor": make.SYSTEM, "at": make.NOON, "policy_id": policy.pk}
        with pytest.raises(operations.Backdated):
            tx.use_case(getattr(operations, step))(**given, **told, on=TODAY - timedelta(days=1))
        assert Policy.objects.values().get(pk=policy.pk) == before


class TestRestraints:
    def test_a_pledge_keeps_money_in_until_it_is_released(self, policy):
        bank = make.party(policy.office_id, kind="ORGANISATION", name="某银行")
        assert do("pledge", policy, about=1, in_favour_of=bank)
        assert not do("pledge", policy, about=1, in_favour_of=bank)
        with pytest.raises(operations.PolicyRestrained, match="质押"):
            do("surrender", policy, about=2, expected=values(policy).surrender_value)
        do("release", policy, about=3)
        with pytest.raises(operations.NotRestrained):
            do("release", policy, about=3)
        assert Restraint.objects.get().lifted_at is not None

    def test_the_holder_does_not_lift_a_courts_freeze(self, policy):
        do("freeze", policy, about=1, reason="COURT")
        with pytest.raises(operations.NotTheirsToLift):
            do("unfreeze", policy, about=2, by_holder=True)
        do("unfreeze", policy, about=2)
        assert do("lend", policy, about=3, amount=Decimal(1000)).pays == 1000


class TestPremium:
    def test_a_longer_interval_waits_for_the_anniversary(self):
        policy = valuable(pay_mode="MONTHLY", premium=Decimal(712), paid_to=date(2026, 4, 1))
        assert "YEARLY" not in queries.pay_modes_open(policy.pk)
        with pytest.raises(operations.NotOnADueDay):
            do("change_pay_mode", policy, pay_mode="YEARLY")
        Policy.objects.filter(pk=policy.pk).update(paid_to=date(2027, 3, 1))
        [told] = do("change_pay_mode", policy, pay_mode="YEARLY")
        assert told.after == Decimal("8000.00")

    def test_a_corrected_age_rates_anew_and_settles_the_difference(self, policy):
        wrong = policy.premium
        rerated = do(
            "correct_insured", policy, about=1, rated_age=policy.rated_age + 5, rated_sex="FEMALE"
        )
        policy.refresh_from_db()
        assert policy.premium > wrong
        assert rerated.difference == (policy.premium - wrong) * 5
        assert queries.balances(policy.pk)["premium"] == policy.premiums_paid

    def test_the_day_of_receipt_is_kept_once(self, policy):
        for _ in range(2):
            receive(policy, TODAY)
        with pytest.raises(operations.ReceivedAlready, match="2026-03-04"):
            receive(policy, TODAY - timedelta(days=1))
        with pytest.raises(operations.Backdated):
            receive(valuable(), TODAY + timedelta(days=1))


def receive(policy, on):
    tx.use_case(operations.mark_received)(
        policy_id=policy.pk, on=on, actor=make.SYSTEM, at=make.NOON
    )


class TestValues:
    def test_are_read_for_many_in_the_statements_of_one(self, django_assert_max_num_queries):
        office = make.office()
        ids = [valuable(office).pk for _ in range(3)]
        queries.values_of(ids, TODAY)
        with django_assert_max_num_queries(3):
            found = queries.values_of(ids, TODAY)
        assert len({v.cash_value for v in found.values()}) == 1

    def test_a_claim_sees_the_loan_with_its_interest_and_the_value_of_the_day(self, policy):
        do("lend", policy, about=1, amount=Decimal(10000))
        later = TODAY + timedelta(days=73)
        contract = queries.get_policy(policy.pk, later).contract
        assert contract.loan_owed == Decimal("10100.00")
        assert contract.cash_value == values(policy, later).cash_value > 0

    def test_a_contract_without_value_costs_no_statement_more(self, django_assert_num_queries):
        medical = make.medical_policy(make.office())
        queries.get_policy(medical.id, TODAY)
        with django_assert_num_queries(1):
            queries.get_policy(medical.id, TODAY)

    def test_a_paid_benefit_settles_the_loan_that_was_taken_off(self, policy):
        do("lend", policy, about=1, amount=Decimal(10000))
        end(policy)
        policy.refresh_from_db()
        assert policy.loan_owed == 0
        books = queries.balances(policy.pk)
        assert (books["loan"], books["benefit"], sum(books.values())) == (0, -10000, 0)


def end(policy):
    tx.use_case(operations.end_policy)(
        policy_id=policy.pk, ending="PAID_OUT", on=TODAY, actor=make.SYSTEM, at=make.NOON
    )
