"""Policies move through grace, suspension, reinstatement, waiver and end; each once."""

from datetime import date
from decimal import Decimal

import pytest

from tests import make
from tests.policies.lives import TODAY, do, noon, valuable
from yilu.journal.models import Event
from yilu.kernel import tx
from yilu.kernel.refs import SYSTEM, Ref
from yilu.people import operations as people_operations
from yilu.policies import operations, queries
from yilu.policies.models import Policy
from yilu.policies.operations import PolicyStateStale

pytestmark = pytest.mark.django_db


def move(today):
    return operations.move_due_policies(at=make.NOON, today=today)


def life(**given):
    """A term life policy whose premium of 1 March 2026 is still owed."""
    told = {
        "product_code": "term-life", "sum_insured": Decimal(500000), "premium": Decimal("1200.00"),
        "effective_on": date(2023, 3, 1), "pay_years": 20, "paid_to": date(2026, 3, 1),
    } | given  # fmt: skip
    made = make.policy(make.office(), **told)
    return Policy.objects.get(pk=made.id)


def events(policy):
    return list(
        Event.objects.filter(subject=str(policy.ref)).order_by("id").values_list("kind", flat=True)
    )[1:]


def test_move_due_policies_starts_grace_and_then_suspends():
    policy = life()
    assert move(date(2026, 3, 1)) == 0
    assert move(date(2026, 3, 2)) == 1
    assert move(date(2026, 3, 2)) == 0
    policy.refresh_from_db()
    assert (policy.state, policy.owed_premium) == ("GRACE", Decimal("1200.00"))

    assert move(date(2026, 4, 30)) == 0
    assert move(date(2026, 5, 1)) == 1
    policy.refresh_from_db()
    assert (policy.state, policy.suspended_on) == ("SUSPENDED", date(2026, 5, 1))
    assert events(policy) == ["policies.grace_started", "policies.policy_suspended"]


def test_move_due_policies_agrees_with_the_cover_worked_out_from_dates():
    policy = life()
    before = [_state(policy, on) for on in (date(2026, 3, 2), date(2026, 4, 30), date(2026, 5, 1))]
    move(date(2026, 3, 2))
    move(date(2026, 5, 1))

    assert [
        _state(policy, on) for on in (date(2026, 3, 2), date(2026, 4, 30), date(2026, 5, 1))
    ] == before
    assert before == ["GRACE", "GRACE", None]


def _state(policy, on):
    try:
        return queries.get_policy(policy.pk, on).cover.state
    except queries.PolicyNotInForce:
        return None


def test_move_due_policies_lets_a_term_expire():
    policy = life(effective_on=date(2015, 3, 5), product_code="endowment", pay_years=10)
    move(date(2030, 3, 5))
    policy.refresh_from_db()

    assert (policy.state, policy.ending, policy.ended_on) == (
        "EXPIRED",
        "MATURED",
        date(2030, 3, 5),
    )


def test_receive_premium_ends_grace():
    policy = life()
    move(date(2026, 3, 10))
    paid_to = operations.receive_premium(
        policy_id=policy.pk, amount=Decimal("1200.00"), actor=SYSTEM, at=make.NOON
    )
    policy.refresh_from_db()

    assert paid_to == policy.paid_to == date(2027, 3, 1)
    assert (policy.state, policy.owed_premium) == ("IN_FORCE", 0)
    assert policy.premiums_paid == Decimal("4800.00")


def test_receive_premium_takes_whole_premiums_only():
    policy = life()
    with pytest.raises(operations.BadPremium):
        operations.receive_premium(
            policy_id=policy.pk, amount=Decimal(1000), actor=SYSTEM, at=make.NOON
        )
    policy.refresh_from_db()
    assert policy.paid_to == date(2026, 3, 1)


def test_receive_premium_takes_the_last_one():
    policy = life(pay_years=4)
    operations.receive_premium(
        policy_id=policy.pk, amount=Decimal("1200.00"), actor=SYSTEM, at=make.NOON
    )
    policy.refresh_from_db()

    assert policy.paid_to is None
    assert _state(policy, date(2040, 1, 1)) == "IN_FORCE"
    with pytest.raises(operations.BadPremium):
        operations.receive_premium(
            policy_id=policy.pk, amount=Decimal("1200.00"), actor=SYSTEM, at=make.NOON
        )


def terminate(policy, ending="SURRENDERED"):
    operations.terminate_policy(
        policy_id=policy.pk, ending=ending, on=date(2026, 3, 4), actor=SYSTEM, at=make.NOON
    )


def test_end_policy_ends_once_and_not_otherwise():
    policy = life()
    terminate(policy)
    terminate(policy)
    with pytest.raises(PolicyStateStale):
        terminate(policy, "RESCINDED")
    policy.refresh_from_db()

    assert (policy.state, policy.ending) == ("TERMINATED", "SURRENDERED")
    assert events(policy) == ["policies.policy_ended"]


def test_a_rescinded_policy_cannot_be_claimed_on():
    policy = life()
    terminate(policy, "RESCINDED")

    assert _state(policy, date(2025, 1, 1)) is None
    assert queries.list_for_party(policy.holder_id)[0].claim_types == ()


def test_waive_premiums_keeps_cover_without_premiums():
    policy = life()
    tx.use_case(operations.waive_premiums)(
        policy_id=policy.pk, waived_from=date(2026, 3, 1), claim_ref=Ref("claim", 7), actor=SYSTEM,
        at=make.NOON,
    )  # fmt: skip

    assert move(date(2026, 6, 1)) == 0
    assert _state(policy, date(2026, 9, 1)) == "IN_FORCE"
    assert events(policy) == ["policies.premiums_waived"]


def test_every_change_of_a_policy_leaves_the_earlier_row():
    from django.apps import apps

    policy = life()
    move(date(2026, 3, 10))
    history = apps.get_model("policies", "PolicyEvent").objects.filter(pgh_obj_id=policy.pk)

    assert [row.state for row in history] == ["IN_FORCE"]


class TestAfterTheEvent:
    def test_nothing_is_changed_lent_or_given_back_once_the_insured_is_said_to_have_died(self):
        policy = valuable()
        worth = queries.values_on(policy.pk, TODAY)
        tx.use_case(people_operations.note_death)(
            party_id=policy.insured_id, died_on=TODAY, about=policy.ref, at=noon(TODAY)
        )
        for step, told in (
            ("lend", {"about": 1, "amount": Decimal(1000)}),
            ("surrender", {"about": 2, "expected": worth.surrender_value}),
            ("change_pay_mode", {"pay_mode": "MONTHLY"}),
            ("set_dividend_option", {"option": "CASH"}),
        ):
            with pytest.raises(operations.InsuredDied, match=str(TODAY)) as refused:
                do(step, policy, **told)
            assert "身故保险金" in refused.value.hint
        policy.refresh_from_db()
        assert (policy.state, policy.loan_owed) == ("IN_FORCE", 0)
        tx.use_case(people_operations.forget_death)(about=policy.ref)  # it was said by mistake
        assert do("lend", policy, about=1, amount=Decimal(1000)).pays == 1000
