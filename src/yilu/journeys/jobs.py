"""What the worker does for journeys again and again: read the journal, look at the clock, help ahead."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import Any

from yilu.journal import operations as journal
from yilu.journeys import operations
from yilu.journeys.queries import reviews
from yilu.kernel.days import CHINA, day_of, written
from yilu.letters import operations as letters

journal.each_tick(operations.follow, name="journeys.follow")
journal.each_tick(operations.expire_offers, seconds=5, name="journeys.expire_offers")
journal.each_tick(operations.find_late, seconds=60, name="journeys.find_late")
journal.each_tick(operations.foretell_steps, seconds=300, name="journeys.foretell_steps")
journal.each_tick(operations.help_ahead, seconds=300, name="journeys.help_ahead")
journal.each_tick(operations.settle_forecasts, seconds=600, name="journeys.settle_forecasts")
journal.each_tick(operations.find_quiet, seconds=300, name="journeys.find_quiet")


@journal.each_tick(seconds=3600, name="journeys.remind_reviews")
def remind_reviews(at: datetime) -> int:
    """Bring due reviews before their owners; the tick has no second helping."""
    journal.through(partial(operations.remind_reviews, at))
    return 0


@journal.each_tick(seconds=3600, name="journeys.draw_reviews")
def draw_reviews(at: datetime) -> int:
    """Draw up last week's reviews, once a week and office; the tick has no second helping."""
    journal.through(partial(operations.draw_reviews, at))
    return 0


@journal.each_tick(seconds=6 * 3600, name="journeys.foretell_premiums")
def foretell_premiums(at: datetime) -> int:
    """Premiums listed by the last daily runs; the tick has no second helping."""
    operations.foretell_premiums(at)
    return 0


@journal.job()
def print_minutes(review_id: int) -> None:
    """Print a held review's minutes, once; killed before they were kept, it is done again."""
    at = datetime.now(UTC)
    seen = reviews.held_review(review_id, at)
    if not seen.sha256:
        assert seen.held_at is not None
        content = letters.typeset("weekly_review", minutes_data(seen), seen.held_at)
        operations.keep_minutes(review_id=review_id, content=content, at=at)


def minutes_data(seen: reviews.ReviewView) -> dict[str, Any]:
    """A held review as the template names its parts, ready to print."""
    assert seen.held_at is not None
    return {
        "office": seen.row.office, "from_on": written(seen.row.week), "to_on": written(seen.row.until),
        "held": f"{written(day_of(seen.held_at))} {seen.held_at.astimezone(CHINA):%H:%M}", "chair": seen.held_by,
        "present": list(seen.present), "minutes": seen.minutes,
        "points": [
            {
                "kind": point.kind_label, "title": " · ".join(filter(None, point.parts)) or point.title,
                "counts": _counts(point), "note": point.note,
                "decisions": [[d.text, d.owner, written(d.due_on)] for d in point.decisions],
            }
            for point in seen.points
        ],
    }  # fmt: skip


def _counts(point: reviews.PointRow) -> str:
    """How it stood when the review was drawn up."""
    facts = point.facts
    if point.kind == "LATE":
        return f"上一周起新增超时 {facts['lately']} 件，还没办结的共 {facts['every']} 件。"
    if point.kind == "BREAKS":
        return f"上一周 {facts['now']} 个，再前一周 {facts['before']} 个，还没有登记进问题台账。"
    return ""
