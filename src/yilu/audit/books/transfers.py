"""What left a policy by itself, not on a request: dividends, benefits, what was left; and what fell due."""

from __future__ import annotations

from collections.abc import Iterator

from yilu.audit.books.span import Found, Span, told
from yilu.kernel import tx

# A booking under a request or an order is judged there; under the policy's own name it was its beginning.
_PAYMENTS = """
    with gone as (
        select policy_id, sum(amount) as amount from (
            select policy_id, about, sum(customer) as amount from policies_ledgerentry
             where policy_id > %(after)s::bigint and policy_id <= %(last)s::bigint and customer <> 0
               and about not like 'servicing_request:%%' and about not like 'premium_order:%%'
               and about not like 'policy:%%' and about not like 'new_year:%%'
             group by policy_id, about having sum(customer) > 0) as each
         group by policy_id
    ), paid as (
        select p.id as policy_id, sum(o.amount) as amount
          from policies_policy p
          join lateral (
            select o.id, o.amount, o.state from payments_payout o where o.about = 'policy:' || p.id
             union all
            select o.id, o.amount, o.state from renewals_premiumdue d
              join payments_payout o on o.about = 'premium_due:' || d.id where d.policy_id = p.id
             union all
            select o.id, o.amount, o.state from renewals_suspension s
              join payments_payout o on o.about = 'suspension:' || s.id where s.policy_id = p.id
          ) as o on o.state = 'SETTLED'
                 or (o.state <> 'CANCELLED'
                     and not exists (select from payments_payout n where n.replaces_id = o.id))
         where p.id > %(after)s::bigint and p.id <= %(last)s::bigint
         group by p.id
    )
    select coalesce(g.policy_id, o.policy_id), 'PAID_OUT', 'policy:' || coalesce(g.policy_id, o.policy_id),
           '', coalesce(g.amount, 0.00), coalesce(o.amount, 0.00)
      from gone g full join paid o on o.policy_id = g.policy_id
     where coalesce(g.amount, 0) <> coalesce(o.amount, 0)
     order by 1
"""


def payments(span: Span) -> Iterator[Found]:
    """What the ledger says went out to a policy's people by itself was asked of the bank, and no more."""
    yield from told(tx.rows(_PAYMENTS, span.given()))


_BENEFITS = """
    with due as (
        select policy_id, code, due_on, amount from policies_duebenefit
         where policy_id > %(after)s::bigint and policy_id <= %(last)s::bigint
    ), booked as (
        select policy_id, about, -benefit as amount from policies_ledgerentry
         where policy_id > %(after)s::bigint and policy_id <= %(last)s::bigint and kind = 'BENEFIT'
    )
    select coalesce(d.policy_id, b.policy_id), 'BENEFIT',
           'policy:' || coalesce(d.policy_id, b.policy_id),
           coalesce(d.code || ' ' || d.due_on, b.about), coalesce(d.amount, 0.00), coalesce(b.amount, 0.00)
      from due d
      full join booked b on b.policy_id = d.policy_id
           and b.about = left('benefit_' || d.code, 40) || ':' || to_char(d.due_on, 'YYYYMMDD')
     where d.amount is distinct from b.amount
     order by 1
"""


def benefits(span: Span) -> Iterator[Found]:
    """Each survival or maturity benefit that fell due is booked, once and as it is."""
    yield from told(tx.rows(_BENEFITS, span.given()))
