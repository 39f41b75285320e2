"""The overview of what customers say, at fourteen million ratings a year."""

from __future__ import annotations

import os
import statistics
import time
from datetime import UTC, date, datetime, timedelta
from importlib import import_module

import bench
from bench.insurer import insurer
from yilu.kernel import tx

RATINGS = int(os.environ.get("YILU_BENCH_RATINGS", "14000000"))
OFFICES, ROUNDS = 36, 60
UNTIL = date(2026, 3, 1)


@bench.measure("voice.overview", unit="ms p99", at_most=300)
def overview() -> bench.Value:
    """Everything the page and its two pictures ask: half a year by journey, a year by month, four years side by side."""
    from yilu.people import queries as people
    from yilu.voice import queries

    access = people.staff_access(_manager())
    began = time.perf_counter()
    _fill()
    filled = time.perf_counter() - began
    since = UNTIL - timedelta(days=180)

    def page() -> None:
        for third_parties in (False, True):
            queries.journey_scores(access, since, UNTIL, third_parties=third_parties)
        queries.yearly_nps(access, UNTIL)
        queries.monthly_nps(access, UNTIL - timedelta(days=360))
        queries.journey_scores(access, since, UNTIL)

    took = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        page()
        took.append((time.perf_counter() - began) * 1000)
    answered = sum(each.tally.n for each in queries.journey_scores(access, since, UNTIL))
    began = time.perf_counter()
    ((raw,),) = tx.rows(
        "select count(recommend) from voice_feedback where who <> 'THIRD_PARTY' and said_at >= %s::timestamptz",
        [datetime(since.year, since.month, since.day, tzinfo=UTC) - timedelta(hours=8)],
    )
    assert answered == raw, (answered, raw)
    ((sums,),) = tx.rows("select count(*) from voice_daysum")
    return bench.Value(
        statistics.quantiles(took, n=100)[-1],
        note=f"p50 {statistics.median(took):.0f} ms; {RATINGS:,} ratings of a year at {OFFICES} offices come to {sums:,} sums"
        f" (made by SQL, {filled:.0f} s); equal to counting the half-year's {raw:,}, which takes"
        f" {time.perf_counter() - began:.1f} s a time",
    )  # fmt: skip


def _manager() -> int:
    """A manager of a head office that sees the others."""
    from tests import make

    head = insurer()
    for _ in range(OFFICES - 1):
        make.office(parent_id=head)
    return make.colleague(head, "SERVICE_MANAGER")[0].staff_id


def _fill() -> None:
    """A year's ratings spread over offices, journeys, days and scores; then the sums, as the migration makes them."""
    indexes = tx.rows(
        "select indexdef, indexname from pg_indexes where tablename = 'voice_feedback'"
        " and indexdef not like '%% UNIQUE %%'"
    )

    @tx.use_case
    def fill() -> None:
        tx.rows("select set_config('session_replication_role', 'replica', true)")
        for _made, name in indexes:
            tx.changed(f'drop index "{name}"')
        tx.changed(
            """
            insert into voice_feedback (source, touchpoint, journey, who, office_id, about, stars,
                   recommend, text, original, said_at, taken_by)
            select 'PAGE', 'x',
                   (array['claim','application','servicing','renewal','contact','visit'])[1 + n %% 6],
                   case when n %% 50 = 0 then 'THIRD_PARTY' else 'CUSTOMER' end,
                   offices.ids[1 + n / 6 %% %s], '', 1 + n / 7 %% 5, n / 11 %% 11,
                   case when n %% 9 = 0 then '处理得很快' else '' end, '',
                   %s::timestamptz - make_interval(secs => n::bigint * 31536000 / %s), 'party:1'
              from generate_series(1, %s) n,
                   (select array_agg(id order by id) as ids from people_office) offices
            """,
            [OFFICES, datetime(UNTIL.year, UNTIL.month, UNTIL.day, tzinfo=UTC) - timedelta(hours=8), RATINGS, RATINGS],
        )  # fmt: skip
        for made, _name in indexes:
            tx.changed(made)
        tx.changed(import_module("yilu.voice.migrations.0005_day_sums").BEFORE, [])

    fill()
