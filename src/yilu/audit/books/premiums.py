"""Premiums asked for, received and booked: orders, and the list of what fell due."""

from __future__ import annotations

from collections.abc import Iterator

from yilu.audit.books.requests import ANSWER_HOURS
from yilu.audit.books.span import Found, Span, told
from yilu.kernel import tx

# What was paid for a next year that was called off went back rightly: it was received all the same.
# An order of several policies is judged with the first of them, once.
_ORDERS = """
    with orders as (
        select o.*, 'premium_order:' || o.id as ref,
               (select min(d.policy_id) from renewals_orderline n
                  join renewals_premiumdue d on d.id = n.due_id where n.order_id = o.id) as judged_by
          from renewals_premiumorder o
         where o.id in (select n.order_id from renewals_premiumdue d
                          join renewals_orderline n on n.due_id = d.id
                         where d.policy_id > %(after)s::bigint and d.policy_id <= %(last)s::bigint)
    )
    select o.judged_by, found.kind, o.ref, '', found.expected, found.actual
      from orders o
     cross join lateral (
        select coalesce(sum(n.amount), 0) as amount from renewals_orderline n
         where n.order_id = o.id) as asked
     cross join lateral (
        select coalesce(sum(c.amount - c.refunded + coalesce(off.amount, 0)), 0) as amount, max(c.ended_at) as ended_at
          from payments_collection c
          left join lateral (select sum(f.amount) as amount from payments_refund f
                              where f.collection_id = c.id and f.key like 'new_year:%%') as off on true
         where c.key = 'order:' || o.id and (c.state = 'COLLECTED' or c.stray)) as received
     cross join lateral (values
        ('ORDER_LINES', o.total, asked.amount, true),
        ('ORDER_RECEIVED', case when o.state = 'PAID' then o.total else 0.00 end, received.amount,
         received.ended_at is null
         or received.ended_at < %(at)s::timestamptz - make_interval(hours => %(hours)s::int))
        ) as found(kind, expected, actual, matters)
     where o.judged_by > %(after)s::bigint and o.judged_by <= %(last)s::bigint
       and found.expected <> found.actual and found.matters
     union all
    select d.policy_id, 'PREMIUM_BOOKED', 'premium_order:' || o.id, d.due_on::text,
           case when o.state = 'PAID' then n.amount else 0.00 end, coalesce(-e.amount, 0)
      from renewals_premiumdue d
      join renewals_orderline n on n.due_id = d.id
      join renewals_premiumorder o on o.id = n.order_id
     cross join lateral (select sum(each.customer) as amount from (
        select e.customer from policies_ledgerentry e
         where e.policy_id = d.policy_id and e.about = 'premium_order:' || o.id
         union all
        select e.customer from policies_policy p
          join policies_ledgerentry e on e.policy_id = p.id and e.about = 'premium_order:' || o.id
         where d.for_new_year and p.renews_id = d.policy_id) as each) as e
     where d.policy_id > %(after)s::bigint and d.policy_id <= %(last)s::bigint
       and case when o.state = 'PAID' then n.amount else 0.00 end <> coalesce(-e.amount, 0)
     order by 1, 3
"""


def orders(span: Span) -> Iterator[Found]:
    """An order is the sum of its premiums; what was received for it is that, or nothing; each is booked."""
    yield from told(tx.rows(_ORDERS, span.given(hours=ANSWER_HOURS)))


_DUES = """
    select d.policy_id, 'DUE_STATE', 'premium_due:' || d.id, d.due_on::text, 'OPEN', d.state
      from renewals_premiumdue d
      join policies_policy p on p.id = d.policy_id
     where d.policy_id > %(after)s::bigint and d.policy_id <= %(last)s::bigint
       and d.state in ('PAID', 'ADVANCED') and p.state in ('IN_FORCE', 'GRACE', 'SUSPENDED')
       and p.paid_to <= d.due_on and not d.for_new_year
     union all
    select d.policy_id, 'DUE_STATE', 'premium_due:' || d.id, d.due_on::text, 'OPEN', d.state
      from renewals_premiumdue d
     where d.policy_id > %(after)s::bigint and d.policy_id <= %(last)s::bigint
       and d.state = 'PAID' and d.for_new_year
       and not exists (select from policies_policy n
                        where n.renews_id = d.policy_id and n.ending <> 'NOT_BEGUN')
     order by 1, 4
"""


def dues(span: Span) -> Iterator[Found]:
    """A premium that is on the list as paid, while its policy still waits for it, or the next year is none."""
    yield from told(tx.rows(_DUES, span.given()))
