"""What a run says: days from complete papers to the end, and where they went."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from simulation.year import Story, Year
from yilu.kernel import tx
from yilu.kernel.worktime import WorkTime

# The end of a claim is the money on the account: what published figures call closing comes before.
DAY = 86_400.0
PARTS = ("queue", "desk", "closed_hours", "bank", "machine")
"""Where the time went, in days; they add up to the whole."""


def of_run(year: Year) -> dict[str, Any]:
    """The figures of a finished run as plain values, to be printed, kept and drawn."""
    _read_ends(year)
    stories = list(year.stories.values())
    ended = [s for s in stories if s.closed and s.complete]
    days = sorted(_days(s.complete, s.closed) for s in ended)
    low, high = interval(days_in_order(ended))
    parts = [parts_of(s, year.hours) for s in ended]
    whole = [_days(s.reported, s.closed) for s in ended]
    return {
        "design": year.design.code,
        "name": year.design.name,
        "told": year.design.told,
        "published_days": year.design.published_days,
        "published_source": year.design.published_source,
        "claims": len(stories),
        "ended": len(ended),
        "refused": year.refused,
        "mean_days": statistics.fmean(days),
        "low_days": low,
        "high_days": high,
        "median_days": _quantile(days, 0.5),
        "p90_days": _quantile(days, 0.9),
        "p99_days": _quantile(days, 0.99),
        "mean_days_since_report": statistics.fmean(whole),
        "within": {
            name: sum(d <= limit for d in days) / len(days)
            for name, limit in (("10min", 10 / 1440), ("1h", 1 / 24), ("1d", 1.0), ("5d", 5.0))
        },
        "by_machine": sum(s.by_machine for s in ended) / len(ended),
        "parts": {name: statistics.fmean(p[name] for p in parts) for name in PARTS},
        "curve": [[round(_quantile(days, q / 100), 4), q] for q in range(1, 101)],
        "busy": {name: _busy(year, name) for name in year.desks},
        "clocks": _clocks(),
        "messages": tx.rows("select count(*) from messaging_message")[0][0],
        "assumptions": [asdict(a) for a in year.design.assumptions],
    }


def parts_of(story: Story, hours: WorkTime) -> dict[str, float]:
    """
    One claim's days from complete papers to the end, by what they were spent on.

    ``desk``: working time in somebody's hands. ``queue``: working time waiting for them.
    ``closed_hours``: nights, weekends and holidays before the decision. ``bank``: after it.
    ``machine``: the rest, where no person was needed.
    """
    assert story.complete
    assert story.closed
    decided = story.decided or story.closed
    whole, before = _days(story.complete, story.closed), _days(story.complete, decided)
    if not story.worked:
        return dict.fromkeys(PARTS, 0.0) | {"bank": whole - before, "machine": before}
    desk = sum(hours.between_exactly(a, b) for a, b in story.worked) / 1e6 / DAY
    working = hours.between_exactly(story.complete, decided) / 1e6 / DAY
    return {
        "queue": max(0.0, working - desk),
        "desk": min(desk, working),
        "closed_hours": before - working,
        "bank": whole - before,
        "machine": 0.0,
    }


def days_in_order(stories: Sequence[Story]) -> list[float]:
    """Days of each claim in the order of their reports: what batches are cut from."""
    return [
        _days(s.complete, s.closed)
        for s in sorted(stories, key=lambda s: s.reported)
        if s.complete and s.closed
    ]


def interval(days: Sequence[float], batches: int = 20) -> tuple[float, float]:
    """
    A 95 % interval for the mean by batch means: claims near in time wait in the same queue, so that
    treating each as a draw of its own would promise too much.
    """
    size = len(days) // batches
    if size < 1:
        return min(days), max(days)
    means = [statistics.fmean(days[n * size : (n + 1) * size]) for n in range(batches)]
    half = 2.093 * statistics.stdev(means) / batches**0.5  # Student's t, 19 degrees of freedom
    middle = statistics.fmean(days)
    return max(0.0, middle - half), middle + half


def _read_ends(year: Year) -> None:
    rows = tx.rows(
        """
        select c.id, c.decided_at, p.ended_at, d.decided_by = 'system:0'
          from claims_claim c
          left join claims_decision d on d.claim_id = c.id and d.state = 'STANDS'
          left join payments_payout p on p.about = 'claim:' || c.id and p.state = 'SETTLED'
        """
    )
    for claim_id, decided_at, paid_at, by_machine in rows:
        if story := year.stories.get(claim_id):
            story.decided, story.closed = decided_at, paid_at
            story.by_machine = bool(by_machine)


def _busy(year: Year, name: str) -> float:
    """Share of the desk's whole working time, to the last report, that claims took."""
    desk = year.desks[name]
    last = max(s.reported for s in year.stories.values())
    there = year.hours.between(year.begins, last) * max(1, len(desk.staff))
    return desk.busy_minutes / there if there else 0.0


def _clocks() -> list[list[Any]]:
    rows = tx.rows(
        "select code, state, count(*) from obligations_clock group by 1, 2 order by 1, 2"
    )
    return [list(row) for row in rows]


def _days(start: datetime | None, end: datetime | None) -> float:
    assert start
    assert end
    return (end - start).total_seconds() / DAY


def _quantile(ordered: Sequence[float], q: float) -> float:
    return ordered[min(len(ordered) - 1, max(0, round(q * len(ordered)) - 1))]
