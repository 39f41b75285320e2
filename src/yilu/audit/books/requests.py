"""What a servicing request promised against what was booked, paid and received for it, and who approved."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from yilu.audit.books.span import Found, Span, told
from yilu.kernel import tx
from yilu.people.queries import ROLE_RIGHTS
from yilu.standards import queries as standards

APPROVERS = sorted(role for role, rights in ROLE_RIGHTS.items() if "servicing.approve" in rights)
"""Who may approve what costs money."""
ALONE = "servicing.self_service"
"""The table that says up to which sum a customer borrows without anybody of ours."""
NOTHING_CHANGED = {"days_since_phone": -1, "days_since_account": -1}
CHECKED_FROM = "servicing.surrender_checked_from"
"""The figure that says from which sum on somebody checks who surrenders (令2025-11 第13条)."""
ANSWER_HOURS = 1
"""How long what the bank has answered may wait to be booked."""

# A request without a policy of its own (a corrected birth date) belongs to the policies of who asked.
_ASKED = """
    asked as (
        select r.*, r.policy_id as judged_by from servicing_request r
         where r.policy_id > %(after)s::bigint and r.policy_id <= %(last)s::bigint
           and r.confirmed_at is not null
         union all
        select r.*, own.id from servicing_request r
         cross join lateral (select min(p.id) as id from policies_policy p
                              where p.insured_id = r.party_id and p.holder_id = r.party_id) as own
         where r.policy_id is null and (r.pays > 0 or r.collects > 0) and r.confirmed_at is not null
           and own.id > %(after)s::bigint and own.id <= %(last)s::bigint
    )
"""
# What a rider costs is booked as its first premium, under its own name.
_MONEY = f"""
    with {_ASKED}, judged as (
        select r.*, 'servicing_request:' || r.id as ref,
               case when r.applied_at is null then 0.00
                    when r.kind = 'rider_add' then 0.00 else r.pays - r.collects end as to_book,
               case when r.applied_at is null then 0.00 else r.pays end as to_pay,
               case when r.applied_at is not null or (r.collected_at is not null and r.state <> 'REFUSED')
                    then r.collects else 0.00 end as to_receive
          from asked r where r.pays > 0 or r.collects > 0 or r.collected_at is not null
    )
    select r.judged_by, found.kind, r.ref, r.kind, found.expected, found.actual
      from judged r
     cross join lateral (
        select coalesce(sum((select sum(e.customer) from policies_ledgerentry e
                              where e.policy_id = f.id and e.about = r.ref)), 0) as amount
          from (select r.policy_id as id
                 union all select f.id from policies_policy f where f.main_id = r.policy_id
                 union all select f.id from policies_policy f
                            where r.policy_id is null and f.insured_id = r.party_id) as f) as booked
     cross join lateral (
        select coalesce(sum((select sum(e.customer) from policies_ledgerentry e
                              where e.policy_id = f.id and e.about = 'policy:' || f.id
                                and e.kind = 'ISSUE')), 0) as amount
          from policies_policy f
         where r.kind = 'rider_add' and f.main_id = r.policy_id and f.issued_at = r.applied_at) as added
     cross join lateral (
        select coalesce(sum(o.amount), 0) as amount, max(o.to_party_id) as to_party
          from payments_payout o
         where o.about = r.ref and o.state <> 'CANCELLED'
           and not exists (select from payments_refund b where b.payout_id = o.id)
           and (o.state = 'SETTLED'
                or not exists (select from payments_payout n where n.replaces_id = o.id))) as paid
     cross join lateral (
        select coalesce(sum(c.amount - c.refunded), 0) as amount, max(c.ended_at) as ended_at
          from payments_collection c
         where c.about = r.ref and (c.state = 'COLLECTED' or c.stray)) as received
     cross join lateral (values
        ('REQUEST_BOOKED', r.to_book, booked.amount, true),
        ('REQUEST_BOOKED', -r.collects, added.amount, r.kind = 'rider_add' and r.applied_at is not null),
        ('REQUEST_PAID', r.to_pay, paid.amount, true),
        ('REQUEST_RECEIVED', r.to_receive, received.amount,
         received.ended_at is null
         or received.ended_at < %(at)s::timestamptz - make_interval(hours => %(hours)s::int))
        ) as found(kind, expected, actual, matters)
     where found.expected <> found.actual and found.matters
     order by r.judged_by, r.id
"""


def money(span: Span) -> Iterator[Found]:
    """To the fen: what was shown and confirmed, what the ledger booked, what went out, what came in."""
    yield from told(tx.rows(_MONEY, span.given(hours=ANSWER_HOURS)))


_AUTHORITY = f"""
    with {_ASKED}
    select r.judged_by, found.kind, 'servicing_request:' || r.id, r.kind, found.expected, found.actual
      from asked r
     cross join lateral (
        select coalesce(max(s.amount_limit), 0) as most
          from people_staffrole s
          join people_office o on o.id = s.office_id
          join people_office here on here.id = r.office_id and here.path like o.path || '%%'
         where 'staff:' || s.staff_id = r.decided_by and s.role = any(%(roles)s::text[])
           and s.valid_from <= (r.decided_at at time zone 'Asia/Shanghai')::date
           and (s.valid_to is null
                or s.valid_to >= (r.decided_at at time zone 'Asia/Shanghai')::date)) as may
     cross join lateral (values
        ('SELF_APPROVED', 'another', r.decided_by, r.decided_by <> '' and r.decided_by = r.prepared_by),
        ('AUTHORITY', '≤ ' || may.most::text, r.amount::text,
         r.decided_by like 'staff:%%' and r.amount > may.most),
        ('NOT_APPROVED', 'approval', '-', r.decided_by = '' and (
            r.refer <> ''
            or (r.kind in ('surrender', 'partial_surrender', 'sum_reduction', 'cooling_off', 'rider_drop')
                and r.pays >= (select f.value
                                 from unnest(%(since)s::date[], %(checked)s::numeric[]) as f(since, value)
                                where f.since <= (r.confirmed_at at time zone 'Asia/Shanghai')::date
                                order by f.since desc limit 1))
            or (r.kind in ('policy_loan', 'loan_raise') and r.door = 'CUSTOMER'
                and r.amount > %(alone)s::numeric)
            or (r.door = 'COUNTER' and r.pays > 0 and r.proof <> 'CODE' and r.prepared_by <> '')))
        ) as found(kind, expected, actual, matters)
     where r.applied_at is not null and found.matters
     order by r.judged_by, r.id
"""


def authority(span: Span) -> Iterator[Found]:
    """Who approved what took effect: nobody their own, nobody beyond their limit, somebody where one must."""
    checked = standards.figure_spans(CHECKED_FROM)
    given = span.given(
        roles=APPROVERS, alone=_alone(span.at), since=[each.since for each in checked],
        checked=[each.value for each in checked],
    )  # fmt: skip
    yield from told(tx.rows(_AUTHORITY, given))


def _alone(at: datetime) -> Decimal | None:
    """The limit in force now; without the table nothing says what goes alone, and nothing is judged."""
    try:
        most: Decimal = standards.decide(ALONE, NOTHING_CHANGED, at).outputs["most"]
    except standards.UnknownTable:
        return None
    return most
