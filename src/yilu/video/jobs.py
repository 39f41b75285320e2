"""What runs by the clock."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from yilu.journal import operations as journal

from . import operations


@journal.each_tick(seconds=5, name="video.silence")
def drop_silent(at: datetime) -> int:
    """Sessions whose browser went silent are dropped; those nobody came back to are ended."""
    return operations.drop_silent(at=at) + operations.end_forgotten(at=at)


@journal.each_tick(seconds=3600, name="video.forgetting")
def forget(at: datetime) -> int:
    """Delete recordings that no law keeps any longer."""
    return journal.through(partial(operations.forget_recordings, at=at))
