"""What runs by the clock: reading what keeps recordings."""

from __future__ import annotations

from yilu.journal import operations as journal

from . import operations

journal.each_tick(operations.follow, seconds=60, name="retention.follow")
