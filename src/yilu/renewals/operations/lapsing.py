"""Grace, money of the policy's own, lapse, and the way back."""

from __future__ import annotations

import orjson

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.refs import SYSTEM, Ref
from yilu.messaging import operations as messaging
from yilu.policies import operations as policies
from yilu.policies import queries as policy_queries
from yilu.renewals import events
from yilu.renewals.operations import caring, listing
from yilu.renewals.operations.reminding import named
from yilu.renewals.operations.span import NOT_HELD, Span
from yilu.renewals.rules import days

_LIES_WITH_US = f"""
    select distinct d.policy_id
      from renewals_premiumdue d
      join policies_policy p on p.id = d.policy_id
      join policies_ledgerentry e on e.policy_id = d.policy_id and (e.suspense <> 0 or e.dividend <> 0)
     where d.policy_id >= %(first)s::bigint and d.policy_id < %(end)s::bigint and d.state = 'OPEN'
       and d.due_on <= %(day)s::date and p.state in ('IN_FORCE', 'GRACE') and p.paid_to = d.due_on
       and {NOT_HELD}
       and not exists (select from renewals_orderline l where l.due_id = d.id and l.live)
     order by d.policy_id
"""

_GRACE_OVER = f"""
    select d.policy_id
      from renewals_premiumdue d
      join policies_policy p on p.id = d.policy_id
     where d.policy_id >= %(first)s::bigint and d.policy_id < %(end)s::bigint and d.state = 'OPEN'
       and d.grace_ends_on < %(day)s::date and p.state in ('IN_FORCE', 'GRACE')
       and p.paid_to = d.due_on and p.advances_premium and {NOT_HELD}
       and not exists (select from renewals_orderline l where l.due_id = d.id and l.live)
     order by d.policy_id
"""

# A payment that was made within grace and whose answer is still under way keeps the policy from lapsing.
_PAYING = """
    select d.policy_id from renewals_orderline l
      join renewals_premiumorder o on o.id = l.order_id and o.state = 'PAYING'
      join renewals_premiumdue d on d.id = l.due_id
     where l.live and not d.for_new_year and d.policy_id >= %(first)s::bigint and d.policy_id < %(end)s::bigint
       and exists (select from payments_collection c
                    where c.key = 'order:' || o.id and c.state in ('SENT', 'COLLECTED'))
"""

_LAPSED = """
    update renewals_premiumdue d
       set state = 'LAPSED', lapsed_on = p.suspended_on, ended_on = %(day)s::date, debit_on = null,
           remind_on = null, window_ends_on = (p.suspended_on + make_interval(years => %(years)s::int))::date
      from policies_policy p
     where p.id = d.policy_id and d.policy_id >= %(first)s::bigint and d.policy_id < %(end)s::bigint
       and d.state = 'OPEN' and not d.for_new_year and p.state = 'SUSPENDED'
    returning d.id
"""

_SUSPENDED = """
    with noted as (
        insert into renewals_suspension (policy_id, reason, suspended_on, window_ends_on, remind_on)
        select p.id, coalesce(nullif(p.suspended_for, ''), 'PREMIUM'), p.suspended_on,
               (p.suspended_on + make_interval(years => %(years)s::int))::date,
               (p.suspended_on + make_interval(years => %(years)s::int))::date - %(warn)s::int
          from policies_policy p
         where p.id >= %(first)s::bigint and p.id < %(end)s::bigint and p.state = 'SUSPENDED'
           and not exists (select from renewals_suspension s
                            where s.policy_id = p.id and s.suspended_on = p.suspended_on)
        on conflict (policy_id, suspended_on) do nothing
        returning policy_id, reason, suspended_on, window_ends_on)
    select n.policy_id, p.holder_id, p.number, r.name, n.reason, n.suspended_on, n.window_ends_on
      from noted n
      join policies_policy p on p.id = n.policy_id
      join products_productversion v on v.id = p.product_version_id
      join products_product r on r.id = v.product_id
     order by n.policy_id
"""
POLICY_GOES_ON = ("IN_FORCE", "GRACE", "SUSPENDED")
TEMPLATES = {"PREMIUM": "renewals.lapsed", "LOAN": "renewals.lapsed_by_loan"}

# The contract went on, or ended.
_OVER = """
    update renewals_suspension s set ended_on = %(day)s::date, remind_on = null
      from policies_policy p
     where p.id = s.policy_id and s.policy_id >= %(first)s::bigint and s.policy_id < %(end)s::bigint
       and s.ended_on is null
       and (p.state <> 'SUSPENDED' or p.suspended_on is distinct from s.suspended_on)
    returning s.id, p.state
"""


def pay_from_own_money(span: Span) -> int:
    """Pay what is due from money of the customer's that lies with us: suspense, chosen dividends."""
    paid = 0
    for (policy_id,) in tx.rows(_LIES_WITH_US, span.given()):
        if policies.use_own_money(policy_id=policy_id, actor=SYSTEM, at=span.at):
            listing.settle_policy(policy_id, span)
            paid += 1
    return paid


def advance(span: Span) -> int:
    """Lend the premium where the holder agreed and the value suffices, once grace is over (自动垫交)."""
    over = [policy_id for (policy_id,) in tx.rows(_GRACE_OVER, span.given())]
    if not over:
        return 0
    done = policies.advance_premiums(over, actor=SYSTEM, at=span.at, today=span.day)
    if done:
        tx.changed(
            """
            update renewals_premiumdue d
               set state = 'ADVANCED', ended_on = %s::date, remind_on = null, debit_on = null
              from policies_policy p
             where p.id = d.policy_id and d.policy_id = any(%s::bigint[]) and d.state = 'OPEN'
               and (p.paid_to is null or p.paid_to > d.due_on)
            """,
            [span.day, sorted(done)],
        )
    return len(done)


def move(span: Span) -> int:
    """Start grace, suspend and let expire what has come due; not what is being paid this moment."""
    paying = [policy_id for (policy_id,) in tx.rows(_PAYING, span.given())]
    return policies.move_policies_between(
        first=span.first, end=span.end, today=span.day, sparing=paying, at=span.at
    )


def tell_of_suspensions(span: Span) -> int:
    """
    Tell holders whose cover is suspended, the same day: since when and why, how to restore it until when.

    Whatever the reason, and whether a premium is on the list or not. The regulator allows ten working
    days (服务规定 21); the promise is kept as an obligation.
    """
    years = policy_queries.reinstated_within_years(span.day)
    for (due_id,) in tx.rows(_LAPSED, span.given(years=years)):
        caring.close_for(due_id, "LAPSED", SYSTEM, span.at)
    noted = tx.rows(_SUSPENDED, span.given(years=years, warn=days.WINDOW_WARNINGS[0]))
    for policy_id, holder_id, number, product, reason, since, until in noted:
        facts = {
            "policies": named([(product, number)]), "since": since.isoformat(),
            "until": until.isoformat(),
        }  # fmt: skip
        about = Ref("policy", policy_id)
        messaging.queue(
            TEMPLATES[reason], to=Ref("party", holder_id), about=about, at=span.at, facts=facts,
            copy_agent=True,
        )  # fmt: skip
        fact = events.LapseTold(
            suspended_on=since.isoformat(), until=until.isoformat(), reason=reason
        )
        journal.record(fact, about=about, actor=SYSTEM, at=span.at, party=holder_id)
    return len(noted)


def settle_suspensions(span: Span) -> int:
    """Close what is no longer suspended, and with it the case in which a person was to decide."""
    over = tx.rows(_OVER, span.given())
    for suspension_id, state in over:
        caring.close_end(
            suspension_id, "REINSTATED" if state in POLICY_GOES_ON else "ENDED", span.at
        )
    return len(over)


@tx.step
def note_suspension(span: Span) -> None:
    """The same for one contract, as soon as it is suspended."""
    tell_of_suspensions(span)


@tx.step
def note_way_on(span: Span) -> None:
    """One contract goes on or ended: what fell due is asked for again or settled, nothing is to be decided."""
    listing.settle_elsewhere(span)
    settle_suspensions(span)


@tx.step
def warn_of_loan(*, policy_id: int, span: Span) -> None:
    """Tell a holder that what is owed comes near the value, before cover is suspended (事先通知)."""
    for holder_id, number, product in tx.rows(_NAMED, [policy_id]):
        messaging.queue(
            "renewals.loan_nears_value", to=Ref("party", holder_id), about=Ref("policy", policy_id),
            at=span.at, facts={"policies": named([(product, number)])}, copy_agent=True,
        )  # fmt: skip


_NAMED = """
    select p.holder_id, p.number, r.name from policies_policy p
      join products_productversion v on v.id = p.product_version_id
      join products_product r on r.id = v.product_id
     where p.id = %s::bigint
"""

_CLOSING = """
    select s.id, s.policy_id, p.holder_id, p.number, r.name, s.window_ends_on
      from renewals_suspension s
      join policies_policy p on p.id = s.policy_id
      join products_productversion v on v.id = p.product_version_id
      join products_product r on r.id = v.product_id
     where s.policy_id >= %(first)s::bigint and s.policy_id < %(end)s::bigint and s.ended_on is null
       and s.remind_on <= %(day)s::date and p.state = 'SUSPENDED'
     order by s.id
"""


def warn_of_windows(span: Span) -> int:
    """Tell holders again, 90 and 30 days before, that a policy can be reinstated only until then."""
    closing = tx.rows(_CLOSING, span.given())
    rows = []
    for suspension_id, policy_id, holder_id, number, product, until in closing:
        following = next((d for d in days.warning_days(until) if d > span.day), None)
        rows.append({"id": suspension_id, "next": following})
        if until < span.day:
            continue
        facts = {"policies": named([(product, number)]), "until": until.isoformat()}
        about = Ref("policy", policy_id)
        messaging.queue(
            "renewals.window_closing", to=Ref("party", holder_id), about=about, at=span.at,
            facts=facts, copy_agent=True,
        )  # fmt: skip
        fact = events.WindowClosing(until=until.isoformat())
        journal.record(fact, about=about, actor=SYSTEM, at=span.at, party=holder_id)
    if rows:
        tx.changed(
            """
            update renewals_suspension s set remind_on = row.next
              from json_to_recordset(%s::json) as row(id bigint, next date) where s.id = row.id
            """,
            [orjson.dumps(rows).decode()],
        )
    return len(rows)
