"""What the worker does for obligations about every second."""

from __future__ import annotations

from yilu.journal import operations as journal

from . import operations

journal.each_tick(operations.tick)
