"""Take in premiums: what pays whole ones counts, what does not stays the customer's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.errors import Invalid
from yilu.kernel.money import ZERO, yuan
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.policies import events
from yilu.policies.models import Policy, PremiumHold
from yilu.policies.operations.guards import COVERING, locked
from yilu.policies.operations.holding import refuse_if_held
from yilu.policies.operations.ledger import post
from yilu.policies.queries.refusals import PremiumsAreWaived
from yilu.policies.queries.values import balances
from yilu.policies.rules import schedule


class BadPremium(Invalid):
    """The amount is not a whole number of the premiums due."""

    code = "bad_premium"
    message = _("交费金额与应交保险费不符")
    hint = _("请按应交保险费的整数期交纳。")


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of money that came in: premiums it paid, what was kept for the customer, and why."""

    periods: int
    kept: Decimal
    paid_to: date | None
    reason: str = ""


def due_ref(due: date) -> Ref:
    """The name under which the premium of a due day is booked: it can be paid once."""
    return Ref("premium_due", int(f"{due:%Y%m%d}"))


@tx.use_case
def receive_premium(
    *, policy_id: int, amount: Decimal, actor: Ref, at: datetime, about: Ref | None = None
) -> date | None:
    """
    Take in one or more renewal premiums; the new due date, None once all are paid.

    :raises BadPremium: not a whole number of premiums. :raises PolicyLapsed: suspended: it must be
        reinstated. :raises PolicyStateStale: ended. :raises PremiumHeld: a ground for rescission is
        being looked into.
    """
    policy = locked(policy_id, COVERING)
    refuse_if_held(policy_id)
    periods = yuan(amount) / policy.premium if policy.premium else Decimal(0)
    if periods <= 0 or periods != int(periods) or policy.paid_to is None:
        raise BadPremium
    if _is_waived(policy):
        raise PremiumsAreWaived
    legs = {"customer": -amount, "premium": amount}
    _book(policy, int(periods), "PREMIUM", legs, about or due_ref(policy.paid_to), actor, at)
    return policy.paid_to


@tx.step
def take_premium(*, policy_id: int, amount: Decimal, about: Ref, actor: Ref, at: datetime) -> Taken:
    """
    Book money that has arrived for premiums; ``about`` names the collection, twice is once.

    Nothing that arrived is lost: what pays no whole premium, or may not be taken as one (suspended,
    ended, a hold is on), lies in suspense (溢交款) until somebody gives it back. What lay there before
    counts towards the premium.
    """
    amount = yuan(amount)
    if amount <= ZERO:
        raise BadPremium
    policy = Policy.objects.select_for_update(of=("self",)).get(pk=policy_id)
    lying, reason = balances(policy_id)["suspense"], _not_payable(policy)
    periods = 0 if reason or not policy.premium else int((amount + lying) // policy.premium)
    used = policy.premium * periods
    kept = amount - used
    legs = {"customer": -amount, "premium": used, "suspense": kept}
    if periods and policy.paid_to is not None:
        new = _book(policy, periods, "PREMIUM", legs, about, actor, at)
    else:
        new = post(
            policy_id=policy_id, entry="SUSPENSE_IN", legs=legs, about=about, actor=actor, at=at
        )
    if kept > ZERO and new:
        fact = events.MoneyKeptInSuspense(amount=str(kept), reason=reason or "REST")
        journal.record(fact, about=policy.ref, actor=actor, at=at, party=policy.holder_id)
    return Taken(periods, max(kept, ZERO), policy.paid_to, reason)


@tx.step
def return_suspense(*, policy_id: int, about: Ref, actor: Ref, at: datetime) -> Decimal:
    """Give back what was paid too much; how much: the caller pays it out. Twice is once."""
    policy = Policy.objects.select_for_update(of=("self",)).get(pk=policy_id)
    lying = balances(policy_id)["suspense"]
    if lying <= ZERO:
        return ZERO
    legs = {"customer": lying, "suspense": -lying}
    post(policy_id=policy_id, entry="RETURNED", legs=legs, about=about, actor=actor, at=at)
    fact = events.SuspenseReturned(amount=str(lying))
    journal.record(fact, about=policy.ref, actor=actor, at=at, party=policy.holder_id)
    return lying


@tx.step
def use_own_money(*, policy_id: int, actor: Ref, at: datetime) -> bool:
    """
    Pay the premium that is due from what lies with us: suspense, or dividends where so chosen.

    Whether that was enough; nothing is changed where it was not.
    """
    policy = locked(policy_id, COVERING)
    refuse_if_held(policy_id)
    if policy.paid_to is None or _is_waived(policy):
        return False
    lying = balances(policy_id)
    for account, entry in (("suspense", "SUSPENSE_USED"), ("dividend", "DIVIDEND_USED")):
        chosen = account == "suspense" or policy.dividend_option == "REDUCE"
        if chosen and lying[account] >= policy.premium > ZERO:
            legs = {account: -policy.premium, "premium": policy.premium}
            return _book(policy, 1, entry, legs, due_ref(policy.paid_to), actor, at)
    return False


def _not_payable(policy: Policy) -> str:
    if policy.state == "SUSPENDED":
        return "SUSPENDED"
    if policy.state not in COVERING:
        return "ENDED"
    if policy.paid_to is None or _is_waived(policy):
        return "NOTHING_DUE"
    held = PremiumHold.objects.filter(policy_id=policy.pk, released_at=None).exists()
    return "HELD" if held else ""


def _is_waived(policy: Policy) -> bool:
    """Whether the next premium need not be paid (保费豁免)."""
    return (
        policy.waived_from is not None
        and policy.paid_to is not None
        and policy.waived_from <= policy.paid_to
    )


def _book(
    policy: Policy,
    periods: int,
    entry: str,
    legs: dict[str, Decimal],
    about: Ref,
    actor: Ref,
    at: datetime,
) -> bool:
    if not post(policy_id=policy.pk, entry=entry, legs=legs, about=about, actor=actor, at=at):
        return False
    move_on(policy, periods)
    policy.save(update_fields=["paid_to", "premiums_paid", "state", "owed_premium"])
    fact = events.PremiumReceived(
        amount=str(policy.premium * periods), paid_to=str(policy.paid_to or "")
    )
    journal.record(fact, about=policy.ref, actor=actor, at=at, party=policy.holder_id)
    return True


def move_on(policy: Policy, periods: int) -> None:
    """Count so many premiums as paid; the caller saves."""
    assert policy.paid_to is not None
    policy.paid_to = schedule.later(
        policy.effective_on,
        policy.ends_on,
        policy.pay_mode,
        policy.pay_years,
        policy.paid_to,
        periods,
    )
    policy.premiums_paid += policy.premium * periods
    policy.state, policy.owed_premium = Policy.State.IN_FORCE, ZERO
