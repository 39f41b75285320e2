"""What is coming: benefits told of before their day, contracts that run out and give nothing."""

from __future__ import annotations

from datetime import timedelta

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.refs import SYSTEM, Ref
from yilu.messaging import operations as messaging
from yilu.policies import queries as policies
from yilu.renewals import events
from yilu.renewals.operations.reminding import named
from yilu.renewals.operations.span import Span
from yilu.renewals.rules import days
from yilu.standards import queries as standards

ALIVE = """
    not exists (select from people_decease x where x.party_id in (p.insured_id, p.holder_id))
"""

# Benefits fall due on anniversaries of the start and at the end.
_MAY_GIVE = f"""
    select p.id, p.holder_id, p.number, r.name
      from policies_policy p
      join products_productversion v on v.id = p.product_version_id
      join products_product r on r.id = v.product_id
     where p.id >= %(first)s::bigint and p.id < %(end)s::bigint and p.state in ('IN_FORCE', 'GRACE')
       and (to_char(p.effective_on, 'MMDD') = any(%(starts)s::text[]) or p.ends_on = %(due)s::date)
       and {ALIVE}
     order by p.id
"""


def tell_of_benefits(span: Span) -> int:
    """Tell holders some weeks ahead what their contract will give, so that account and choice are right."""
    due = span.day + timedelta(days=standards.whole_figure("renewals.benefit_ahead_days", span.day))
    starts = days.anniversary_month_days(due)
    found = {row[0]: row[1:] for row in tx.rows(_MAY_GIVE, span.given(due=due, starts=starts))}
    coming = policies.coming_benefits(list(found), due, due) if found else []
    for each in coming:
        holder_id, number, product = found[each.policy_id]
        about = Ref("policy", each.policy_id)
        messaging.queue(
            "renewals.benefit_coming", to=Ref("party", holder_id), about=about, at=span.at,
            facts={
                "policies": named([(product, number)]), "amount": str(each.amount),
                "due": due.isoformat(),
            },
        )  # fmt: skip
        fact = events.BenefitForetold(
            code=each.code, due_on=due.isoformat(), amount=str(each.amount)
        )
        journal.record(fact, about=about, actor=SYSTEM, at=span.at, party=holder_id)
    return len(coming)


# What is renewed, or might be, has words of its own; a rider that ends with its main contract is told with it.
_RUNS_OUT = f"""
    select p.id, p.holder_id, p.number, r.name, p.ends_on
      from policies_policy p
      join products_productversion v on v.id = p.product_version_id
      join products_product r on r.id = v.product_id
      left join policies_policy m on m.id = p.main_id
     where p.id >= %(first)s::bigint and p.id < %(end)s::bigint
       and (p.ends_on = %(day)s::date or p.ends_on = %(due)s::date)
       and (p.state in ('IN_FORCE', 'GRACE') or (p.state = 'EXPIRED' and p.ending = 'MATURED'))
       and m.ends_on is distinct from p.ends_on
       and not exists (select from renewals_newyear y where y.policy_id = p.id) and {ALIVE}
     order by p.id
"""


def tell_of_ends(span: Span) -> int:
    """
    Tell holders some weeks before, and on the day, that a contract runs out and gives nothing at its end.

    A service to whoever holds it, agreed to marketing or not: what comes after is their own matter.
    """
    ahead = standards.whole_figure("renewals.cover_end_ahead_days", span.day)
    due = span.day + timedelta(days=ahead)
    rows = tx.rows(_RUNS_OUT, span.given(due=due))
    ids = [row[0] for row in rows]
    coming = policies.coming_benefits(ids, span.day, due) if ids else []
    gives = {(benefit.policy_id, benefit.due_on) for benefit in coming}
    told = [row for row in rows if (row[0], row[4]) not in gives]
    for policy_id, holder_id, number, product, ends_on in told:
        about = Ref("policy", policy_id)
        messaging.queue(
            "renewals.cover_ended" if ends_on == span.day else "renewals.cover_ending",
            to=Ref("party", holder_id), about=about, at=span.at, copy_agent=True,
            facts={"policies": named([(product, number)]), "on": ends_on.isoformat()},
        )  # fmt: skip
        fact = events.CoverEndTold(
            ends_on=ends_on.isoformat(), days_before=(ends_on - span.day).days
        )
        journal.record(fact, about=about, actor=SYSTEM, at=span.at, party=holder_id)
    return len(told)
