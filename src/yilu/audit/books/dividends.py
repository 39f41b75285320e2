"""Dividends against the declared scale, and what they bought against the published prices."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from yilu.audit.books.span import Found, Span, told
from yilu.audit.rules import to_the_fen, yuan_text
from yilu.kernel import tx
from yilu.standards import queries as standards

SCALE = "policies.dividends"
"""The declared rates: yuan a thousand of the value of the anniversary."""

# The value of an anniversary stands in the published table: so many fen for 1,000 yuan of the sum
# insured at the end of each policy year. A contract whose sum or rating was changed since is not
# judged; of one paid by the month the value may lie lower where a premium was owed then.
_ALLOTTED = """
    select e.policy_id, e.about, e.dividend, e.posted_at, r.code, extract(year from e."on")::int,
           split_part(e.about, ':', 2)::int, p.pay_mode = 'YEARLY' or p.paid_to is null,
           round(worth.each * p.sum_insured / 100000, 2)
             + coalesce(round(worth.added * kept.sum / 100000, 2), 0)
      from policies_ledgerentry e
      join policies_policy p on p.id = e.policy_id
      join people_party i on i.id = p.insured_id
      join products_productversion v on v.id = p.product_version_id
      join products_product r on r.id = v.product_id
      left join products_ratetable t
             on t.product_version_id = p.product_version_id and t.pay_years = p.pay_years
            and t.sex = coalesce(nullif(p.rated_sex, ''), i.sex)
            and t.years = coalesce(extract(year from age(p.ends_on, p.effective_on))::int, 0)
     cross join lateral (
        select (t.paid_up -> p.rated_age::text) as bought,
               case when p.paid_up_on <= e."on" then t.paid_up else t.values end
               -> p.rated_age::text as kept) as line
     cross join lateral (
        select (line.kept ->> (least(split_part(e.about, ':', 2)::int,
                                     jsonb_array_length(line.kept)) - 1))::numeric as each,
               (line.bought ->> (least(split_part(e.about, ':', 2)::int,
                                       jsonb_array_length(line.bought)) - 1))::numeric as added
     ) as worth
     cross join lateral (
        select sum(a.sum) from (
               select b.sum, b."on" from policies_paidupaddition b where b.policy_id = p.id
                union all
               select -g.sum, g."on" from policies_additiongivenback g where g.policy_id = p.id) as a
         where a."on" < e."on") as kept
     where e.policy_id > %(after)s::bigint and e.policy_id <= %(last)s::bigint
       and e.kind = 'DIVIDEND'
       and not exists (select from policies_policyevent h
                        where h.pgh_obj_id = p.id
                          and (h.sum_insured, h.rated_age, h.rated_sex)
                              is distinct from (p.sum_insured, p.rated_age, p.rated_sex))
     order by e.policy_id, e.id
"""


def allotted(span: Span) -> Iterator[Found]:
    """Each dividend is the declared rate on the value of its anniversary."""
    for row in tx.rows(_ALLOTTED, span.given()):
        policy_id, about, amount, posted_at, code, year, policy_year, exact, value = row
        rate = _declared(posted_at, code, year, policy_year)
        if rate and value is None:
            continue  # a contract without a table of values: nothing independent to hold it against
        must = to_the_fen(Fraction(value or 0) * Fraction(rate) / 1000)
        have = Fraction(amount)
        if have != must and (exact or have > must):
            yield Found(
                policy_id, "DIVIDEND", f"policy:{policy_id}", about, yuan_text(must),
                yuan_text(have),
            )  # fmt: skip


def _declared(at: datetime, code: str, year: int, policy_year: int) -> Decimal:
    """The rate that was declared when a dividend was booked; nil where there was none."""
    try:
        table = standards.compiled_at(SCALE, at)
        asked: dict[str, Any] = {"product": code, "year": year, "policy_year": policy_year}
        return Decimal(str(table.decide(asked).outputs["per_mille"]))
    except (standards.UnknownTable, ValueError, KeyError):
        return Decimal(0)


# A sum is bought at the published price for the age attained, rounded down to the fen.
_ADDITIONS = """
    select p.id, 'ADDITION', 'policy:' || p.id, a.year::text || ' ' || found.place, found.expected,
           found.actual
      from policies_paidupaddition a
      join policies_policy p on p.id = a.policy_id
      join people_party i on i.id = p.insured_id
      left join products_ratetable t
             on t.product_version_id = p.product_version_id and t.pay_years = p.pay_years
            and t.sex = coalesce(nullif(p.rated_sex, ''), i.sex)
            and t.years = coalesce(extract(year from age(p.ends_on, p.effective_on))::int, 0)
     cross join lateral (select t.paid_up -> p.rated_age::text as prices) as line
     cross join lateral (
        select (line.prices ->> (least(a.year, jsonb_array_length(line.prices)) - 1))::numeric as each
     ) as price
      left join policies_ledgerentry spent
             on spent.policy_id = a.policy_id and spent.about = 'dividend_year:' || a.year
            and spent.kind = 'ADDED'
      left join policies_ledgerentry had
             on had.policy_id = a.policy_id and had.about = 'dividend_year:' || a.year
            and had.kind = 'DIVIDEND'
     cross join lateral (values
        ('dividend', coalesce(had.dividend, 0), a.amount, true),
        ('spent', a.amount, coalesce(spent.premium, 0), true),
        ('sum', trunc(a.amount * 100000 / nullif(price.each, 0), 2), a.sum,
         price.each > 0 and not exists (
            select from policies_policyevent h
             where h.pgh_obj_id = p.id and (h.rated_age, h.rated_sex)
                   is distinct from (p.rated_age, p.rated_sex)))
        ) as found(place, expected, actual, matters)
     where a.policy_id > %(after)s::bigint and a.policy_id <= %(last)s::bigint
       and found.expected <> found.actual and found.matters
     order by p.id, a.year
"""


def additions(span: Span) -> Iterator[Found]:
    """What a dividend bought is what it was, was spent once, and is the sum that its price buys."""
    yield from told(tx.rows(_ADDITIONS, span.given()))
