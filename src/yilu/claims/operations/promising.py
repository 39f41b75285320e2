"""By when the customer hears from us next: the sentence in every message."""

from __future__ import annotations

from datetime import datetime, timedelta

from yilu.claims.rules.promises import Promise
from yilu.standards import queries as standards


def due(promise: Promise, *, office_id: int, at: datetime) -> datetime:
    """When a promise made now falls due, by the office's calendar where it counts working time."""
    if promise.natural_minutes:
        return at + timedelta(minutes=promise.natural_minutes)
    working_time = standards.working_time(office_id)
    if promise.working_days:
        return working_time.end_of_working_day(at, promise.working_days)
    return working_time.add(at, promise.working_minutes)


def by(promise: Promise, *, office_id: int, at: datetime) -> str:
    """The same as the text a message carries."""
    return due(promise, office_id=office_id, at=at).isoformat()
