"""Let a suspended policy go on: the owed premiums with interest are in (复效)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.errors import Invalid, Sentence
from yilu.kernel.money import ZERO, said_yuan, yuan
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.kernel.years import add_years
from yilu.policies import events, parameters
from yilu.policies.models import Policy
from yilu.policies.operations.guards import (
    PolicyStateStale,
    changeable,
    day_asked,
    require_changeable,
)
from yilu.policies.operations.ledger import post
from yilu.policies.operations.lending import pay_back
from yilu.policies.operations.premiums import move_on
from yilu.policies.queries.values import arrears_on, values_on


class TooLateToReinstate(PolicyStateStale):
    """Suspended for more than two years: the contract may be ended, its value is given back."""

    code = "too_late_to_reinstate"
    message = _("中止未满或已超过二年，不能复效")
    hint = _("超过二年未复效的保单，可办理退保领取现金价值；如需继续保障，请重新投保。")


class NotEnoughToReinstate(Invalid):
    """Less came in than the owed premiums with interest."""

    code = "not_enough_to_reinstate"
    message = _("复效款不足")
    hint = _("请按试算的应补保险费和利息足额交纳。")


def needed_to_reinstate(policy_id: int, as_of: date) -> Decimal:
    """The owed premiums with interest, and a loan that has outgrown the value, on a day."""
    return arrears_on(policy_id, as_of).total + loan_to_settle(policy_id, as_of)


def loan_to_settle(policy_id: int, as_of: date) -> Decimal:
    """What must be repaid before cover can go on: all, where it has outgrown the value."""
    values = values_on(policy_id, as_of)
    return values.loan_owed if values.loan_owed > values.cash_value else ZERO


def require_reinstatable(*, policy_id: int, on: date) -> None:
    """What ``reinstate`` will refuse, asked before anybody confirms: nothing is held or changed."""
    require_changeable(policy_id, states=("SUSPENDED",))
    _in_time(Policy.objects.get(pk=policy_id), on)


@tx.step
def reinstate(
    *,
    policy_id: int,
    received: Decimal,
    about: Ref,
    actor: Ref,
    at: datetime,
    on: date | None = None,
    as_of: date | None = None,
) -> None:
    """
    Let a suspended policy go on from a day (default: today); waiting periods run anew from it.

    ``received`` pays the premiums owed up to ``as_of`` (the day of the quote; default ``on``) with
    their interest, and the loan where it has outgrown the value; more than that lies in suspense.

    :raises TooLateToReinstate: suspended for more than two years (保险法 37).
    :raises NotEnoughToReinstate: less came in. :raises PolicyStateStale: not suspended.
    :raises PolicyRestrained, PremiumHeld, Backdated: as every change.
    """
    on = on or day_of(at)
    policy = changeable(policy_id, at=at, states=("SUSPENDED",))
    as_of = on if as_of is None else day_asked(as_of, at)
    _in_time(policy, as_of)
    owed = arrears_on(policy_id, as_of)
    loan = loan_to_settle(policy_id, as_of)
    rest = yuan(received) - owed.total - loan
    if rest < ZERO:
        raise NotEnoughToReinstate(
            Sentence(
                _("复效应交 {needed} 元，实收 {came} 元"),
                needed=said_yuan(owed.total + loan),
                came=said_yuan(received),
            )
        )
    legs = {
        "customer": loan - received, "premium": owed.premiums, "late_interest": owed.interest,
        "suspense": rest,
    }  # fmt: skip
    if not post(
        policy_id=policy_id, entry="REINSTATED", legs=legs, about=about, actor=actor, at=at
    ):
        return
    if loan:
        pay_back(policy, loan, about=about, on=as_of, actor=actor, at=at)
    _go_on(policy, len(owed.lines), on)
    fact = events.PolicyReinstated(reinstated_on=on.isoformat())
    journal.record(fact, about=policy.ref, actor=actor, at=at, party=policy.holder_id)


@tx.use_case
def reinstate_policy(
    *, policy_id: int, on: date, received: Decimal, about: Ref, actor: Ref, at: datetime
) -> None:
    """``reinstate`` as a use case of its own. :raises PolicyStateStale: see there."""
    reinstate(policy_id=policy_id, on=on, received=received, about=about, actor=actor, at=at)


def _in_time(policy: Policy, on: date) -> None:
    since = policy.suspended_on
    years = parameters.reinstatement_terms(on).years
    if since is None or on <= since or on > add_years(since, years):
        raise TooLateToReinstate


def _go_on(policy: Policy, periods: int, on: date) -> None:
    assert policy.suspended_on is not None
    policy.gaps = [*policy.gaps, [policy.suspended_on.isoformat(), on.isoformat()]]
    if periods:
        move_on(policy, periods)
    policy.state, policy.suspended_on, policy.suspended_for = Policy.State.IN_FORCE, None, ""
    policy.reinstated_on, policy.owed_premium = on, ZERO
    policy.save(
        update_fields=[
            "gaps", "paid_to", "premiums_paid", "state", "suspended_on", "suspended_for",
            "reinstated_on", "owed_premium",
        ]
    )  # fmt: skip
