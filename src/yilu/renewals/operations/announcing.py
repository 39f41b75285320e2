"""Money that waits for customers, policy years that are complete, loans that fall due."""

from __future__ import annotations

from datetime import timedelta

import orjson

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.refs import SYSTEM, Ref
from yilu.kernel.years import full_years
from yilu.letters import operations as letters
from yilu.messaging import operations as messaging
from yilu.policies import operations as policies
from yilu.renewals import events
from yilu.renewals.operations import yearly
from yilu.renewals.operations.reminding import named
from yilu.renewals.operations.span import Span
from yilu.renewals.rules import days
from yilu.standards import queries as standards
from yilu.work import operations as work

UNCLAIMED = "renewals.unclaimed"
"""The queue for money of customers that nobody has taken."""

# Benefits fall due on anniversaries (of the start, or the first after a birthday) and at the end.
_MAY_HAVE = """
    select p.id
      from policies_policy p
      join products_productversion v on v.id = p.product_version_id
     where p.id >= %(first)s::bigint and p.id < %(end)s::bigint
       and (p.state in ('IN_FORCE', 'GRACE') or (p.state = 'EXPIRED' and p.ends_on = %(day)s::date))
       and (to_char(p.effective_on, 'MMDD') = any(%(starts)s::text[]) or p.ends_on = %(day)s::date)
     order by p.id
"""

_NAMES = """
    select p.id, p.holder_id, p.number, r.name
      from policies_policy p
      join products_productversion v on v.id = p.product_version_id
      join products_product r on r.id = v.product_id
     where p.id = any(%s::bigint[])
"""

_ANNOUNCE = """
    insert into renewals_benefitnotice (policy_id, holder_id, code, name, due_on, amount, announced_on, told,
           look_on)
    select b.policy_id, p.holder_id, b.code, b.name, b.due_on, b.amount, %(day)s::date, 1,
           case when b.state = 'DUE' then %(look)s::date end
      from policies_duebenefit b join policies_policy p on p.id = b.policy_id
     where b.policy_id = any(%(ids)s::bigint[])
    on conflict (policy_id, code, due_on) do nothing
    returning policy_id, code, due_on, amount, look_on is not null
"""


def announce_benefits(span: Span) -> int:
    """Find survival and maturity benefits that fall due, and tell their owners once each."""
    starts = days.anniversary_month_days(span.day)
    maybe = [row[0] for row in tx.rows(_MAY_HAVE, span.given(starts=starts))]
    if not maybe:
        return 0
    found = policies.find_due_benefits(maybe, today=span.day, actor=SYSTEM, at=span.at)
    if not found:
        return 0
    ids = sorted({each.policy_id for each in found})
    look = span.day + _again(span)
    said = tx.rows(_ANNOUNCE, {"day": span.day, "look": look, "ids": ids})
    names = {row[0]: row[1:] for row in tx.rows(_NAMES, [ids])}
    for policy_id, code, due_on, amount, waits in said:
        holder_id, number, product = names[policy_id]
        facts = {"policies": named([(product, number)]), "amount": str(amount)}
        template = "renewals.benefit_waits" if waits else "renewals.benefit_goes"
        about = Ref("policy", policy_id)
        messaging.queue(template, to=Ref("party", holder_id), about=about, at=span.at, facts=facts)
        fact = events.BenefitAnnounced(
            code=code, due_on=due_on.isoformat(), amount=str(amount), times=1
        )
        journal.record(fact, about=about, actor=SYSTEM, at=span.at, party=holder_id)
    return len(said)


def _again(span: Span) -> timedelta:
    """After how long money that nobody takes is announced again."""
    return timedelta(days=standards.whole_figure("renewals.unclaimed_again_days", span.day))


_UNCLAIMED = """
    select n.id, n.policy_id, n.holder_id, p.office_id, p.number, r.name, n.code, n.due_on, n.amount,
           n.told, b.state
      from renewals_benefitnotice n
      join policies_policy p on p.id = n.policy_id
      join products_productversion v on v.id = p.product_version_id
      join products_product r on r.id = v.product_id
      left join policies_duebenefit b
        on b.policy_id = n.policy_id and b.code = n.code and b.due_on = n.due_on
     where n.policy_id >= %(first)s::bigint and n.policy_id < %(end)s::bigint and n.look_on <= %(day)s::date
     order by n.id
"""


def sweep_unclaimed(span: Span) -> int:
    """Remind of money that nobody took; after some times in vain a person looks for its owner."""
    rows, waiting = [], 0
    enough = standards.whole_figure("renewals.unclaimed_times", span.day)
    for notice in tx.rows(_UNCLAIMED, span.given()):
        id, policy_id, holder_id, office_id, number, product, code, due_on, amount, told, state = (
            notice
        )
        if state != "DUE":
            rows.append({"id": id, "told": told, "look": None})
            continue
        waiting += 1
        following = None
        if told < enough:
            following = span.day + _again(span)
        else:
            work.open_item(
                UNCLAIMED, about=Ref("policy", policy_id), office_id=office_id, at=span.at,
                title="生存金或满期金长期未领取，请联系客户", amount=amount, party_id=holder_id,
            )  # fmt: skip
        rows.append({"id": id, "told": told + 1, "look": following})
        about = Ref("policy", policy_id)
        facts = {"policies": named([(product, number)]), "amount": str(amount)}
        messaging.queue(
            "renewals.benefit_waits", to=Ref("party", holder_id), about=about, at=span.at,
            facts=facts, copy_agent=True,
        )  # fmt: skip
        fact = events.BenefitAnnounced(
            code=code, due_on=due_on.isoformat(), amount=str(amount), times=told + 1
        )
        journal.record(fact, about=about, actor=SYSTEM, at=span.at, party=holder_id)
    if rows:
        tx.changed(
            """
            update renewals_benefitnotice n set told = row.told, look_on = row.look
              from json_to_recordset(%s::json) as row(id bigint, told int, look date) where n.id = row.id
            """,
            [orjson.dumps(rows).decode()],
        )
    return waiting


_ANNIVERSARIES = """
    select p.id, p.holder_id, p.number, r.name, p.effective_on
      from policies_policy p
      join products_productversion v on v.id = p.product_version_id
      join products_product r on r.id = v.product_id
     where p.id >= %(first)s::bigint and p.id < %(end)s::bigint and p.state in ('IN_FORCE', 'GRACE')
       and to_char(p.effective_on, 'MMDD') = any(%(starts)s::text[]) and p.effective_on < %(day)s::date
       and p.main_id is null and (p.ends_on is null or p.ends_on > %(day)s::date)
     order by p.id
"""


def tell_of_anniversaries(span: Span) -> int:
    """Write the year's statement and tell holders that a policy year is complete and where it is."""
    rows = tx.rows(_ANNIVERSARIES, span.given(starts=days.anniversary_month_days(span.day)))
    told = yearly.statements([row[0] for row in rows], span.day) if rows else {}
    wanted: list[letters.Ordered] = []
    for policy_id, holder_id, number, product, effective_on in rows:
        year = full_years(effective_on, span.day)
        about = Ref("policy", policy_id)
        facts = {"policies": named([(product, number)]), "years": str(year)}
        messaging.queue(
            "renewals.anniversary", to=Ref("party", holder_id), about=about, at=span.at, facts=facts
        )
        fact = events.AnniversaryTold(year=year)
        journal.record(fact, about=about, actor=SYSTEM, at=span.at, party=holder_id)
        about_year = {"policy": number, "product": product, "year": str(year), **told[policy_id]}
        wanted.append(letters.Ordered("YEARLY", about, holder_id, about_year))
    letters.issue_many(letters=wanted, actor=SYSTEM, at=span.at)
    return len(rows)


_LOANS = """
    select p.id, p.holder_id, p.number, r.name, l.due_on, l.principal + l.carried
      from policies_policyloan l
      join policies_policy p on p.id = l.policy_id
      join products_productversion v on v.id = p.product_version_id
      join products_product r on r.id = v.product_id
     where l.policy_id >= %(first)s::bigint and l.policy_id < %(end)s::bigint and l.closed_on is null
       and l.kind = 'LOAN' and l.due_on - %(day)s::date = any(%(warnings)s::int[])
       and p.state in ('IN_FORCE', 'GRACE', 'SUSPENDED')
     order by p.id
"""


def tell_of_loans(span: Span) -> int:
    """Tell holders twice beforehand that a loan falls due, and what they can do."""
    ahead = ("renewals.loan_first_days", "renewals.loan_last_days")
    warnings = [standards.whole_figure(code, span.day) for code in ahead]
    rows = tx.rows(_LOANS, span.given(warnings=warnings))
    for policy_id, holder_id, number, product, due_on, owed in rows:
        about = Ref("policy", policy_id)
        facts = {
            "policies": named([(product, number)]), "amount": str(owed), "due": due_on.isoformat(),
        }  # fmt: skip
        messaging.queue(
            "renewals.loan_due", to=Ref("party", holder_id), about=about, at=span.at, facts=facts
        )
        fact = events.LoanDueTold(due_on=due_on.isoformat(), owed=str(owed))
        journal.record(fact, about=about, actor=SYSTEM, at=span.at, party=holder_id)
    return len(rows)
