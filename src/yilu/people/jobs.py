"""Housekeeping by the clock: what nobody needs any more goes."""

from __future__ import annotations

from datetime import datetime

from django.contrib.sessions.backends.db import SessionStore

from yilu.journal.operations import each_tick
from yilu.people import operations


@each_tick(seconds=3600)
def forget_what_is_over(at: datetime) -> int:
    """Delete old counters, codes, failed attempts and ended sessions."""
    SessionStore.clear_expired()
    return operations.forget_old_counters(at=at)
