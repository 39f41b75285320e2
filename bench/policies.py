"""Policies over time: the daily run over a million of them."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import bench
from yilu.kernel.refs import SYSTEM

HOW_MANY = int(os.environ.get("YILU_BENCH_POLICIES", "1000000"))
HOLDERS = 5_000
DAY = date(2026, 5, 11)
AT = datetime(2026, 5, 10, 17, 30, tzinfo=UTC)
"""Half past one in the morning of that day in China."""


@bench.measure("policies.daily", unit="s", at_most=600)
def daily() -> bench.Value:
    """
    One day's run on two processes, one of which is killed in the middle and started again.

    An ordinary day: the lists of the days before are there. The kill and the restart are in the figure.
    """
    _portfolio()
    start = time.perf_counter()
    first, second = (_worker() for _ in range(2))
    killed = _kill_in_the_middle(first)
    again = _worker()
    for process in (second, again):
        process.join()
    took = time.perf_counter() - start
    counts, doubles = _outcome()
    said = ", ".join(f"{name} {count:,}" for name, count in sorted(counts.items()))
    return bench.Value(
        took,
        note=f"{HOW_MANY:,} policies, 2 processes, one killed at part {killed}; {said}; "
        f"double effects: {doubles}",
    )


def _worker() -> multiprocessing.process.BaseProcess:
    process = multiprocessing.get_context("fork").Process(target=_run)
    from django.db import connections

    connections.close_all()
    process.start()
    return process


def _run() -> None:
    from yilu.renewals import operations

    operations.run_day(day=DAY, at=AT)


def _kill_in_the_middle(process: multiprocessing.process.BaseProcess) -> int:
    from yilu.renewals import operations

    while process.is_alive():
        progress = operations.progress(DAY)
        if progress.parts and progress.done * 3 >= progress.parts:
            os.kill(process.pid or 0, signal.SIGKILL)
            process.join()
            return progress.done
        time.sleep(0.05)
    return -1


def _outcome() -> tuple[dict[str, int], int]:
    from yilu.kernel import tx
    from yilu.renewals.models import DailyRun

    run = DailyRun.objects.get(day=DAY)
    if run.ended_at is None:
        raise RuntimeError("the run is not finished")
    doubles = tx.rows(
        """
        select count(*) - count(distinct (facts->>'due_id', facts->>'stage')) from journal_event
         where kind = 'renewals.reminded'
        """
    )[0][0]
    doubles += tx.rows("select count(*) - count(distinct key) from payments_collection")[0][0]
    return run.counts, int(doubles)


def _portfolio() -> None:
    """Policies of four frequencies spread over the calendar; made by copying a few that were issued."""
    from yilu.kernel import tx

    holders = _holders()
    models = [
        _issued(holders[0], mode) for mode in ("YEARLY", "HALF_YEARLY", "QUARTERLY", "MONTHLY")
    ]
    tx.changed(
        _COPY,
        {
            "models": models, "holders": holders, "count": HOW_MANY - len(models), "day": DAY,
        },
    )  # fmt: skip
    tx.changed("analyze policies_policy")
    from yilu.renewals.operations import listing
    from yilu.renewals.operations.span import Span

    before = DAY - timedelta(days=1)
    last = tx.rows("select max(id) from policies_policy")[0][0]
    listing.list_dues(Span(1, last + 1, before, AT))
    tx.changed(_AS_IF_TOLD, {"day": before})
    tx.changed("analyze renewals_premiumdue")


# Shares of frequencies: yearly 60 %, half-yearly 5 %, quarterly 10 %, monthly 25 %. Two in five by debit.
_COPY = """
    insert into policies_policy (number, product_version_id, holder_id, insured_id, office_id, agent_id,
           channel, state, ending, formed_on, effective_on, ends_on, continuous_since, gaps, sum_insured,
           with_social_insurance, pay_mode, pay_years, premium, paid_to, owed_premium, premiums_paid,
           cash_value, loan_owed, issued_at, pay_method, premium_account_id)
    select '99' || lpad(n::text, 14, '0'), m.product_version_id, h.id, h.id, m.office_id, null, m.channel,
           case when n %% 100 = 0 then 'GRACE' else 'IN_FORCE' end, '',
           start, start, null, start, '[]', m.sum_insured, false, m.pay_mode, 20, m.premium,
           case when n %% 100 = 0 then %(day)s::date - (n / 100 %% 60)::int
                else %(day)s::date + (n / 7 %% (case m.pay_mode when 'YEARLY' then 365 when 'HALF_YEARLY'
                     then 182 when 'QUARTERLY' then 91 else 30 end))::int end,
           0, m.premium * 3, 0, 0, m.issued_at,
           case when n %% 5 < 2 then 'BANK_DEBIT' else 'SELF' end,
           case when n %% 5 < 2 then a.id end
      from generate_series(1, %(count)s::int) as n
      cross join lateral (select (date '2016-01-01' + (n * 7 %% 3650)::int) as start) as s
      join policies_policy m on m.id = (%(models)s::bigint[])[
           case when n %% 20 < 12 then 1 when n %% 20 < 13 then 2 when n %% 20 < 15 then 3 else 4 end]
      join people_party h on h.id = (%(holders)s::bigint[])[1 + (n * 13 %% cardinality(%(holders)s::bigint[]))]
      left join lateral (select id from people_bankaccount where party_id = h.id and active limit 1) a on true
"""

_AS_IF_TOLD = """
    update renewals_premiumdue
       set reminded = case when %(day)s::date >= due_on then 3 when %(day)s::date >= due_on - 7 then 2
                           when %(day)s::date >= due_on - 30 then 1 else 0 end,
           remind_on = case when %(day)s::date >= due_on then grace_ends_on - 7
                            when %(day)s::date >= due_on - 7 then due_on
                            when %(day)s::date >= due_on - 30 then due_on - 7 else due_on - 30 end,
           debit_on = case when due_on <= %(day)s::date then null else due_on end
"""


def _holders() -> list[int]:
    from yilu.people import operations as people
    from yilu.people import queries

    offices = queries.list_offices()
    office = (
        offices[0].id
        if offices
        else people.open_office(code="HQ", name="总公司", level="HEAD", actor=SYSTEM, at=AT)
    )
    made = []
    for n in range(HOLDERS):
        party = people.register_party(
            name=f"投保人{n}", office_id=office, phone=f"138{n:08d}", identity_kind="RESIDENT_ID",
            identity_number=_identity(n), actor=SYSTEM, at=AT,
        )  # fmt: skip
        if n % 2 == 0:
            people.add_account(
                party_id=party, bank_code="ICBC", number=_card(n), holder_name=f"投保人{n}",
                actor=SYSTEM, at=AT,
            )  # fmt: skip
        made.append(party)
    return made


def _identity(n: int) -> str:
    from yilu.kernel.identity import check_character

    body = f"320102{date(1980, 1, 1) + timedelta(days=n % 3000):%Y%m%d}{n // 3000 * 2 + 100:03d}"
    return body + check_character(body)


def _card(n: int) -> str:
    from yilu.gateways.sandbox_bank import card_ending

    return card_ending("7777", seed=n)


def _issued(holder_id: int, mode: str) -> int:
    from yilu.policies import operations as policies
    from yilu.products import operations as products
    from yilu.products import queries

    code = "critical-illness"
    if queries.find_version_id(code, DAY) is None:
        path = products.CATALOGUE / code / "terms.toml"
        products.publish_wording(path=path, actor=SYSTEM, at=AT)
    from yilu.people import queries as people

    new = policies.NewPolicy(
        product_code=code, holder_id=holder_id, insured_id=holder_id,
        office_id=people.get_party(holder_id).office_id, effective_on=date(2024, 5, 1),
        sum_insured=Decimal(200_000), premium=Decimal("1200.00"), pay_mode=mode, pay_years=20,
    )  # fmt: skip
    return policies.issue_policy(new=new, actor=SYSTEM, at=AT).id
