"""The dashboard and its drill-down over ten million journal events; the reader that counts them."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import bench
from bench.insurer import insurer
from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.refs import SYSTEM, Ref

EVENTS = 10_000_000
CASES = 8_000_000
"""In the small demo a journal of 6,600 events leaves 5,400 counted cases, eight for ten."""
OFFICES, PEOPLE, PRODUCTS = 36, 12, 20
FIRST, UNTIL = date(2025, 3, 1), date(2026, 3, 1)
ROUNDS = 60
KEYS = {"PERSON": "person_id::text", "ROLE": "role", "CHANNEL": "channel", "PRODUCT": "product"}
TABLES = ("scorecards_tally", "scorecards_countedcase")


@bench.measure("insight.dashboard", unit="ms p99", at_most=300)
def dashboard() -> bench.Value:
    """A year of every figure, with new and old customers and its course, as the page asks for it."""
    from yilu.scorecards import queries

    _fill()
    codes = [kpi.code for kpi in queries.list_kpis()]
    offices = list(range(1, OFFICES + 1))
    scope = {"since": FIRST, "until": UNTIL, "offices": offices}
    for part in ("closed_rate", "claim_days", "on_time"):
        _drill(part, offices)
    p99, p50 = _timed(lambda: queries.dashboard(codes, **scope))
    ways: list[queries.Split] = ["OFFICE", "PERSON", "ROLE", "PRODUCT", "CHANNEL", "CUSTOMERS"]
    kpi99, kpi50 = _timed(lambda: queries.splits("closed_rate", ways, **scope))
    one99, one50 = _timed(
        lambda: queries.dashboard(codes, **scope, narrow=("PRODUCT", "product-3"))
    )
    odd99, odd50 = _timed(
        lambda: queries.dashboard(
            codes,
            since=FIRST + timedelta(days=11),
            until=FIRST + timedelta(days=250),
            offices=offices[:7],
        )
    )
    all99, all50 = _timed(
        lambda: queries.dashboard(
            codes,
            since=FIRST + timedelta(days=14),
            until=FIRST + timedelta(days=345),
            offices=offices,
        )
    )
    ((tallies,),) = tx.rows("select count(*) from scorecards_tally")
    bench.also(
        "insight.dashboard.kpi_page",
        kpi99,
        "ms p99",
        at_most=300,
        note=f"the six splits of one figure; p50 {kpi50:.0f} ms",
    )
    bench.also(
        "insight.dashboard.one_product", one99, "ms p99", at_most=300,
        note=f"the dashboard of one product; p50 {one50:.0f} ms",
    )  # fmt: skip
    bench.also(
        "insight.dashboard.odd_days",
        odd99,
        "ms p99",
        at_most=300,
        note=f"239 days from mid-month, 7 offices; p50 {odd50:.0f} ms",
    )
    bench.also(
        "insight.dashboard.odd_days_everywhere",
        all99,
        "ms p99",
        at_most=300,
        note=f"331 days from mid-month, {len(offices)} offices; p50 {all50:.0f} ms",
    )
    return bench.Value(
        p99,
        note=f"p50 {p50:.0f} ms; {len(codes)} figures, {len(offices)} offices, {CASES:,} cases of {EVENTS:,} events "
        f"(cases spread by SQL over offices, people, channels and days; sums added up from them exactly as the reader adds: {tallies:,} rows)",
    )  # fmt: skip


def _drill(series: str, offices: list[int]) -> None:
    """The pages of cases: first, deep, missed only, of one office, of one person."""
    from yilu.scorecards import queries

    of = {"code": series, "since": FIRST, "until": UNTIL, "offices": tuple(offices)}
    ways: dict[str, tuple[queries.Slice, int]] = {
        "all offices": (queries.Slice(**of), 1),
        "page 40": (queries.Slice(**of), 40),
        "missed only": (queries.Slice(**of, missed_only=True), 1),
        "one office": (queries.Slice(**{**of, "offices": (1,)}), 1),
        "one person": (queries.Slice(**of, person=77), 1),
        "one product": (queries.Slice(**of, product="product-3"), 1),
        "one role": (queries.Slice(**of, role="ROLE-1"), 1),
        "old customers": (queries.Slice(**of, customers="OLD"), 1),
        "the company": (queries.Slice(**{**of, "offices": None}), 1),
    }
    worst, said = 0.0, []
    for name, (wanted, page) in ways.items():
        p99, p50 = _timed(lambda wanted=wanted, page=page: queries.counted(wanted, page))
        worst = max(worst, p99)
        said.append(f"{name} {p50:.0f}/{p99:.0f}")
    bench.also(
        f"insight.dashboard.drill_down.{series}", worst, "ms p99", at_most=100,
        note="the slowest of (p50/p99 ms): " + ", ".join(said),
    )  # fmt: skip


def _timed(ask: Callable[[], object]) -> tuple[float, float]:
    took = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        ask()
        took.append((time.perf_counter() - began) * 1000)
    return statistics.quantiles(took, n=100)[-1], statistics.median(took)


def _fill() -> None:
    """Cases as the reader leaves them, spread over a year, offices, people, channels and figures."""
    from yilu.scorecards.book import the_book
    from yilu.scorecards.rules.splits import SPLITS

    if tx.rows("select 1 from scorecards_countedcase where event_id < 0 limit 1"):
        return
    series = [*the_book().kpis] + [f"on_time:bench.{n}" for n in range(12)]
    days = (UNTIL - FIRST).days
    indexes = tx.rows(
        "select indexname, indexdef from pg_indexes where tablename = 'scorecards_countedcase'"
        " and indexname like 'counted%%' and indexname <> 'counted_case_once'"
    )
    for name, _made in indexes:
        tx.changed(f"drop index {name}")
    for table in TABLES:
        tx.changed(f"alter table {table} set unlogged")  # for the filling; reading does not mind
    for start in range(0, CASES, 500_000):
        tx.changed(
            """
            insert into scorecards_countedcase (series, event_id, turn, day, office_id, customers,
                   person_id, role, channel, product, about, counted, missed, value)
            select (%s::text[])[1 + n %% %s::int], -n - 1, 0, %s::date + (n / %s::float8)::int,
                   o.id, case when hashint8(n + 5) %% 3 = 0 then 'OLD' else 'NEW' end,
                   o.id * %s::int + abs(hashint8(n + 7)) %% %s::int,
                   'ROLE-' || abs(hashint8(n + 7)) %% %s::int %% 3, (array['APP', 'PHONE', 'AGENT', 'PROVIDER'])[1 + abs(hashint8(n + 3)) %% 4],
                   'product-' || abs(hashint8(n + 4)) %% %s::int, 'claim:' || n, hashint8(n + 9) %% 11 <> 0, hashint8(n + 9) %% 11 = 0, n %% 700 / 100.0
              from generate_series(%s::bigint, %s::bigint) as g(n),
                   lateral (select 1 + abs(hashint8(n)) %% %s::int as id) as o
            """,
            [
                series, len(series), FIRST, CASES / (days - 1), PEOPLE, PEOPLE, PEOPLE, PRODUCTS,
                start, start + 499_999, OFFICES,
            ],
        )  # fmt: skip
    tx.changed(  # of a score a case is worth 1 or -1
        "update scorecards_countedcase set value = case when counted then 1 else -1 end where series = 'nps'"
    )
    for _name, made in indexes:
        tx.changed(made)
    for span, trunc in (("D", "day"), ("M", "date_trunc('month', day::timestamp)::date")):
        for split, key in (("", "''"), *((SPLITS[name], column) for name, column in KEYS.items())):
            tx.changed(
                f"""
                insert into scorecards_tally (series, span, split, day, office_id, customers, key,
                       numerator, denominator, total)
                select series, '{span}', '{split}', {trunc}, office_id, customers, {key}, count(*) filter (where counted), count(*), coalesce(sum(value), 0)
                  from scorecards_countedcase where event_id < 0 group by 1, 2, 3, 4, 5, 6, 7
                """
            )
    for table in TABLES:
        tx.changed(f"vacuum analyze {table}")


@bench.measure("scorecards.follow", unit="events/core-s", limit="insert")
def follow(count: int = 20_000) -> bench.Value:
    """Reading the journal into sums, cases and what is remembered, in batches of 2,000."""
    from yilu.scorecards import operations as scorecards

    office = insurer()
    while scorecards.follow(at=datetime.now(UTC)):
        pass
    first = int(time.time() * 1000) % 10**9 * 1000
    for start in range(0, count // 5, 200):
        _tell(range(first + start, first + start + 200), office)
    read = 0
    with bench.core_seconds() as cpu:
        while done := scorecards.follow(at=datetime.now(UTC)):
            read += done
    return bench.Value(read / cpu.total, note=f"{read:,} events, five of a claim; {cpu}")


@tx.use_case
def _tell(numbers: range, office: int) -> None:
    from yilu.claims import events

    at, chance = datetime(2026, 3, 4, 4, tzinfo=UTC), random.Random(numbers.start)
    for number in numbers:
        about, later = Ref("claim", number), at + timedelta(hours=chance.randrange(1, 90))
        reported = events.ClaimReported(
            policy_id=1, claim_type="MEDICAL", loss_date="2026-03-01", office_id=office,
            channel=chance.choice(("APP", "PHONE", "AGENT")),
        )  # fmt: skip
        journal.record(reported, about=about, actor=SYSTEM, at=at, party=number)
        registered = events.ClaimRegistered(
            claim_type="MEDICAL",
            lane="GREEN",
            programme="FAST",
            band="UNDER_3K",
            straight_through=True,
        )
        journal.record(registered, about=about, actor=SYSTEM, at=at, party=number)
        approved = events.ClaimApproved(
            decision_id=number, benefit="310.00", decided_by="machine", programme="FAST"
        )
        journal.record(approved, about=about, actor=SYSTEM, at=later, party=number)
        paid = events.ClaimPaid(payout_id=number, amount="310.00")
        journal.record(paid, about=about, actor=SYSTEM, at=later, party=number)
        closed = events.ClaimClosed(outcome="PAID")
        journal.record(closed, about=about, actor=SYSTEM, at=later, party=number)
