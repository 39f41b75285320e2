"""End the offers of a next year whose time is over."""

from __future__ import annotations

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.refs import SYSTEM, Ref
from yilu.messaging import operations as messaging
from yilu.renewals import events
from yilu.renewals.operations import caring, ordering
from yilu.renewals.operations.offering import QUEUE
from yilu.renewals.operations.reminding import named
from yilu.renewals.operations.span import Span
from yilu.work import operations as work

# Whose customer it is, and who serves them, may change between the offer and the day.
_FOLLOW = """
    with moved as (
        update renewals_premiumdue d
           set agent_id = p.agent_id, office_id = p.office_id, holder_id = p.holder_id
          from policies_policy p
         where p.id = d.policy_id and d.policy_id >= %(first)s::bigint and d.policy_id < %(end)s::bigint
           and d.state = 'OPEN' and d.for_new_year
           and (d.holder_id, d.office_id, d.agent_id) is distinct from (p.holder_id, p.office_id, p.agent_id)
           and not exists (select from renewals_orderline l where l.due_id = d.id and l.live)
        returning d.id, d.holder_id, d.office_id)
    update renewals_newyear y set holder_id = moved.holder_id, office_id = moved.office_id
      from moved where y.due_id = moved.id
"""

# A payment that left in time keeps the offer open until its answer is known.
_OVER = """
    with over as (
        update renewals_premiumdue d
           set state = 'CLOSED', ended_on = %(day)s::date, remind_on = null, debit_on = null
         where d.policy_id >= %(first)s::bigint and d.policy_id < %(end)s::bigint
           and d.state = 'OPEN' and d.for_new_year and d.grace_ends_on < %(day)s::date
           and not exists (
               select from renewals_orderline l
                 join renewals_premiumorder o on o.id = l.order_id and o.state = 'PAYING'
                 join payments_collection c on c.key = 'order:' || o.id and c.state in ('SENT', 'COLLECTED')
                where l.due_id = d.id and l.live)
        returning d.id),
    gone as (
        update renewals_newyear y set state = 'MISSED'
         where y.policy_id >= %(first)s::bigint and y.policy_id < %(end)s::bigint
           and ((y.state = 'OFFERED' and y.due_id in (select id from over))
             or (y.state = 'TO_DECIDE' and y.ends_on <= %(day)s::date))
        returning y.id, y.policy_id, y.holder_id, y.due_id, y.ends_on)
    select g.id, g.policy_id, g.holder_id, g.due_id, g.ends_on, p.number, r.name
      from gone g
      join policies_policy p on p.id = g.policy_id
      join products_productversion v on v.id = p.product_version_id
      join products_product r on r.id = v.product_id
     order by g.id
"""


def close_new_years(span: Span) -> int:
    """End the offers whose time to pay is over, telling the holder that cover has ended; how many."""
    tx.changed(_FOLLOW, span.given())
    over = tx.rows(_OVER, span.given())
    for id, policy_id, holder_id, due_id, ends_on, number, product in over:
        about = Ref("new_year", id)
        messaging.queue(
            "renewals.new_year_missed", to=Ref("party", holder_id), about=Ref("policy", policy_id),
            at=span.at, copy_agent=True,
            facts={
                "policies": named([(product, number)]),
                "since": ends_on.isoformat(),
            },
        )  # fmt: skip
        fact = events.NewYearMissed(policy_id=policy_id, ends_on=ends_on.isoformat())
        journal.record(fact, about=about, actor=SYSTEM, at=span.at, party=holder_id)
        if due_id is None:
            work.close_items(about=about, queue=QUEUE, at=span.at)
            continue
        ordering.take_back_orders(policy_id=policy_id, reason="OVER", actor=SYSTEM, at=span.at)
        caring.close_for(due_id, "ENDED_YEAR", SYSTEM, span.at)
    return len(over)
