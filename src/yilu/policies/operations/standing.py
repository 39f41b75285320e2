"""How a policy stands: grace, suspension, reinstatement, waiver, end."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from django.utils.translation import gettext_noop as _

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.errors import Invalid, Stale
from yilu.kernel.money import yuan
from yilu.kernel.refs import SYSTEM, Ref
from yilu.kernel.years import add_years
from yilu.policies import events, rules
from yilu.policies.models import Policy
from yilu.policies.operations.holding import refuse_if_held

LIVE = ("IN_FORCE", "GRACE", "SUSPENDED")


class PolicyStateStale(Stale):
    """The policy is not in a state from which this can be done."""

    code = "policy_state"
    message = "保单当前状态不能办理此项"
    hint = "请刷新后核对保单状态。"


class BadPremium(Invalid):
    """The amount is not a whole number of the premiums due."""

    code = "bad_premium"
    message = "交费金额与应交保险费不符"
    hint = "请按应交保险费的整数期交纳。"


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


@tx.use_case
def move_due_policies(*, at: datetime, today: date, limit: int = 500) -> int:
    """
    Move every policy whose day has come into grace, suspension or expiry; how many were moved.

    Screens and lists read the state; cover itself never waits for this (see ``rules.cover_on``).
    ``today`` is the insurer's local date.
    """
    moved = tx.rows(_MOVE, {"today": today, "limit": limit})
    for policy_id, holder_id, state, paid_to, owed, suspended_on, ended_on in moved:
        if state == "GRACE":
            fact: object = events.GraceStarted(due_on=str(paid_to), owed_premium=str(owed))
        elif state == "SUSPENDED":
            fact = events.PolicySuspended(suspended_on=str(suspended_on))
        else:
            fact = events.PolicyEnded(ending="MATURED", ended_on=str(ended_on))
        journal.record(fact, about=Ref("policy", policy_id), actor=SYSTEM, at=at, party=holder_id)
    return len(moved)


@tx.use_case
def receive_premium(*, policy_id: int, amount: Decimal, actor: Ref, at: datetime) -> date | None:
    """
    Take in one or more renewal premiums; the new due date, None once all are paid.

    :raises BadPremium: not a whole number of premiums. :raises PolicyStateStale: not in force or grace.
    :raises PremiumHeld: a ground for rescission is being looked into.
    """
    policy = _locked(policy_id, ("IN_FORCE", "GRACE"))
    refuse_if_held(policy_id)
    periods = yuan(amount) / policy.premium if policy.premium else Decimal(0)
    if periods <= 0 or periods != int(periods) or policy.paid_to is None:
        raise BadPremium
    policy.paid_to = _later(policy, int(periods))
    policy.premiums_paid += yuan(amount)
    policy.state, policy.owed_premium = Policy.State.IN_FORCE, Decimal(0)
    policy.save(update_fields=["paid_to", "premiums_paid", "state", "owed_premium"])
    _say(
        events.PremiumReceived(amount=str(amount), paid_to=str(policy.paid_to or "")),
        policy,
        actor,
        at,
    )
    return policy.paid_to


@tx.use_case
def reinstate_policy(*, policy_id: int, on: date, actor: Ref, at: datetime) -> None:
    """
    Let a suspended policy go on from a day, once the owed premiums are in (复效); waiting runs anew.

    :raises PolicyStateStale: not suspended, or suspended for more than two years (保险法 37).
    """
    policy = _locked(policy_id, ("SUSPENDED",))
    refuse_if_held(policy_id)
    since = policy.suspended_on
    if since is None or on <= since or on > add_years(since, 2):
        raise PolicyStateStale(_("中止未满或已超过二年，不能复效"))
    policy.gaps = [*policy.gaps, [since.isoformat(), on.isoformat()]]
    while policy.paid_to is not None and policy.paid_to <= on:
        policy.paid_to = _later(policy, 1)
        policy.premiums_paid += policy.premium
    policy.state, policy.suspended_on = Policy.State.IN_FORCE, None
    policy.reinstated_on, policy.owed_premium = on, Decimal(0)
    policy.save(
        update_fields=[
            "gaps", "paid_to", "premiums_paid", "state", "suspended_on", "reinstated_on", "owed_premium",
        ]
    )  # fmt: skip
    _say(events.PolicyReinstated(reinstated_on=on.isoformat()), policy, actor, at)


@tx.step
def end_policy(*, policy_id: int, ending: str, on: date, actor: Ref, at: datetime) -> None:
    """
    End the contract on a day (``ending`` is a Policy.Ending); twice is once.

    :raises PolicyStateStale: if it had ended otherwise before.
    """
    changed = Policy.objects.filter(pk=policy_id, state__in=LIVE).update(
        state=Policy.State.TERMINATED, ending=Policy.Ending(ending), ended_on=on
    )
    policy = Policy.objects.only("holder_id", "ending", "ended_on").get(pk=policy_id)
    if changed:
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


def _locked(policy_id: int, states: tuple[str, ...]) -> Policy:
    policy = Policy.objects.select_for_update(of=("self",)).filter(pk=policy_id).first()
    if policy is None or policy.state not in states:
        raise PolicyStateStale
    return policy


def _later(policy: Policy, periods: int) -> date | None:
    """The due date so many periods on, counted from the start of cover; None: all is paid."""
    assert policy.paid_to is not None
    done = 1
    while rules.due_date(policy.effective_on, done, policy.pay_mode) < policy.paid_to:
        done += 1
    if done + periods >= rules.periods_of(policy.pay_years, policy.pay_mode):
        return None
    due = rules.due_date(policy.effective_on, done + periods, policy.pay_mode)
    return due if policy.ends_on is None or due < policy.ends_on else None


def _say(fact: object, policy: Policy, actor: Ref, at: datetime) -> None:
    journal.record(fact, about=policy.ref, actor=actor, at=at, party=policy.holder_id)
