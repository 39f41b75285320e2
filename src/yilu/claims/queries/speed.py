"""How fast claims go and how many go by themselves: for the board (时效)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from yilu.kernel import tx

READ_MAX = 20_000
"""The latest claims a report reads at most: a big insurer's month is judged by its latest part."""


@dataclass(frozen=True, slots=True)
class DayCount:
    """What came and what was paid of the claims reported on one day (Beijing time)."""

    day: date
    reported: int
    paid: int
    straight_through: int


@dataclass(frozen=True, slots=True)
class Speed:
    """
    The claims reported in a period: how many were decided, by the rules alone, and how soon paid.

    ``median_minutes`` and ``p90_minutes`` are from report to paid; None where none was.
    """

    reported: int
    decided: int
    straight_through: int
    paid: int
    median_minutes: float | None
    p90_minutes: float | None
    days: tuple[DayCount, ...]


_RECENT = """
    with recent as materialized (
        select c.id, c.reported_at, c.decided_at, c.closed_at, c.outcome,
               exists (select from claims_decision d
                        where d.claim_id = c.id and d.state = 'STANDS'
                          and d.decided_by = 'system:0') as by_itself
          from (select * from claims_claim order by id desc limit %s::int) c
         where c.reported_at >= %s::timestamptz and c.reported_at <= %s::timestamptz
           and c.office_id = any(%s::bigint[]) and c.merged_into_id is null)
"""


def speed(office_ids: Collection[int], since: datetime, until: datetime) -> Speed:
    """The latest claims of some offices reported in a period, at most ``READ_MAX``; two statements."""
    given = [READ_MAX, since, until, sorted(office_ids)]
    reported, decided, straight, paid, median, p90 = tx.rows(
        _RECENT
        + """
        select count(*), count(decided_at), count(*) filter (where by_itself and decided_at is not null),
               count(*) filter (where outcome = 'PAID'),
               percentile_cont(0.5) within group (order by extract(epoch from closed_at - reported_at) / 60)
                   filter (where outcome = 'PAID' and closed_at is not null),
               percentile_cont(0.9) within group (order by extract(epoch from closed_at - reported_at) / 60)
                   filter (where outcome = 'PAID' and closed_at is not null)
          from recent
        """,
        given,
    )[0]
    days = tx.rows(
        _RECENT
        + """
        select (reported_at at time zone 'Asia/Shanghai')::date, count(*),
               count(*) filter (where outcome = 'PAID'),
               count(*) filter (where by_itself and decided_at is not null)
          from recent group by 1 order by 1
        """,
        given,
    )
    return Speed(
        reported, decided, straight, paid, None if median is None else float(median),
        None if p90 is None else float(p90), tuple(DayCount(*row) for row in days),
    )  # fmt: skip
