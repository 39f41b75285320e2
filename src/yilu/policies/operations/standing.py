"""How a policy stands: waiver, end."""

from __future__ import annotations

from datetime import date, datetime

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.refs import Ref
from yilu.policies import events
from yilu.policies.models import Policy
from yilu.policies.operations.guards import LIVE, PolicyStateStale
from yilu.policies.operations.lending import set_off


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
def waive_premiums(
    *, policy_id: int, waived_from: date, claim_ref: Ref, actor: Ref, at: datetime
) -> None:
    """Ask no premium that falls due on or after a day (保费豁免); twice is once."""
    changed = Policy.objects.filter(pk=policy_id, state__in=LIVE, waived_from__isnull=True).update(
        waived_from=waived_from
    )
    if changed:
        policy = Policy.objects.only("holder_id").get(pk=policy_id)
        fact = events.PremiumsWaived(waived_from=waived_from.isoformat(), claim=str(claim_ref))
        _say(fact, policy, actor, at)


def _say(fact: object, policy: Policy, actor: Ref, at: datetime) -> None:
    journal.record(fact, about=policy.ref, actor=actor, at=at, party=policy.holder_id)
