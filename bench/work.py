"""A queue page with a million open items, and with ten: the same cost."""

from __future__ import annotations

import statistics
import time
from datetime import UTC, datetime, timedelta

import bench

AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
OFFICES = 40
OPEN_ITEMS = 1_000_000


@bench.measure("work.page", unit="ms", at_most=50)
def page() -> bench.Value:
    """The slowest of first, middle and own pages, for a lead of one branch and for head office."""
    from django.db import connection

    from yilu.work import operations, queries

    operations.declare_queues(at=AT)
    branch = _lead(7, range(1, 6))
    head = _lead(8, range(1, OFFICES + 1))

    _fill(10, "small")
    few = max(_time(branch), _time(head))
    _fill(OPEN_ITEMS - 10, "large")
    with connection.cursor() as cursor:
        cursor.execute("analyze work_item")
        cursor.execute("select reltuples::bigint from pg_class where relname = 'work_item'")
        count = cursor.fetchone()[0]
    many = max(_time(branch), _time(head))
    deep = _deep(branch, queries)
    sizes = _median(lambda: queries.sizes(branch))
    bench.also("work.page_deep", deep, "ms", at_most=50, note="the 200th page of a queue")
    bench.also("work.sizes", sizes, "ms", at_most=50, note="every queue's size, counted to 99")
    return bench.Value(many, note=f"{count:,} items; with 10 items {few:.2f} ms")


def _lead(staff_id: int, offices: range) -> object:
    from decimal import Decimal

    from yilu.people.queries import Access, Grant

    grant = Grant(
        role="TEAM_LEAD", office_ids=frozenset(offices), amount_limit=Decimal("1000000.00")
    )
    return Access(
        staff_id=staff_id, username="bench", name="", office_id=1, session_epoch=0, grants=(grant,)
    )


def _fill(count: int, tag: str) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            """
            insert into work_item (queue_id, subject, office_id, pooled, party_id, title, skill, amount,
                   priority, state, opened_at, due_at, outcome, escalation)
            select case n %% 4 when 0 then 'claims.review' when 1 then 'claims.documents'
                               when 2 then 'claims.chase' else 'claims.sample' end,
                   %s::text || ':' || n, 1 + n %% %s::int, n %% 50 = 0, n, 'bench', '', 100 + n %% 9000,
                   10 + 20 * (n %% 4), 'OPEN', %s::timestamptz, %s::timestamptz + n * interval '1 second', '', 0
              from generate_series(1, %s::int) as n
            """,
            [tag, OFFICES, AT, AT, count],
        )


def _time(access: object) -> float:
    from yilu.work import queries

    return _median(lambda: queries.page(access=access, at=AT, queue="claims.review"))  # type: ignore[arg-type]


def _deep(access: object, queries: object) -> float:
    after, slowest = None, 0.0
    for _ in range(200):
        began = time.perf_counter()
        got = queries.page(
            access=access, at=AT + timedelta(days=1), queue="claims.review", after=after
        )  # type: ignore[attr-defined]
        slowest = max(slowest, (time.perf_counter() - began) * 1000) if after else 0.0
        if got.next is None:
            break
        after = got.next
    return slowest


def _median(call: object) -> float:
    times = []
    for _ in range(15):
        began = time.perf_counter()
        call()  # type: ignore[operator]
        times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times)
