"""Change the cover: a smaller sum, nothing more to pay, another policy beside it."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.errors import Refusal
from yilu.kernel.money import ZERO, round_yuan
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.policies import events
from yilu.policies.models import Policy
from yilu.policies.operations.guards import COVERING, LIVE, ValueChanged, changeable, day_asked
from yilu.policies.operations.issuing import Issued, NewPolicy, issue
from yilu.policies.operations.ledger import post
from yilu.policies.operations.lending import set_off
from yilu.policies.operations.surrendering import GivenBack, surrender
from yilu.policies.queries.changing import Reduction, paid_up_offer, reduction_to, withdrawal_of


class RidersInTheWay(Refusal):
    """Riders live on premiums: without any they end."""

    code = "riders_in_the_way"
    message = _("附加险仍在交费，不能单独办理减额交清")
    hint = _("请先办理附加险退保，再申请减额交清。")


class NotARider(Refusal):
    """It stands by itself."""

    code = "not_a_rider"
    message = _("这不是附加险")
    hint = _("主险请办理退保或减保。")


@tx.step
def reduce_sum(
    *,
    policy_id: int,
    sum_after: Decimal,
    expected: Decimal,
    about: Ref,
    actor: Ref,
    at: datetime,
    as_of: date | None = None,
) -> Reduction:
    """
    Reduce the sum insured; the value of the part goes back, the premium follows (减保).

    ``expected`` is the sum the person saw (``queries.reduction_to``); the caller pays it out.

    :raises ValueChanged: it would be another sum now. :raises CannotReduce, LoanInTheWay: see there.
    :raises PolicyStateStale, PolicyRestrained, PremiumHeld, Backdated: as every change.
    """
    policy = changeable(policy_id, at=at, states=COVERING)
    reduction = reduction_to(policy_id, sum_after, day_asked(as_of, at))
    return _shrink(policy, reduction, expected, about, actor, at)


@tx.step
def partial_surrender(
    *,
    policy_id: int,
    amount: Decimal,
    about: Ref,
    actor: Ref,
    at: datetime,
    as_of: date | None = None,
) -> Reduction:
    """
    Take an amount out of the value; the sum insured and the premium shrink with it (部分领取).

    :raises NothingToReduce, CannotReduce, LoanInTheWay: see ``queries.withdrawal_of``. Also as
        every change.
    """
    policy = changeable(policy_id, at=at, states=COVERING)
    reduction = withdrawal_of(policy_id, amount, day_asked(as_of, at))
    return _shrink(policy, reduction, amount, about, actor, at)


def _shrink(
    policy: Policy, reduction: Reduction, expected: Decimal, about: Ref, actor: Ref, at: datetime
) -> Reduction:
    if reduction.pays != expected:
        raise ValueChanged
    legs = {"customer": reduction.pays, "refund": -reduction.pays}
    if not post(policy_id=policy.pk, entry="PARTIAL", legs=legs, about=about, actor=actor, at=at):
        return reduction
    part = reduction.sum_after / reduction.sum_before
    policy.sum_insured, policy.premium = reduction.sum_after, reduction.premium_after
    policy.extra_premium = round_yuan(policy.extra_premium * part)
    policy.premiums_paid = round_yuan(policy.premiums_paid * part)
    if policy.owed_premium:
        policy.owed_premium = policy.premium
    policy.save(
        update_fields=[
            "sum_insured", "premium", "extra_premium", "premiums_paid", "owed_premium",
        ]
    )  # fmt: skip
    fact = events.SumReduced(
        sum_insured=str(policy.sum_insured), premium=str(policy.premium), paid=str(reduction.pays)
    )
    _say(fact, policy, actor, at)
    return reduction


@tx.step
def make_paid_up(
    *,
    policy_id: int,
    expected_sum: Decimal,
    about: Ref,
    actor: Ref,
    at: datetime,
    as_of: date | None = None,
) -> None:
    """
    Let the value buy a smaller sum for the rest of the term: nothing falls due any more (减额交清).

    What is owed on loans is settled out of the value first. ``expected_sum`` is what the person saw
    (``queries.paid_up_offer``).

    :raises ValueChanged: it would buy another sum now. :raises NothingToReduce: see there.
    :raises RidersInTheWay: riders still need premiums. Also as every change.
    """
    today = day_asked(as_of, at)
    policy = changeable(policy_id, at=at, states=COVERING)
    if Policy.objects.filter(main=policy, state__in=LIVE, paid_to__isnull=False).exists():
        raise RidersInTheWay
    offer = paid_up_offer(policy_id, today)
    if offer.sum_after != expected_sum:
        raise ValueChanged
    if offer.owed:
        set_off(policy, about=about, on=today, actor=actor, at=at, out_of="refund")
    policy.sum_insured, policy.paid_up_on, policy.paid_to = offer.sum_after, today, None
    policy.state, policy.owed_premium = Policy.State.IN_FORCE, ZERO
    policy.save(update_fields=["sum_insured", "paid_up_on", "paid_to", "state", "owed_premium"])
    fact = events.PolicyPaidUp(from_sum=str(offer.sum_before), sum_insured=str(offer.sum_after))
    _say(fact, policy, actor, at)


@tx.step
def add_rider(*, policy_id: int, new: NewPolicy, actor: Ref, at: datetime) -> Issued:
    """
    Hang another policy on this one (新增附加险): ``new`` is issued with this as its main policy.

    :raises BadApplication: it breaks the rider's rules. Also as every change.
    """
    policy = changeable(policy_id, at=at, states=COVERING)
    assert new.main_id == policy_id, "a rider names its main policy"
    rider = issue(new=new, actor=actor, at=at)
    _say(events.RiderAdded(rider_id=rider.id), policy, actor, at)
    return rider


@tx.step
def drop_rider(
    *,
    rider_id: int,
    expected: Decimal,
    about: Ref,
    actor: Ref,
    at: datetime,
    as_of: date | None = None,
) -> GivenBack:
    """
    End a rider alone and give its value back (附加险退保).

    :raises NotARider: it has no main policy. Otherwise as ``surrender``.
    """
    if not Policy.objects.filter(pk=rider_id, main__isnull=False).exists():
        raise NotARider
    return surrender(
        policy_id=rider_id, expected=expected, about=about, actor=actor, at=at, as_of=as_of
    )


def _say(fact: object, policy: Policy, actor: Ref, at: datetime) -> None:
    journal.record(fact, about=policy.ref, actor=actor, at=at, party=policy.holder_id)
