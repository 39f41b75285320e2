"""Take premiums by bank debit on the due day and some days after it."""

from __future__ import annotations

from datetime import timedelta

import orjson

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.refs import SYSTEM, Ref
from yilu.payments import operations as payments
from yilu.renewals import events
from yilu.renewals.operations.span import AGREED, NOT_HELD, Span
from yilu.renewals.rules import days

_DUE = f"""
    select d.id, d.holder_id, d.amount, d.due_on, d.grace_ends_on, d.debits, p.premium_account_id,
           d.for_new_year
      from renewals_premiumdue d
      join policies_policy p on p.id = d.policy_id
      join people_bankaccount a on a.id = p.premium_account_id and a.active and a.party_id = d.holder_id
     where d.policy_id >= %(first)s::bigint and d.policy_id < %(end)s::bigint and d.state = 'OPEN'
       and d.debit_on <= %(day)s::date and p.pay_method = 'BANK_DEBIT' and {NOT_HELD}
       and case when d.for_new_year then
                d.reminded > 0 and d.grace_ends_on >= %(day)s::date and {AGREED}
                and p.state in ('IN_FORCE', 'GRACE', 'EXPIRED')
           else d.due_on <= %(day)s::date and p.state in ('IN_FORCE', 'GRACE') and p.paid_to = d.due_on end
       and not exists (select from renewals_orderline l where l.due_id = d.id and l.live)
     order by d.id
       for update of d
"""

_ORDERS = """
    with row as (
        select * from json_to_recordset(%(rows)s::json)
               as row(due bigint, holder bigint, amount numeric, key text, next date)),
    made as (
        insert into renewals_premiumorder (holder_id, kind, request_key, total, state, failures, reason,
               made_by, made_at)
        select holder, 'DEBIT', key, amount, 'PAYING', 0, '', 'system:0', %(at)s::timestamptz
          from row order by due
        on conflict (request_key) do nothing
        returning id, request_key),
    line as (
        insert into renewals_orderline (order_id, due_id, amount, live)
        select made.id, row.due, row.amount, true from made join row on row.key = made.request_key),
    due as (
        update renewals_premiumdue d set debits = d.debits + 1, debit_on = row.next
          from row where d.id = row.due)
    select made.id, row.due from made join row on row.key = made.request_key
"""


def debit(span: Span) -> int:
    """
    Promise a debit for every premium whose day for one has come; how many.

    Only from the holder's own active account, with their agreement (pay method), for the next year of a
    one-year contract also with their consent to renewal and after it was told; never while a hold is on
    or another payment of the same premium is under way.
    """
    due = tx.rows(_DUE, span.given())
    if not due:
        return 0
    rows, wanted = [], {}
    for due_id, holder_id, amount, due_on, grace_ends_on, tries, account_id, new_year in due:
        following = (
            days.next_new_year_debit(span.day + timedelta(days=1), due_on, grace_ends_on)
            if new_year
            else days.next_debit(span.day, due_on, grace_ends_on)
        )
        rows.append(
            {
                "due": due_id, "holder": holder_id, "amount": str(amount), "next": following,
                "key": f"debit:{due_id}:{tries + 1}",
            }
        )  # fmt: skip
        wanted[due_id] = (holder_id, account_id, amount)
    made = tx.rows(_ORDERS, {"rows": orjson.dumps(rows).decode(), "at": span.at})
    orders = [(int(order_id), wanted[due_id]) for order_id, due_id in sorted(made)]
    collected = payments.request_collections(
        wanted=[
            payments.WantedCollection(
                key=f"order:{order_id}", payer_id=holder, method="BANK_DEBIT", account_id=account,
                amount=amount, about=Ref("premium_order", order_id),
            )
            for order_id, (holder, account, amount) in orders
        ],
        actor=SYSTEM,
        at=span.at,
    )  # fmt: skip
    tx.changed(
        """
        update renewals_premiumorder o set collection_id = row.collection
          from json_to_recordset(%s::json) as row(id bigint, collection bigint) where o.id = row.id
        """,
        [
            orjson.dumps(
                [
                    {"id": int(key.partition(":")[2]), "collection": collection_id}
                    for key, collection_id in collected.items()
                ]
            ).decode()
        ],
    )
    for order_id, (holder, _account, amount) in orders:
        fact = events.OrderMade(kind="DEBIT", total=str(amount), policies=1)
        about = Ref("premium_order", order_id)
        journal.record(fact, about=about, actor=SYSTEM, at=span.at, party=holder)
    return len(orders)
