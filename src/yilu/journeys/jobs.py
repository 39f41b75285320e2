"""What the worker does for journeys again and again: read the journal, look at the clock, help ahead."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from yilu.journal import operations as journal
from yilu.journeys import operations

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
