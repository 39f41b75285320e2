"""Move many policies whose day has come: grace, suspension, expiry."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.refs import SYSTEM, Ref
from yilu.policies import events

_MOVE = """
    with due as (
        select p.id, p.paid_to, p.premium,
               case when p.ends_on <= %(today)s::date then 'EXPIRED'
                    when p.state = 'IN_FORCE' then 'GRACE'
                    else 'SUSPENDED' end as next,
               greatest(p.paid_to + (v.terms->>'grace_days')::int, p.pay_until) + 1 as lapse_on
          from policies_policy p
          join products_productversion v on v.id = p.product_version_id
         where p.id >= %(first)s::bigint and p.id < %(end)s::bigint
           and ((p.state in ('IN_FORCE', 'GRACE', 'SUSPENDED') and p.ends_on <= %(today)s::date)
            or (p.state = 'IN_FORCE' and p.paid_to < %(today)s::date
                and (p.waived_from is null or p.waived_from > %(today)s::date))
            or (p.state = 'GRACE'
                and greatest(p.paid_to + (v.terms->>'grace_days')::int, p.pay_until) < %(today)s::date
                and not exists (select from policies_premiumhold h
                                 where h.policy_id = p.id and h.released_at is null)
                and not p.id = any(%(sparing)s::bigint[])
                and (p.waived_from is null or p.waived_from > %(today)s::date)))
         order by p.id limit %(limit)s::int
           for update of p
    )
    update policies_policy p
       set state = due.next,
           owed_premium = case when due.next = 'GRACE' then due.premium else p.owed_premium end,
           suspended_on = case when due.next = 'SUSPENDED' then due.lapse_on else p.suspended_on end,
           suspended_for = case when due.next = 'SUSPENDED' then 'PREMIUM' else p.suspended_for end,
           ended_on = case when due.next = 'EXPIRED' then p.ends_on end,
           ending = case when due.next = 'EXPIRED' then 'MATURED' else '' end
      from due where due.id = p.id
    returning p.id, p.holder_id, due.next, due.paid_to, p.owed_premium, p.suspended_on, p.ended_on
"""


ALL = 2**62


@tx.use_case
def move_due_policies(*, at: datetime, today: date, limit: int = 500) -> int:
    """
    Move every policy whose day has come into grace, suspension or expiry; how many were moved.

    Screens and lists read the state; cover itself never waits for this (see ``rules.cover_on``).
    ``today`` is the insurer's local date. The daily run of renewals does the same part by part.
    """
    return _move({"first": 0, "end": ALL, "today": today, "sparing": [], "limit": limit}, at)


@tx.step
def move_policies_between(
    *, first: int, end: int, today: date, sparing: Sequence[int], at: datetime
) -> int:
    """
    Move the policies from one id up to another into grace, suspension or expiry; how many were moved.

    One whose grace was over long ago, after days without a run, goes both steps at once. ``sparing``
    are policies whose premium is being paid at this moment: they do not lapse while the answer is
    under way.
    """
    given = {"first": first, "end": end, "today": today, "sparing": list(sparing), "limit": None}
    return _move(given, at) + _move(given, at)


def _move(given: dict[str, Any], at: datetime) -> int:
    found = tx.rows(_MOVE, given)
    for policy_id, holder_id, state, paid_to, owed, suspended_on, ended_on in found:
        if state == "GRACE":
            fact: object = events.GraceStarted(due_on=str(paid_to), owed_premium=str(owed))
        elif state == "SUSPENDED":
            fact = events.PolicySuspended(suspended_on=str(suspended_on))
        else:
            fact = events.PolicyEnded(ending="MATURED", ended_on=str(ended_on))
        about = Ref("policy", policy_id)
        journal.record(fact, about=about, actor=SYSTEM, at=at, party=holder_id)
    return len(found)
