"""What the worker does for scorecards again and again: read the journal, forget what fell silent."""

from __future__ import annotations

from yilu.journal import operations as journal
from yilu.scorecards import operations

journal.each_tick(operations.follow, name="scorecards.follow")
journal.each_tick(operations.forget_silent, seconds=3600, name="scorecards.forget_silent")
