"""How long a night's audit of the books of every policy takes."""

from __future__ import annotations

import os
import resource
import time
from datetime import UTC, date, datetime
from decimal import Decimal

import bench

HOW_MANY = int(os.environ.get("YILU_BENCH_BOOKS", "100000"))
DAY = date(2026, 5, 11)
AT = datetime(2026, 5, 10, 19, 0, tzinfo=UTC)
"""Three o'clock in the morning of that day in China."""


@bench.measure("audit.books", unit="policies/s", at_least=1_667)
def books() -> bench.Value:
    """
    Policies with years of bookings, every tenth with a loan, every fourth paid by order: nothing
    differs, except the one fen that is planted.
    """
    from yilu.audit import operations
    from yilu.kernel import tx
    from yilu.kernel.refs import SYSTEM

    _portfolio()
    tx.changed("update policies_policy set loan_owed = loan_owed + 0.01 where id = %s", [_last()])
    run_id = operations.start_money_audit(actor=SYSTEM, at=AT, scope=operations.POLICIES)
    began, before = time.perf_counter(), _memory()
    while not (progress := operations.audit_batch(run_id=run_id, at=AT)).done:
        pass
    took = time.perf_counter() - began
    if progress.differences != 1:
        raise RuntimeError(f"{progress.differences} differences where one was planted")
    bookings = tx.rows("select count(*) from policies_ledgerentry")[0][0]
    minutes = 1_000_000 / (progress.looked_at / took) / 60
    return bench.Value(
        progress.looked_at / took,
        note=f"{progress.looked_at:,} policies, {bookings:,} bookings, one process: a million in "
        f"{minutes:.1f} minutes; memory grew by {_memory() - before} MB; the planted fen was found",
    )


def _memory() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _last() -> int:
    from yilu.kernel import tx

    return int(tx.rows("select max(id) from policies_policy")[0][0])


def _portfolio() -> None:
    """Contracts paid yearly since up to ten years, copied from one that was issued."""
    from yilu.kernel import tx

    for statement in (
        _POLICIES,
        _BEGUN,
        _PREMIUMS,
        _ORDERS,
        _LINES,
        _COLLECTED,
        _BORROWED,
        _LENT,
        _PAID,
    ):
        tx.changed(statement, {"model": _issued(), "count": HOW_MANY, "day": DAY, "at": AT})
    for table in (
        "policies_policy", "policies_ledgerentry", "policies_policyloan", "renewals_premiumdue",
        "renewals_orderline", "renewals_premiumorder", "payments_collection", "payments_payout",
        "servicing_request",
    ):  # fmt: skip
        tx.changed(f"analyze {table}")


_known: list[int] = []


def _issued() -> int:
    from bench.insurer import insurer
    from yilu.kernel.refs import SYSTEM
    from yilu.people import operations as people
    from yilu.policies import operations as policies

    if not _known:
        office = insurer()
        holder = people.register_party(
            name="投保人", office_id=office, birth_date=date(1985, 6, 15), sex="FEMALE", actor=SYSTEM, at=AT,
        )  # fmt: skip
        from yilu.gateways.sandbox_bank import card_ending

        people.add_account(
            party_id=holder, bank_code="ICBC", number=card_ending("7777", seed=1), holder_name="投保人",
            actor=SYSTEM, at=AT,
        )  # fmt: skip
        new = policies.NewPolicy(
            product_code="whole-life", holder_id=holder, insured_id=holder, office_id=office,
            effective_on=date(2025, 6, 1), sum_insured=Decimal(200_000), premium=Decimal(8000), pay_years=20,
        )  # fmt: skip
        _known.append(policies.issue_policy(new=new, actor=SYSTEM, at=AT).id)
    return _known[0]


_POLICIES = """
    insert into policies_policy (number, product_version_id, holder_id, insured_id, office_id, channel,
           state, ending, formed_on, effective_on, continuous_since, gaps, sum_insured,
           with_social_insurance, pay_mode, pay_years, premium, paid_to, owed_premium, premiums_paid,
           cash_value, loan_owed, issued_at, rated_age, rated_sex)
    select '98' || lpad(n::text, 14, '0'), m.product_version_id, m.holder_id, m.insured_id, m.office_id,
           m.channel, 'IN_FORCE', '', start, start, start, '[]', m.sum_insured, false, 'YEARLY', 20,
           m.premium, (start + make_interval(years => paid))::date, 0, m.premium * paid, 0,
           case when n %% 10 = 0 then 10000 else 0 end, m.issued_at, m.rated_age, m.rated_sex
      from generate_series(1, %(count)s::int - 1) as n
      join policies_policy m on m.id = %(model)s::bigint
     cross join lateral (select (%(day)s::date - 1 - n * 7 %% 3650)::date as start) as s
     cross join lateral (select extract(year from age(%(day)s::date, start))::int + 1 as paid) as p
"""
_BEGUN = """
    insert into policies_ledgerentry (policy_id, kind, about, "on", customer, premium, posted_by, posted_at)
    select id, 'ISSUE', 'policy:' || id, effective_on, -premium, premium, 'system:0', %(at)s::timestamptz
      from policies_policy where id > %(model)s::bigint
"""
_ORDERED = "p.id %% 4 = 0 and n.year = 1 and p.premiums_paid > p.premium"
_PREMIUMS = f"""
    insert into policies_ledgerentry (policy_id, kind, about, "on", customer, premium, posted_by, posted_at)
    select p.id, 'PREMIUM',
           case when {_ORDERED} then 'premium_order:' || p.id
                else 'premium_due:' || to_char(p.effective_on + make_interval(years => n.year), 'YYYYMMDD') end,
           (p.effective_on + make_interval(years => n.year))::date, -p.premium, p.premium, 'system:0',
           %(at)s::timestamptz
      from policies_policy p
     cross join lateral generate_series(1, (p.premiums_paid / p.premium)::int - 1) as n(year)
     where p.id > %(model)s::bigint
"""
_ORDERS = """
    with dues as (
        insert into renewals_premiumdue (policy_id, holder_id, office_id, due_on, grace_ends_on, amount,
               state, reminded, debits, failures, last_reason, listed_on, ended_on)
        select id, holder_id, office_id, (effective_on + interval '1 year')::date,
               (effective_on + interval '1 year')::date + 60, premium, 'PAID', 0, 0, 0, '', effective_on,
               effective_on
          from policies_policy where id > %(model)s::bigint and id %% 4 = 0 and premiums_paid > premium
        returning policy_id)
    insert into renewals_premiumorder (id, holder_id, kind, request_key, total, state, failures, reason,
           made_by, made_at, ended_at)
    overriding system value
    select p.id, p.holder_id, 'SELF', p.id::text, p.premium, 'PAID', 0, '', 'system:0',
           %(at)s::timestamptz, %(at)s::timestamptz
      from dues join policies_policy p on p.id = dues.policy_id
"""
_LINES = """
    insert into renewals_orderline (order_id, due_id, amount, live)
    select o.id, d.id, d.amount, true from renewals_premiumorder o
      join renewals_premiumdue d on d.policy_id = o.id
"""
_COLLECTED = """
    insert into payments_collection (about, key, turn, payer_id, method, bank_name, masked_number, amount,
           refunded, state, reason, bank_reference, stray, rehearsal, attempts, problem, requested_at,
           expires_at, ended_at)
    select 'premium_order:' || id, 'order:' || id, 1, holder_id, 'WECHAT', '', '', total, 0, 'COLLECTED', '',
           '', false, '', 0, '', %(at)s::timestamptz, %(at)s::timestamptz,
           %(at)s::timestamptz - interval '1 day'
      from renewals_premiumorder
"""
_BORROWED = """
    insert into servicing_request (id, kind, policy_id, party_id, office_id, door, state, form, digest, pays,
           collects, amount, refer, blocked, way, wish, proof, second, instead, missing, delay,
           prepared_by, decided_by, reasons, effect, effective_on, started_at, confirmed_at, applied_at,
           ended_at, received_why)
    overriding system value
    select id, 'policy_loan', id, holder_id, office_id, 'CUSTOMER', 'DONE', ''::bytea, '', 10000, 0, 10000,
           '', '', '', '', 'CODE', '', '', '[]', '', '', '', '[]', '[]', %(day)s::date - 100,
           %(at)s::timestamptz, %(at)s::timestamptz, %(at)s::timestamptz, %(at)s::timestamptz, ''
      from policies_policy where loan_owed > 0
"""
_LENT = """
    with lent as (
        insert into policies_ledgerentry (policy_id, kind, about, "on", customer, loan, posted_by, posted_at)
        select policy_id, 'LOAN', 'servicing_request:' || id, effective_on, pays, -pays, 'system:0',
               %(at)s::timestamptz from servicing_request
        returning policy_id, "on")
    insert into policies_policyloan (policy_id, kind, principal, rate, since, due_on, terms, opened_on)
    select policy_id, 'LOAN', 10000, 0.05, "on", ("on" + interval '6 months')::date, 0, "on" from lent
"""
_PAID = """
    insert into payments_payout (about, key, to_party_id, account_id, number_index, bank_name, amount,
           currency, purpose, state, reason, bank_reference, masked_number, held, attempts, due_at,
           problem, requested_at, ended_at)
    select 'servicing_request:' || r.id, 'pay', r.party_id, a.id, '', '', r.pays, 'CNY', 'LOAN', 'SETTLED', '',
           '', '', false, 0, %(at)s::timestamptz, '', %(at)s::timestamptz, %(at)s::timestamptz
      from servicing_request r join people_bankaccount a on a.party_id = r.party_id
"""
