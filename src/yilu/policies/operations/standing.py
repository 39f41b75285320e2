"""How a policy stands: its end, and its way back where the end was a mistake."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import Q

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.refs import SYSTEM, Ref
from yilu.policies import events, rules
from yilu.policies.models import Policy
from yilu.policies.operations.guards import LIVE, PolicyStateStale
from yilu.policies.operations.lending import set_off
from yilu.policies.operations.waiving import PAY_UNTIL_DAYS
from yilu.policies.queries.values import arrears_on
from yilu.products import queries as products


@tx.step
def end_policy(*, policy_id: int, ending: str, on: date, actor: Ref, at: datetime) -> None:
    """
    End the contract on a day (``ending`` is a Policy.Ending); twice is once.

    Where a benefit was paid in full (PAID_OUT), the loan that was taken off it is settled.

    :raises PolicyStateStale: if it had ended otherwise before.
    """
    changed = Policy.objects.filter(pk=policy_id, state__in=LIVE).update(
        state=Policy.State.TERMINATED, ending=Policy.Ending(ending), ended_on=on
    )
    policy = Policy.objects.only("holder_id", "ending", "ended_on", "loan_owed").get(pk=policy_id)
    if changed:
        if ending == "PAID_OUT" and policy.loan_owed:
            set_off(policy, about=Ref("policy", policy_id), on=on, actor=actor, at=at)
        _say(events.PolicyEnded(ending=ending, ended_on=on.isoformat()), policy, actor, at)
    elif policy.ending != ending:
        raise PolicyStateStale


@tx.use_case
def terminate_policy(*, policy_id: int, ending: str, on: date, actor: Ref, at: datetime) -> None:
    """``end_policy`` as a use case of its own. :raises PolicyStateStale: see there."""
    end_policy(policy_id=policy_id, ending=ending, on=on, actor=actor, at=at)


@tx.step
def end_waivers(*, main_id: int, ending: str, on: date, at: datetime) -> int:
    """
    End the living riders of an ended contract that waive its premiums; how many. Twice is once.

    What was paid ahead for them goes back as with every contract that has ended.
    """
    riders = Policy.objects.filter(main_id=main_id, state__in=LIVE).order_by("pk")
    ended = [
        rider_id
        for rider_id, version_id in riders.values_list("pk", "product_version_id")
        if products.get_terms(version_id).main_waiver
    ]
    for rider_id in ended:
        end_policy(policy_id=rider_id, ending=ending, on=on, actor=SYSTEM, at=at)
    return len(ended)


def _revive_waivers(main_id: int, about: Ref, actor: Ref, at: datetime) -> None:
    """The waivers that had ended with their main contract go on with it."""
    riders = Policy.objects.filter(main_id=main_id, state="TERMINATED", ending="PAID_OUT")
    for rider_id, version_id in riders.values_list("pk", "product_version_id"):
        if products.get_terms(version_id).main_waiver:
            revive_paid_out(policy_id=rider_id, about=about, actor=actor, at=at)


@dataclass(frozen=True, slots=True)
class Revived:
    """
    A contract that goes on: the premiums that fell due meanwhile, without interest, and until when
    they may be paid; ``next_due`` is the premium after them.
    """

    dues: tuple[date, ...]
    owed: Decimal
    pay_until: date | None
    next_due: date | None
    premium: Decimal


@tx.step
def revive_paid_out(*, policy_id: int, about: Ref, actor: Ref, at: datetime) -> Revived:
    """
    Let a contract go on that had ended because its benefit was paid, now that the money is back
    and the event never happened (宣告死亡被撤销). What the benefit used up must be taken back before.

    Premiums that fell due while nobody could be asked for them are owed without interest, and there are
    sixty days for them (保险法 36): until then cover stands and the contract does not lapse.

    :raises PolicyStateStale: it did not end that way, or its term is over.
    """
    today = day_of(at)
    changed = (
        Policy.objects.filter(pk=policy_id, state=Policy.State.TERMINATED, ending="PAID_OUT")
        .filter(Q(ends_on__isnull=True) | Q(ends_on__gt=today))
        .update(state=Policy.State.IN_FORCE, ending="", ended_on=None)
    )
    if not changed:
        raise PolicyStateStale
    policy = Policy.objects.get(pk=policy_id)
    dues = tuple(line.due_on for line in arrears_on(policy_id, today).lines)
    until = today + timedelta(days=PAY_UNTIL_DAYS) if dues else None
    if until is not None:
        Policy.objects.filter(pk=policy_id).update(pay_until=until)
    made = Revived(
        dues, policy.premium * len(dues), until, _due_after(policy, dues), policy.premium
    )
    fact = events.PolicyRevived(
        about=str(about), owed=str(made.owed), premiums=len(dues),
        pay_until=until.isoformat() if until else "",
    )  # fmt: skip
    _say(fact, policy, actor, at)
    _revive_waivers(policy_id, about, actor, at)
    return made


def _due_after(policy: Policy, dues: tuple[date, ...]) -> date | None:
    """The day of the premium after these; None where there is none left to pay."""
    if policy.paid_to is None or policy.pay_mode not in rules.MONTHS:
        return None
    if not dues:
        return policy.paid_to
    every = [
        rules.due_date(policy.effective_on, period, policy.pay_mode)
        for period in range(rules.periods_of(policy.pay_years, policy.pay_mode))
    ]
    return next((day for day in every if day > dues[-1]), None)


def _say(fact: object, policy: Policy, actor: Ref, at: datetime) -> None:
    journal.record(fact, about=policy.ref, actor=actor, at=at, party=policy.holder_id)
