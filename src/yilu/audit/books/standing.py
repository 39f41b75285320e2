"""What a policy's row says against its own ledger, schedule and dates."""

from __future__ import annotations

from collections.abc import Iterator

from yilu.audit.books.span import Found, Span, told
from yilu.kernel import tx

SLACK_DAYS = 3
"""How long the daily run may be late before what it should have done is missed."""

# A column of the ledger says what lies there; the row of the policy and its loans must agree. How many
# instalments are paid follows from the schedule alone; a policy whose premium, sum or frequency was
# ever changed is judged by its ledger only.
_BALANCES = """
    with books as (
        select policy_id, -sum(loan) as lent, sum(suspense) as suspense, sum(survival) as survival,
               sum(dividend) as dividend, sum(premium) filter (where kind <> 'ADDED') as premium,
               bool_or(kind = 'PARTIAL') as reduced
          from policies_ledgerentry
         where policy_id > %(after)s::bigint and policy_id <= %(last)s::bigint group by policy_id
    ), lent as (
        select policy_id, sum(principal) as principal, sum(principal + carried) as owed
          from policies_policyloan
         where policy_id > %(after)s::bigint and policy_id <= %(last)s::bigint and closed_on is null
         group by policy_id
    ), judged as (
        select p.*, p.state in ('IN_FORCE', 'GRACE', 'SUSPENDED') as living,
               case p.pay_mode when 'MONTHLY' then 1 when 'QUARTERLY' then 3 when 'HALF_YEARLY' then 6
                    when 'YEARLY' then 12 end as months,
               (extract(year from p.effective_on) * 12 + extract(month from p.effective_on))::int as begun
          from policies_policy p where p.id > %(after)s::bigint and p.id <= %(last)s::bigint
    ), counted as (
        select j.*, case
               when months is null then 1
               when paid_to is not null
               then ((extract(year from paid_to) * 12 + extract(month from paid_to))::int - begun) / months
               else least(pay_years * 12 / months, coalesce(
                    ((extract(year from ends_on) * 12 + extract(month from ends_on))::int - begun) / months,
                    pay_years * 12 / months)) end as paid
          from judged j
    )
    select p.id, found.kind, 'policy:' || p.id, found.place, found.expected, found.actual
      from counted p
      left join books b on b.policy_id = p.id
      left join lent l on l.policy_id = p.id
     cross join lateral (values
        ('LOAN_LEDGER', '', coalesce(b.lent, 0), coalesce(l.principal, 0), true),
        ('LOAN_OWED', '', coalesce(l.owed, 0), p.loan_owed, true),
        ('NEGATIVE', 'suspense', 0.00, b.suspense, b.suspense < 0),
        ('NEGATIVE', 'survival', 0.00, b.survival, b.survival < 0),
        ('NEGATIVE', 'dividend', 0.00, b.dividend, b.dividend < 0),
        ('PREMIUM_BOOKS', '', coalesce(b.premium, 0), p.premiums_paid,
         p.living and not coalesce(b.reduced, false)),
        ('SCHEDULE', p.paid_to::text, p.paid * p.premium, p.premiums_paid,
         p.living and p.paid_up_on is null
         and not exists (select from policies_policyevent h
                          where h.pgh_obj_id = p.id
                            and (h.premium, h.sum_insured, h.pay_mode)
                                is distinct from (p.premium, p.sum_insured, p.pay_mode))),
        ('LEFT_LYING', '', 0.00, b.suspense + b.dividend + case when p.ending = 'MATURED' then 0
                                                              else b.survival end,
         not p.living and p.ended_on < %(day)s::date - %(slack)s::int
         and not exists (select from work_item i
                          where i.subject = 'policy:' || p.id and i.state in ('OPEN', 'TAKEN')
                            and i.queue_id in ('policies.leftover', 'renewals.unclaimed')))
        ) as found(kind, place, expected, actual, matters)
     where found.expected <> found.actual and found.matters
     order by p.id, found.kind
"""


def balances(span: Span) -> Iterator[Found]:
    """
    Loans, money that lies with us, premiums counted, premiums by the schedule: all against the ledger.

    Money that is left on a contract that has ended must be in somebody's hands.
    """
    yield from told(tx.rows(_BALANCES, span.given(slack=SLACK_DAYS)))


# Grace is the wording's; a later day where one was given. A loan that outgrew the value suspends too.
_LAPSES = """
    select p.id, found.kind, 'policy:' || p.id, coalesce(p.paid_to::text, ''), found.expected, found.actual
      from policies_policy p
      join products_productversion v on v.id = p.product_version_id
     cross join lateral (
        select greatest(p.paid_to + (v.terms->>'grace_days')::int, p.pay_until) as until) as grace
     cross join lateral (values
        ('UNPAID', 'SUSPENDED', p.state,
         p.state in ('IN_FORCE', 'GRACE') and p.premium > 0
         and grace.until + %(slack)s::int < %(day)s::date
         and (p.ends_on is null or p.ends_on > %(day)s::date)
         and (p.waived_from is null or p.waived_from > p.paid_to)
         and not exists (select from policies_premiumhold h
                          where h.policy_id = p.id and h.released_at is null)
         and not exists (select from renewals_premiumdue d
                           join renewals_orderline n on n.due_id = d.id and n.live
                           join renewals_premiumorder o on o.id = n.order_id and o.state = 'PAYING'
                           join payments_collection c on c.key = 'order:' || o.id
                                and c.state in ('SENT', 'COLLECTED')
                          where d.policy_id = p.id)),
        ('LAPSED', 'IN_FORCE', p.state,
         p.state = 'SUSPENDED'
         and (p.paid_to is null or p.suspended_on <= grace.until
              or (p.waived_from is not null and p.waived_from <= p.paid_to))
         and not exists (select from journal_event e
                          where e.subject = 'policy:' || p.id and e.kind = 'policies.loan_outgrew_value'
                            and (e.happened_at at time zone 'Asia/Shanghai')::date >= p.suspended_on))
        ) as found(kind, expected, actual, matters)
     where p.id > %(after)s::bigint and p.id <= %(last)s::bigint and found.matters
     order by p.id
"""


def lapses(span: Span) -> Iterator[Found]:
    """A contract in force though unpaid beyond grace; one that lapsed although its premium was paid."""
    yield from told(tx.rows(_LAPSES, span.given(slack=SLACK_DAYS)))
