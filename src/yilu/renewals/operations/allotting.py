"""Dividends at anniversaries: whose contracts take part, part by part of the run."""

from __future__ import annotations

from datetime import date, timedelta

from yilu.kernel import tx
from yilu.kernel.refs import SYSTEM
from yilu.policies import operations as policies
from yilu.policies import queries as policy_queries
from yilu.renewals.operations.span import Span

# Whose anniversary was in the last sixty days and who has no dividend of that year yet.
_MAY = """
    select p.id from policies_policy p
      join products_productversion v on v.id = p.product_version_id
      join products_product r on r.id = v.product_id
     where p.id >= %(first)s::bigint and p.id < %(end)s::bigint and p.state in ('IN_FORCE', 'GRACE')
       and r.code = any(%(codes)s::text[]) and p.main_id is null
       and to_char(p.effective_on, 'MMDD') = any(%(starts)s::text[])
       and not exists (select from policies_ledgerentry e
                        where e.policy_id = p.id and e.kind = 'DIVIDEND' and e."on" > %(since)s::date)
     order by p.id
"""


def allot(span: Span) -> int:
    """
    Allot what is due to contracts that take part; how many.

    A rate that was declared after the anniversary is made up for, within sixty days.
    """
    codes = policy_queries.participating(span.at)
    if not codes:
        return 0
    days = [span.day - timedelta(days=n) for n in range(policies.LOOK_BACK.days + 1)]
    starts = sorted({f"{day:%m%d}" for day in days} | ({"0229"} if _february(days) else set()))
    may = tx.rows(
        _MAY,
        span.given(
            codes=list(codes), starts=starts, since=span.day - policies.LOOK_BACK - timedelta(1)
        ),
    )
    if not may:
        return 0
    return len(
        policies.allot_dividends([id for (id,) in may], today=span.day, actor=SYSTEM, at=span.at)
    )


def _february(days: list[date]) -> bool:
    return any(f"{day:%m%d}" == "0228" for day in days)
