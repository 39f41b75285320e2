"""Offer the year after a one-year contract: price and wording by the day, or a person's decision."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

import orjson

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.refs import SYSTEM, Ref
from yilu.kernel.words import marked as _
from yilu.kernel.years import full_years
from yilu.messaging import operations as messaging
from yilu.policies.queries import renewing
from yilu.products import queries as products
from yilu.products.terms import Terms
from yilu.renewals import events
from yilu.renewals.operations.reminding import named
from yilu.renewals.operations.span import Span
from yilu.renewals.rules import days
from yilu.work import operations as work

QUEUE = "renewals.new_year"
WHY = {
    "GROUP": _("团体保单续保：请与投保单位商定保险费"),
    "NOT_PRICED": _("续保没有现成的保险费（年龄、保额或职业超出费率表），请核定"),
    "UNKNOWN": _("续保缺被保险人的出生日期或性别，请补全后核定"),
}
ALTERNATIVES_MAX = 3

# Read in one statement: a part of the run is about thousands of contracts.
_ENDING = """
    select p.id, p.holder_id, p.office_id, p.agent_id, p.number, r.name, r.code, r.kind, p.product_version_id,
           p.ends_on, p.continuous_since, p.sum_insured, p.with_social_insurance, p.pay_mode, p.pay_years,
           p.premium, p.extra_premium, p.occupation_class, coalesce(nullif(p.rated_sex, ''), i.sex, ''),
           i.birth_date, p.rated_age, coalesce(w.reminder_days, %(default)s::int)
      from policies_policy p
      join products_productversion v on v.id = p.product_version_id
      join products_product r on r.id = v.product_id
      join people_party i on i.id = p.insured_id
      left join people_servicepreference w on w.party_id = p.holder_id
      left join policies_policy m on m.id = p.main_id
     where p.id >= %(first)s::bigint and p.id < %(end)s::bigint and p.state in ('IN_FORCE', 'GRACE')
       and p.ends_on > %(day)s::date and p.ends_on <= %(day)s::date + %(ahead)s::int
       and (v.terms->'issue'->>'renewable')::boolean and not (v.terms->>'long_term')::boolean
       and (m.id is null or (m.state in ('IN_FORCE', 'GRACE') and (m.ends_on is null or m.ends_on > p.ends_on)))
       and not exists (select from renewals_newyear y where y.policy_id = p.id)
       and not exists (select from people_decease x where x.party_id in (p.insured_id, p.holder_id))
     order by p.id
"""


@dataclass(frozen=True, slots=True)
class _Ending:
    policy_id: int
    holder_id: int
    office_id: int
    agent_id: int | None
    number: str
    product: str
    code: str
    kind: str
    version_id: int
    ends_on: date
    since: date
    sum_insured: Decimal
    with_social: bool
    pay_mode: str
    pay_years: int
    premium: Decimal
    extra: Decimal
    occupation_class: int
    sex: str
    born: date | None
    rated_age: int | None
    days_before: int


@dataclass(frozen=True, slots=True)
class Days:
    """The last day to pay without a gap and with grace, the first reminder, the first debit (None: no more)."""

    due: date
    grace: date
    remind: date
    debit: date | None


_WRITE = """
    with row as (
        select * from json_to_recordset(%(rows)s::json) as row(
            policy bigint, holder bigint, office bigint, agent bigint, state text, ends date, opens date,
            version bigint, premium numeric, extra numeric, age int, guaranteed boolean, changes jsonb,
            alternatives jsonb, why text, due date, grace date, remind date, debit date)),
    due as (
        insert into renewals_premiumdue (policy_id, holder_id, office_id, agent_id, due_on, grace_ends_on,
               amount, state, reminded, remind_on, debits, debit_on, failures, last_reason, listed_on, for_new_year)
        select policy, holder, office, agent, due, grace, premium, 'OPEN', 0, remind, 0, debit, 0, '',
               %(day)s::date, true
          from row where state = 'OFFERED' order by policy
        returning id, policy_id)
    insert into renewals_newyear (policy_id, holder_id, office_id, state, ends_on, opens_on, version_id,
           premium, extra_premium, rated_age, guaranteed, changes, alternatives, why, due_id, listed_on, reason,
           decided_by)
    select policy, holder, office, state, ends, opens, version, premium, extra, age, guaranteed, changes,
           alternatives, why, due.id, %(day)s::date, '', ''
      from row left join due on due.policy_id = row.policy
     order by policy
    returning id, policy_id
"""


def offer_new_years(span: Span) -> int:
    """
    Work out the next year of every renewable contract that ends within sixty days, once; how many.

    The premium by the age on its first day and the wording then on sale; where the wording guarantees
    renewal, its own. What no table prices is decided by a person, never refused by us.
    """
    found = [
        _Ending(*row)
        for row in tx.rows(
            _ENDING, span.given(ahead=days.LIST_AHEAD_DAYS, default=days.REMIND_DEFAULT_DAYS)
        )
    ]
    if not found:
        return 0
    on_sale = cache(lambda code: products.find_version_id(code, span.day))
    others = cache(lambda: products.list_offers(span.day))
    rows = {each.policy_id: _worked_out(each, span.day, on_sale, others) for each in found}
    given = {"rows": orjson.dumps(list(rows.values())).decode(), "day": span.day}
    ids = {policy_id: id for id, policy_id in tx.rows(_WRITE, given)}
    for each in found:
        _tell(each, rows[each.policy_id], ids[each.policy_id], span)
    return len(found)


def _worked_out(each: _Ending, day: date, on_sale: Any, others: Any) -> dict[str, Any]:
    old = products.get_terms(each.version_id)
    row: dict[str, Any] = {
        "policy": each.policy_id, "holder": each.holder_id, "office": each.office_id,
        "agent": each.agent_id, "ends": each.ends_on, "opens": renewing.opens_on(old, each.ends_on),
        "guaranteed": renewing.is_guaranteed(old, each.since, each.ends_on), "extra": "0",
        "changes": [], "alternatives": [], "why": "",
    }  # fmt: skip
    version = each.version_id if row["guaranteed"] else on_sale(each.code)
    if version is None:
        like = [o.code for o in others() if o.kind == each.kind and not o.is_rider]
        return row | {"state": "STOPPED", "alternatives": like[:ALTERNATIVES_MAX]}
    age = full_years(each.born, each.ends_on) if each.born else None
    row |= {"version": version, "age": age}
    if products.find_offering(version) is None:
        return row | {"state": "TO_DECIDE", "why": "GROUP"}
    if age is None or not each.sex:
        return row | {"state": "TO_DECIDE", "why": "UNKNOWN"}
    try:
        price = products.price(
            version, sex=each.sex, age=age, sum_insured=each.sum_insured, pay_years=each.pay_years,
            pay_mode=each.pay_mode, occupation_class=each.occupation_class,
            with_social_insurance=each.with_social, renewal=True,
        )  # fmt: skip
    except products.PriceNotOffered:
        return row | {"state": "TO_DECIDE", "why": "NOT_PRICED"}
    extra = renewing.extra_of(price.premium, each.premium, each.extra)
    premium = price.premium + extra
    return row | {
        "state": "OFFERED", "premium": str(premium), "extra": str(extra),
        "changes": changes(old, products.get_terms(version), each.premium, premium, each.rated_age, age),
        **asdict(when(old, each.ends_on, day, each.days_before)),
    }  # fmt: skip


def when(terms: Terms, ends_on: date, day: date, days_before: int) -> Days:
    """The days of an offer: until when it is paid, reminded of from when, debited from when."""
    due, grace = renewing.last_day(ends_on), renewing.grace_ends(terms, ends_on)
    opens = max(day, renewing.opens_on(terms, ends_on))
    debit = days.next_new_year_debit(opens, due, grace)
    return Days(due, grace, days.first_day(due, days_before), debit)


def changes(
    old: Terms, new: Terms, paid: Decimal, premium: Decimal, was: int | None, age: int | None
) -> list[list[str]]:
    """What differs in the next year: premium, age, wording and its benefits; each with was and will be."""
    found = []
    if premium != paid:
        found.append(["PREMIUM", str(paid), str(premium)])
    if was is not None and age is not None and was != age:
        found.append(["AGE", str(was), str(age)])
    if (old.code, old.version) != (new.code, new.version):
        found.append(["WORDING", old.version, new.version])
        before, after = old.by_benefit, new.by_benefit
        found += [["BENEFIT_GONE", before[c].name, ""] for c in before if c not in after]
        found += [["BENEFIT_NEW", "", after[c].name] for c in after if c not in before]
        found += [
            ["BENEFIT", before[c].name, after[c].name]
            for c in before
            if c in after and before[c] != after[c]
        ]
    return found


def _tell(each: _Ending, row: dict[str, Any], id: int, span: Span) -> None:
    about = Ref("new_year", id)
    if row["state"] == "OFFERED":
        fact: object = events.NewYearOffered(
            policy_id=each.policy_id, premium=row["premium"], version_id=row["version"],
            starts_on=each.ends_on.isoformat(), by_person=False,
        )  # fmt: skip
    elif row["state"] == "TO_DECIDE":
        fact = events.NewYearToDecide(
            policy_id=each.policy_id, why=row["why"], starts_on=each.ends_on.isoformat()
        )
        work.open_item(
            QUEUE, about=about, office_id=each.office_id, title=WHY[row["why"]], at=span.at,
            amount=each.premium, party_id=each.holder_id, priority=45,
        )  # fmt: skip
    else:
        fact = events.NewYearStopped(
            policy_id=each.policy_id, ends_on=each.ends_on.isoformat(),
            alternatives=len(row["alternatives"]),
        )  # fmt: skip
        messaging.queue(
            "renewals.new_year_stopped", to=Ref("party", each.holder_id),
            about=Ref("policy", each.policy_id), at=span.at, copy_agent=True,
            facts={
                "policies": named([(each.product, each.number)]),
                "until": renewing.last_day(each.ends_on).isoformat(),
            },
        )  # fmt: skip
    journal.record(fact, about=about, actor=SYSTEM, at=span.at, party=each.holder_id)
