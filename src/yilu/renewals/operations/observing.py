"""What became of premiums once their days of grace are over: told once each, for whoever measures."""

from __future__ import annotations

from datetime import timedelta

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.refs import SYSTEM, Ref
from yilu.renewals import events
from yilu.renewals.operations.span import Span

SETTLED_AFTER = timedelta(days=7)
"""So long after grace what was under way on its last day has arrived or failed."""
LONGEST_GRACE = timedelta(days=60)
"""保险法 36: no contract may lapse for a premium earlier, and none of ours waits longer."""

# What is waived or still open (a question holds it, an answer is under way) says nothing of paying.
_DUES = """
    select d.policy_id, d.holder_id, d.id, d.due_on::text, d.amount::text,
           d.state = 'PAID' and d.lapsed_on is null, r.code, p.channel, d.office_id
      from renewals_premiumdue d
      join policies_policy p on p.id = d.policy_id
      join products_productversion v on v.id = p.product_version_id
      join products_product r on r.id = v.product_id
     where d.policy_id >= %(first)s::bigint and d.policy_id < %(end)s::bigint
       and d.grace_ends_on = %(over)s::date and not d.for_new_year
       and (d.state in ('PAID', 'ADVANCED', 'LAPSED') or (d.state = 'CLOSED' and d.lapsed_on is not null))
       and p.main_id is null and p.channel <> 'GROUP'
     order by d.id
"""

# Whoever gave the contract back within the cooling-off period, whose benefit was paid or whose premiums
# are waived, and whom we rescinded, had no further year to pay for. Surrendered and lapsed ones had.
_YEARS = """
    select y.years, p.id, p.holder_id, p.effective_on::text, p.premium::text,
           (p.premium * case p.pay_mode when 'MONTHLY' then 12 when 'QUARTERLY' then 4
                                        when 'HALF_YEARLY' then 2 else 1 end)::text,
           (p.paid_to is null or p.paid_to > %(began)s::date)
           and not exists (select from renewals_premiumdue d where d.policy_id = p.id
                              and d.due_on = %(began)s::date
                              and (d.state = 'ADVANCED' or d.lapsed_on is not null)),
           r.code, p.channel, p.office_id
      from policies_policy p
      join (values (1), (2)) as y(years)
        on (p.effective_on + make_interval(years => y.years))::date = %(began)s::date
      join products_productversion v on v.id = p.product_version_id
      join products_product r on r.id = v.product_id
     where p.id >= %(first)s::bigint and p.id < %(end)s::bigint
       and p.pay_mode <> 'SINGLE' and p.pay_years > y.years and p.main_id is null and p.channel <> 'GROUP'
       and p.ending not in ('COOLING_OFF', 'NOT_BEGUN', 'PAID_OUT', 'RESCINDED')
       and (p.waived_from is null or p.waived_from > %(began)s::date)
       and (p.state not in ('IN_FORCE', 'GRACE') or p.paid_to is null or p.paid_to > %(began)s::date)
     order by p.id
"""

_FACTS = {1: events.SecondYearObserved, 2: events.ThirdYearObserved}
"""What is told of a contract after so many whole years."""


def observe(span: Span) -> int:
    """
    Tell of each premium, each second and each third year whether it was paid in time; how many were told.

    Every day looks at the one day whose premiums are ripe, so each is told once: a day's part runs once, and
    days without a run are made up for.
    """
    over = span.day - SETTLED_AFTER
    dues = tx.rows(_DUES, span.given(over=over))
    for policy_id, holder_id, due_id, due_on, amount, paid, product, channel, office_id in dues:
        fact: object = events.PremiumObserved(
            due_id=due_id, due_on=due_on, amount=amount, paid=paid, product=product,
            channel=channel, office_id=office_id,
        )  # fmt: skip
        journal.record(
            fact, about=Ref("policy", policy_id), actor=SYSTEM, at=span.at, party=holder_id
        )
    years = tx.rows(_YEARS, span.given(began=over - LONGEST_GRACE))
    for (
        year, policy_id, holder_id, effective_on, premium, yearly, paid, product, channel, office_id,
    ) in years:  # fmt: skip
        fact = _FACTS[year](
            effective_on=effective_on, premium=premium, yearly=yearly, paid=paid, product=product,
            channel=channel, office_id=office_id,
        )  # fmt: skip
        journal.record(
            fact, about=Ref("policy", policy_id), actor=SYSTEM, at=span.at, party=holder_id
        )
    return len(dues) + len(years)
