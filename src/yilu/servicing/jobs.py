"""What the worker does for servicing by itself."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from yilu.journal.operations import each_tick, through
from yilu.servicing import operations


@each_tick(seconds=1800)
def consent_by_silence(at: datetime) -> int:
    """Agree to what the law takes as agreed because nobody answered in time."""
    through(partial(operations.consent_by_silence, at=at))
    return 0


@each_tick(seconds=1800)
def follow_up_agreements(at: datetime) -> int:
    """Remind those whose agreement a request waits for; bring a person where none comes."""
    return operations.follow_up_agreements(at=at)
