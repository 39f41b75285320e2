"""Grace, money of the policy's own, lapse, and the way back."""

from __future__ import annotations

import orjson

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.refs import SYSTEM, Ref
from yilu.messaging import operations as messaging
from yilu.policies import operations as policies
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
           window_ends_on = (p.suspended_on + interval '2 years')::date,
           remind_on = (p.suspended_on + interval '2 years')::date - %(warn)s::int
      from policies_policy p
      join products_productversion v on v.id = p.product_version_id
      join products_product r on r.id = v.product_id
     where p.id = d.policy_id and d.policy_id >= %(first)s::bigint and d.policy_id < %(end)s::bigint
       and d.state = 'OPEN' and not d.for_new_year and p.state = 'SUSPENDED'
    returning d.id, d.policy_id, d.holder_id, p.number, r.name, d.lapsed_on, d.window_ends_on
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


def tell_of_lapses(span: Span) -> int:
    """
    Tell holders whose cover is suspended, the same day: since when, and how to restore it until when.

    The regulator allows ten working days (服务规定 21); the promise is kept as an obligation.
    """
    lapsed = tx.rows(_LAPSED, span.given(warn=days.WINDOW_WARNINGS[0]))
    for due_id, policy_id, holder_id, number, product, lapsed_on, until in lapsed:
        until = days.window_ends(lapsed_on)
        facts = {
            "policies": named([(product, number)]), "since": lapsed_on.isoformat(),
            "until": until.isoformat(),
        }  # fmt: skip
        about = Ref("policy", policy_id)
        messaging.queue(
            "renewals.lapsed", to=Ref("party", holder_id), about=about, at=span.at, facts=facts,
            copy_agent=True,
        )  # fmt: skip
        fact = events.LapseTold(suspended_on=lapsed_on.isoformat(), until=until.isoformat())
        journal.record(fact, about=about, actor=SYSTEM, at=span.at, party=holder_id)
        caring.close_for(due_id, "LAPSED", SYSTEM, span.at)
    return len(lapsed)


_CLOSING = """
    select d.id, d.policy_id, d.holder_id, p.number, r.name, d.window_ends_on
      from renewals_premiumdue d
      join policies_policy p on p.id = d.policy_id
      join products_productversion v on v.id = p.product_version_id
      join products_product r on r.id = v.product_id
     where d.policy_id >= %(first)s::bigint and d.policy_id < %(end)s::bigint and d.state = 'LAPSED'
       and d.remind_on <= %(day)s::date and p.state = 'SUSPENDED'
     order by d.id
"""


def warn_of_windows(span: Span) -> int:
    """Tell holders again, 90 and 30 days before, that a policy can be reinstated only until then."""
    due = tx.rows(_CLOSING, span.given())
    rows = []
    for due_id, policy_id, holder_id, number, product, until in due:
        following = next((d for d in days.warning_days(until) if d > span.day), None)
        rows.append({"id": due_id, "next": following})
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
            update renewals_premiumdue d set remind_on = row.next
              from json_to_recordset(%s::json) as row(id bigint, next date) where d.id = row.id
            """,
            [orjson.dumps(rows).decode()],
        )
    return len(rows)
