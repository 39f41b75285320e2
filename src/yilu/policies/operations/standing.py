"""How a policy stands: grace, suspension, waiver, end."""

from __future__ import annotations

from datetime import date, datetime

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.refs import SYSTEM, Ref
from yilu.policies import events
from yilu.policies.models import Policy
from yilu.policies.operations.advancing import advance_premiums
from yilu.policies.operations.guards import LIVE, PolicyStateStale
from yilu.policies.operations.lending import set_off

_MOVE = """
    with due as (
        select p.id, p.paid_to, p.premium,
               case when p.ends_on <= %(today)s::date then 'EXPIRED'
                    when p.state = 'IN_FORCE' then 'GRACE'
                    else 'SUSPENDED' end as next,
               p.paid_to + (v.terms->>'grace_days')::int + 1 as lapse_on
          from policies_policy p
          join products_productversion v on v.id = p.product_version_id
         where (p.state in ('IN_FORCE', 'GRACE', 'SUSPENDED') and p.ends_on <= %(today)s::date)
            or (p.state = 'IN_FORCE' and p.paid_to < %(today)s::date
                and (p.waived_from is null or p.waived_from > %(today)s::date))
            or (p.state = 'GRACE'
                and p.paid_to + (v.terms->>'grace_days')::int < %(today)s::date
                and not exists (select from policies_premiumhold h
                                 where h.policy_id = p.id and h.released_at is null)
                and (p.waived_from is null or p.waived_from > %(today)s::date))
         order by p.id limit %(limit)s::int
           for update of p skip locked
    )
    update policies_policy p
       set state = due.next,
           owed_premium = case when due.next = 'GRACE' then due.premium else p.owed_premium end,
           suspended_on = case when due.next = 'SUSPENDED' then due.lapse_on else p.suspended_on end,
           ended_on = case when due.next = 'EXPIRED' then p.ends_on end,
           ending = case when due.next = 'EXPIRED' then 'MATURED' else '' end
      from due where due.id = p.id
    returning p.id, p.holder_id, due.next, due.paid_to, p.owed_premium, p.suspended_on, p.ended_on
"""

_TO_ADVANCE = """
    select p.id from policies_policy p
      join products_productversion v on v.id = p.product_version_id
     where p.state = 'GRACE' and p.advances_premium
       and p.paid_to + (v.terms->>'grace_days')::int < %(today)s::date
     order by p.id limit %(limit)s::int
       for update of p skip locked
"""


@tx.use_case
def move_due_policies(*, at: datetime, today: date, limit: int = 500) -> int:
    """
    Move every policy whose day has come into grace, suspension or expiry; how many were moved.

    Before a premium unpaid past the days of grace suspends a contract it is lent from the value,
    where the holder chose that and the value suffices (自动垫交). Screens and lists read the state;
    cover itself never waits for this (see ``rules.cover_on``).
    ``today`` is the insurer's local date.
    """
    agreed = [row[0] for row in tx.rows(_TO_ADVANCE, {"today": today, "limit": limit})]
    advanced = advance_premiums(agreed, actor=SYSTEM, at=at, today=today) if agreed else frozenset()
    moved = tx.rows(_MOVE, {"today": today, "limit": limit})
    for policy_id, holder_id, state, paid_to, owed, suspended_on, ended_on in moved:
        if state == "GRACE":
            fact: object = events.GraceStarted(due_on=str(paid_to), owed_premium=str(owed))
        elif state == "SUSPENDED":
            fact = events.PolicySuspended(suspended_on=str(suspended_on))
        else:
            fact = events.PolicyEnded(ending="MATURED", ended_on=str(ended_on))
        journal.record(fact, about=Ref("policy", policy_id), actor=SYSTEM, at=at, party=holder_id)
    return len(moved) + len(advanced)


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
