"""List the premiums that fall due, and close those that were settled in another way."""

from __future__ import annotations

from yilu.kernel import tx
from yilu.renewals.operations.span import Span
from yilu.renewals.rules import days

# The contracts belong to policies; read here in one statement, because a list over a million of them
# cannot be asked for one by one.
# A dividend that the holder wants to reduce the premium lies in suspense: only the rest is asked for.
_NET = """
    p.premium - case when p.dividend_option = 'REDUCE' then least(p.premium, greatest(coalesce(
        (select sum(e.suspense) from policies_ledgerentry e where e.policy_id = p.id), 0), 0))
        else 0 end
"""

_LIST = f"""
    insert into renewals_premiumdue (policy_id, holder_id, office_id, agent_id, due_on, grace_ends_on,
           amount, state, reminded, remind_on, debits, debit_on, failures, last_reason, listed_on)
    select p.id, p.holder_id, p.office_id, p.agent_id, p.paid_to,
           greatest(p.paid_to + (v.terms->>'grace_days')::int, p.pay_until), {_NET}, 'OPEN', 0,
           p.paid_to - coalesce(w.reminder_days, %(default)s::int), 0,
           case when p.pay_until is null or p.paid_to >= %(day)s::date then p.paid_to end,
           0, '', %(day)s::date
      from policies_policy p
      join products_productversion v on v.id = p.product_version_id
      left join people_servicepreference w on w.party_id = p.holder_id
     where p.id >= %(first)s::bigint and p.id < %(end)s::bigint and p.state in ('IN_FORCE', 'GRACE')
       and p.paid_to <= %(day)s::date + %(ahead)s::int and p.premium > 0
       and (p.ends_on is null or p.paid_to < p.ends_on)
       and (p.waived_from is null or p.waived_from > p.paid_to)
    on conflict (policy_id, due_on) do nothing
"""

_SETTLE = """
    update renewals_premiumdue d
       set state = case when p.waived_from is not null and p.waived_from <= d.due_on then 'WAIVED'
                        when p.state in ('EXPIRED', 'TERMINATED') then 'CLOSED'
                        else 'PAID' end,
           ended_on = %(day)s::date, remind_on = null, debit_on = null
      from policies_policy p
     where p.id = d.policy_id and d.policy_id >= %(first)s::bigint and d.policy_id < %(end)s::bigint
       and d.state in ('OPEN', 'LAPSED') and not d.for_new_year
       and ((p.waived_from is not null and p.waived_from <= d.due_on)
            or p.state in ('EXPIRED', 'TERMINATED')
            or (p.state in ('IN_FORCE', 'GRACE') and (p.paid_to is null or p.paid_to > d.due_on)))
"""

# A change of frequency, sum or account between the list and the day.
_FOLLOW = f"""
    update renewals_premiumdue d
       set amount = {_NET}, agent_id = p.agent_id, office_id = p.office_id, holder_id = p.holder_id
      from policies_policy p
     where p.id = d.policy_id and d.policy_id >= %(first)s::bigint and d.policy_id < %(end)s::bigint
       and d.state = 'OPEN' and p.paid_to = d.due_on and p.premium > 0
       and (d.amount, d.holder_id, d.office_id, d.agent_id) is distinct from ({_NET}, p.holder_id, p.office_id, p.agent_id)
       and not exists (select from renewals_orderline l where l.due_id = d.id and l.live)
"""


# Its contract was suspended for another reason before this premium was owed, and goes on: it falls due as ever.
_REOPEN = """
    update renewals_premiumdue d
       set state = 'OPEN', ended_on = null, lapsed_on = null, window_ends_on = null, reminded = 0,
           remind_on = greatest(d.due_on - coalesce(w.reminder_days, %(default)s::int), %(day)s::date),
           debit_on = case when d.due_on >= %(day)s::date then d.due_on end
      from policies_policy p
      left join people_servicepreference w on w.party_id = p.holder_id
     where p.id = d.policy_id and d.policy_id >= %(first)s::bigint and d.policy_id < %(end)s::bigint
       and d.state = 'LAPSED' and p.state in ('IN_FORCE', 'GRACE') and p.paid_to = d.due_on
       and p.premium > 0 and (p.waived_from is null or p.waived_from > d.due_on)
"""


def list_dues(span: Span) -> int:
    """Write down every premium that falls due within sixty days and is not yet on the list."""
    listed = tx.changed(
        _LIST, span.given(ahead=days.LIST_AHEAD_DAYS, default=days.REMIND_DEFAULT_DAYS)
    )
    tx.changed(_FOLLOW, span.given())
    return listed


def settle_elsewhere(span: Span) -> int:
    """
    Close what was paid at a counter, waived, reinstated, or ended with its contract.

    A premium that was not owed yet when its contract was suspended is asked for again once that goes on.
    """
    tx.changed(_REOPEN, span.given(default=days.REMIND_DEFAULT_DAYS))
    return tx.changed(_SETTLE, span.given())


@tx.step
def settle_policy(policy_id: int, span: Span) -> int:
    """The same for one policy, as soon as something happened to it."""
    return tx.changed(_SETTLE, {"first": policy_id, "end": policy_id + 1, "day": span.day})


@tx.step
def list_again(policy_id: int, span: Span) -> int:
    """
    Put premiums of a contract that goes on back on the list, to be paid by its day and never debited.

    They were closed or lapsed when the contract was thought to have ended or to be suspended; who pays
    them is told in writing, and again a week before that day.
    """
    return tx.changed(
        """
        update renewals_premiumdue d
           set state = 'OPEN', ended_on = null, lapsed_on = null, window_ends_on = null,
               debit_on = null, grace_ends_on = p.pay_until, reminded = %(told)s::smallint, remind_on = p.pay_until - 7
          from policies_policy p
         where p.id = d.policy_id and p.id = %(policy)s::bigint and d.state in ('CLOSED', 'LAPSED')
           and not d.for_new_year and p.pay_until is not null and d.due_on >= p.paid_to and d.due_on <= %(day)s::date
        """,
        {"policy": policy_id, "day": span.day, "told": days.DUE_DAY},
    )


@tx.step
def note_waiver(policy_id: int, span: Span) -> int:
    """Premiums of a contract that are waived, those among them that were paid before and go back."""
    return tx.changed(
        """
        update renewals_premiumdue d
           set state = 'WAIVED', ended_on = %(day)s::date, remind_on = null, debit_on = null
          from policies_policy p
         where p.id = d.policy_id and p.id = %(policy)s::bigint and p.waived_from <= d.due_on
           and d.state <> 'WAIVED' and not d.for_new_year
        """,
        {"policy": policy_id, "day": span.day},
    )


@tx.step
def take_waiver_back(policy_id: int, span: Span) -> int:
    """
    Premiums that are owed after all: what fell due meanwhile until the day policies gives for it and
    never debited, the others as when they were listed first.
    """
    return tx.changed(
        """
        update renewals_premiumdue d
           set state = 'OPEN', ended_on = null, reminded = 0,
               debit_on = case when d.due_on > %(day)s::date then d.due_on end,
               remind_on = greatest(d.due_on - %(default)s::int, %(day)s::date),
               grace_ends_on = greatest(d.grace_ends_on, p.pay_until)
          from policies_policy p
         where p.id = d.policy_id and p.id = %(policy)s::bigint and d.state = 'WAIVED'
           and p.waived_from is null and p.paid_to <= d.due_on
        """,
        {"policy": policy_id, "day": span.day, "default": days.REMIND_DEFAULT_DAYS},
    )


@tx.step
def follow_wish(holder_id: int) -> int:
    """Set the first reminder of what is listed anew, after the holder chose another time for it."""
    return tx.changed(
        """
        update renewals_premiumdue d set remind_on = d.due_on - w.reminder_days
          from people_servicepreference w
         where w.party_id = d.holder_id and d.holder_id = %s::bigint and d.state = 'OPEN'
           and d.reminded = 0
        """,
        [holder_id],
    )
