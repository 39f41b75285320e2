"""A break and its offer at 500 events a second; the directly-follows graph of five million events, cold and kept."""

from __future__ import annotations

import statistics
import threading
import time
from datetime import UTC, date, datetime, timedelta
from importlib import import_module
from typing import Any

import bench
from yilu.journal import operations as journal
from yilu.kernel import recall, tx
from yilu.kernel.refs import SYSTEM, Ref

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
EVENTS, CASES = 5_000_000, 494_788
WRITERS = 4
OFFICES, OPEN = 36, 1_000_000
LOGS = (
    "running-example.xes",
    "02_teleclaims.xes.gz",
    "08_receipt.xes.gz",
    "helpdesk.xes.gz",
    "bpic2012.xes.gz",
)


def _catalogues() -> None:
    from yilu.journeys import operations as journeys
    from yilu.people import operations as people
    from yilu.people import queries
    from yilu.standards import operations as standards

    standards.load_catalogue(LONG_AGO)
    journeys.load_catalogue(LONG_AGO)
    if not any(o.level == "HEAD" for o in queries.list_offices()):
        people.open_office(
            code="HQJ", name="总公司", level="HEAD", parent_id=None, actor=SYSTEM, at=LONG_AGO
        )
    recall.forget_all()


@bench.measure("journeys.offer", unit="s p99", at_most=1.0)
def offer(rate: int = 500, seconds: int = 20, share: int = 10) -> bench.Value:
    """
    Events at a steady rate, one in ten a failure on a page: from its commit to the offer that a page reads.

    A worker as the platform runs it: reactions on one thread, the reader of the journal on another.
    """
    from django.db import connections

    from yilu.journeys import operations as journeys

    _catalogues()
    while journeys.follow(at=datetime.now(UTC)):
        pass
    stop, first = threading.Event(), int(time.time() * 1000) % 10**9 * 1000
    committed: dict[int, float] = {}
    offered: dict[int, float] = {}

    def react() -> None:
        while not stop.is_set():
            if not journal.run_reactions(datetime.now(UTC), 100):
                time.sleep(0.01)
        connections.close_all()

    def read() -> None:
        while not stop.is_set():
            if not journeys.follow(at=datetime.now(UTC)):
                time.sleep(0.2)
        connections.close_all()

    def look() -> None:
        """What a page would see, and when."""
        last = 0
        while not stop.is_set():
            for number, party in tx.rows(
                "select id, party_id from journeys_offer where id > %s::bigint order by id", [last]
            ):
                last = number
                offered.setdefault(party, time.time())
            time.sleep(0.02)
        connections.close_all()

    threads = [threading.Thread(target=run, daemon=True) for run in (react, read, look)]
    for thread in threads:
        thread.start()
    began = time.monotonic()

    def write(mine: int) -> None:
        """Every fourth use case of two events, at its own moment."""
        for number in range(mine, rate * seconds // 2, WRITERS):
            if (early := began + 2 * number / rate - time.monotonic()) > 0:
                time.sleep(early)
            fails = number % (share // 2) == 0
            _one(first + number, fails=fails)
            if fails:
                committed[first + number] = time.time()
        connections.close_all()

    writers = [threading.Thread(target=write, args=(n,)) for n in range(WRITERS)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    took = time.monotonic() - began
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and not committed.keys() <= offered.keys():
        time.sleep(0.1)
    stop.set()
    for thread in threads:
        thread.join(timeout=30)
    waits = sorted(offered[n] - at for n, at in committed.items() if n in offered)
    if len(waits) < len(committed):
        raise AssertionError(f"{len(committed) - len(waits)} failures were never offered anything")
    p99 = waits[int(len(waits) * 0.99) - 1]
    bench.also("journeys.offer_median", statistics.median(waits), "s")
    return bench.Value(
        p99,
        note=f"{len(waits)} failures among {rate * seconds} events at {rate * seconds / took:.0f}/s; "
        f"slowest {waits[-1]:.2f} s; writer, worker and database share the machine",
    )


@tx.use_case
def _one(number: int, *, fails: bool) -> None:
    from yilu.servicing import events

    about, at = Ref("servicing_request", number), datetime.now(UTC)
    started = events.RequestStarted(request="policy_loan", door="CUSTOMER", office_id=1)
    journal.record(started, about=about, actor=SYSTEM, at=at, party=number)
    then = (
        events.SelfServiceBlocked(request="policy_loan", reason="LIMIT")
        if fails
        else events.ContinuationAsked(request="policy_loan", way="VIDEO")
    )
    journal.record(then, about=about, actor=SYSTEM, at=at, party=number)


@bench.measure("journeys.dfg", unit="CPU-s", at_most=2.0)
def dfg() -> bench.Value:
    """Edges with exact median times and variants of five million events in memory, cold."""
    from yilu.journeys.mining import columns

    log = _log()
    began = time.process_time()
    mined = columns.mine(log)
    took = time.process_time() - began
    return bench.Value(
        took,
        note=f"{mined.events:,} events, {mined.cases:,} cases, {len(mined.edges)} edges, "
        f"{len(mined.variants):,} variants; pm4py took 10.7–21.1 for the edges alone",
    )


def _log() -> Any:
    """An invented log of claims: eighteen activities, five to fifteen events a case, interleaved."""
    import numpy

    from yilu.journeys.mining.columns import Log

    chance = numpy.random.default_rng(7)
    lengths = numpy.minimum(chance.integers(5, 16, CASES), 15)
    case = numpy.repeat(numpy.arange(CASES), lengths)[:EVENTS]
    if len(case) < EVENTS:
        case = numpy.r_[case, chance.integers(0, CASES, EVENTS - len(case))]
    case.sort()
    skip = chance.random(len(case)) < 0.12
    starts = numpy.flatnonzero(numpy.r_[True, case[1:] != case[:-1]])
    within = numpy.arange(len(case)) - numpy.repeat(starts, numpy.diff(numpy.r_[starts, len(case)]))
    activity = (numpy.minimum(within, 14) + skip * 2).astype(numpy.int32)
    at = case * 30_000 + within * 3_600_000 + chance.integers(0, 3_000_000, len(case))
    by_time = numpy.argsort(at, kind="stable")
    names = tuple(f"claims.step_{n:02d}" for n in range(18))
    return Log(case[by_time], activity[by_time], at[by_time], names)


@bench.measure("journeys.dfg_kept", unit="ms", at_most=50.0)
def dfg_kept() -> bench.Value:
    """The same graph read from what the reader of the journal keeps: counts exact, medians within 3 %."""
    import numpy as np

    from yilu.journeys import queries
    from yilu.journeys.mining import columns
    from yilu.journeys.rules.buckets import PER_OCTAVE

    ordered = columns.Ordered(_log())
    within = ordered.case[1:] == ordered.case[:-1]
    kinds = len(ordered.log.names)
    codes = (ordered.activity[:-1].astype(np.int64) * kinds + ordered.activity[1:])[within]
    waits = np.maximum((ordered.at[1:] - ordered.at[:-1])[within], 0) / 1000
    buckets = (PER_OCTAVE * np.log2(1 + waits)).astype(np.int64)
    keys, counts = np.unique(codes * 4096 + buckets, return_counts=True)
    _keep(
        [
            (
                ordered.log.names[k // 4096 // kinds],
                ordered.log.names[k // 4096 % kinds],
                k % 4096,
                n,
            )
            for k, n in zip(keys.tolist(), counts.tolist(), strict=True)
        ]
    )
    since = datetime(2026, 1, 1, tzinfo=UTC).date()
    queries.edges("bench", since)
    times = []
    for _ in range(20):
        began = time.perf_counter()
        kept = queries.edges("bench", since)
        times.append(1000 * (time.perf_counter() - began))
    exact = {(e.source, e.target): e for e in ordered.edges()}
    if {(e.source, e.target): e.count for e in kept} != {p: e.count for p, e in exact.items()}:
        raise AssertionError("the kept graph differs from the one made anew")
    off = max(
        abs(e.median - exact[e.source, e.target].median) / max(exact[e.source, e.target].median, 1)
        for e in kept
    )
    return bench.Value(
        statistics.median(times),
        note=f"{len(kept)} edges from {len(keys):,} rows; every count equal, medians at most {off:.1%} off",
    )


@tx.use_case
def _keep(rows: list[tuple[str, str, int, int]]) -> None:
    tx.changed("delete from journeys_eventedge where family = 'bench'")
    tx.changed(
        """
        insert into journeys_eventedge (month, office_id, family, source, target, bucket, count)
        select '2026-11-01', 0, 'bench', * from unnest(%s::text[], %s::text[], %s::smallint[], %s::bigint[])
        """,
        [list(column) for column in zip(*rows, strict=True)],
    )


@bench.measure("journeys.panorama", unit="ms p99", at_most=300)
def panorama() -> bench.Value:
    """The picture with its offices beside it, as the page asks: a million cases under way, thirty days."""
    from yilu.journeys import queries

    _catalogues()
    _under_way()
    offices, until = range(1, OFFICES + 1), date(2026, 3, 31)
    since = until - timedelta(days=29)
    times = []
    for _ in range(20):
        began = time.perf_counter()
        told, _branches = queries.pictures({each: {each} for each in offices}, since, until)
        times.append(1000 * (time.perf_counter() - began))
    if told.whole.now != OPEN:
        raise AssertionError(f"{told.whole.now:,} of {OPEN:,} cases are somewhere")
    ((days_kept,),) = tx.rows("select count(*) from journeys_stepday")
    return bench.Value(
        statistics.quantiles(times, n=100)[-1],
        note=f"p50 {statistics.median(times):.0f} ms; {OPEN:,} open cases, {OFFICES} offices, thirty days of {days_kept:,} sums by day",
    )


def _under_way() -> None:
    """Open cases with what is kept of them, and sums by day of a quarter, at every step and office."""
    from yilu.journeys.book import the_book

    places = []
    for journey in the_book().journeys():
        codes = [f"{journey.code}.{kind.code}" for kind in journey.kinds] or [journey.code]
        places += [
            (journey.code, code, step.code, step.touchpoint)
            for code in codes
            for step in journey.steps
        ]
    families, codes, steps, touchpoints = (list(column) for column in zip(*places, strict=True))
    given = [families, codes, steps, touchpoints]
    where = "unnest(%s::text[], %s::text[], %s::text[], %s::text[]) with ordinality as p(family, code, step, touchpoint, n)"
    tx.changed(
        f"""
        insert into journeys_journeycase (family, code, subject, version, office_id, step, touchpoint,
               passages, deviations, trail, started_at, entered_at, outcome, last_kind, last_at)
        select p.family, p.code, 'bench:' || g, 1, 1 + g %% %s::int, p.step, p.touchpoint, 1, 0, p.step, now(), now(), '', '', now()
          from generate_series(1, %s::int) g join {where} on p.n = 1 + abs(hashint4(g)) %% %s::int
        """,
        [OFFICES, OPEN, *given, len(places)],
    )
    tx.changed(import_module("yilu.journeys.migrations.0008_here_now").COUNT)
    tx.changed(
        f"""
        insert into journeys_stepday (day, code, step, touchpoint, office_id, entered, "left", late)
        select '2026-01-01'::date + d, p.code, p.step, p.touchpoint, o, 3, 3, 0
          from {where}, generate_series(0, 89) d, generate_series(1, %s::int) o
        """,
        [*given, OFFICES],
    )
    tx.changed(
        """
        insert into journeys_flowday (day, code, source, target, office_id, bucket, count)
        select '2026-01-01'::date + d, c.code, '*', 'done', o, 60 + 7 * b, 2
          from unnest(%s::text[]) c(code), generate_series(0, 89) d, generate_series(1, %s::int) o, generate_series(1, 3) b
        """,
        [sorted(set(codes)), OFFICES],
    )
    for table in ("journeycase", "herenow", "stepday", "flowday"):
        tx.changed(f"vacuum analyze journeys_{table}")


@bench.measure("journeys.dfg_logs", unit="logs equal", at_least=5)
def dfg_logs() -> bench.Value:
    """The public logs: every edge, count, median and variant equals the plainest loop and the published counts."""
    from statistics import median

    from tests.journeys.logs import by_hand, read_xes

    from yilu.journeys.mining import columns

    folder = bench.data_folder("logs")
    equal, told = 0, []
    for name in LOGS:
        rows = read_xes(folder / name)
        mined = columns.mine(columns.coded(rows))
        edges, ways = by_hand(rows)
        ours = {(e.source, e.target): (e.count, e.median) for e in mined.edges}
        theirs = {p: (len(t), median(t) / 1000) for p, t in edges.items()}
        same = ours == theirs and {v.activities: v.count for v in mined.variants} == ways
        equal += same
        told.append(f"{name.split('.')[0]} {len(ours)} edges")
    return bench.Value(
        equal,
        note=", ".join(told) + "; published: teleclaims 30, bpic2012 125, helpdesk 55, receipt 99",
    )


@bench.measure("journeys.follow", unit="events/s")
def follow(count: int = 20_000) -> bench.Value:
    """Reading the journal into cases, passages, counts and breaks, in batches of 2,000."""
    from yilu.journeys import operations as journeys

    _catalogues()
    while journeys.follow(at=datetime.now(UTC)):
        pass
    first = int(time.time() * 1000) % 10**9 * 1000 + 500
    for start in range(0, count // 2, 500):
        _many(range(first + start, first + min(start + 500, count // 2)))
    read = 0
    with bench.core_seconds() as cpu:
        while done := journeys.follow(at=datetime.now(UTC)):
            read += done
    return bench.Value(read / cpu.wall, note=f"{read:,} events; {cpu}")


@tx.use_case
def _many(numbers: range) -> None:
    from yilu.servicing import events

    at = datetime.now(UTC)
    for number in numbers:
        about = Ref("servicing_request", number)
        started = events.RequestStarted(request="policy_loan", door="CUSTOMER", office_id=1)
        journal.record(started, about=about, actor=SYSTEM, at=at, party=number)
        done = events.RequestDone(request="policy_loan", effective_on="2026-11-01")
        journal.record(done, about=about, actor=SYSTEM, at=at, party=number)
