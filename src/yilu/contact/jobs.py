"""What the contact centre does by the clock: route, take back what nobody answered, follow up."""

from __future__ import annotations

from datetime import datetime

from yilu.contact import operations
from yilu.journal import operations as journal


def keep_routing(at: datetime) -> int:
    """Offers not answered go on to the next; then whoever waits meets whoever is free."""
    returned = operations.take_back_unanswered(at=at)
    return returned + operations.route(at=at)


def follow_up(at: datetime) -> int:
    """New policies nobody put on the list; visits, letters and ends whose time has come."""
    return operations.sweep(at=at) + operations.climb_all(at=at)


journal.each_tick(keep_routing)
journal.each_tick(follow_up, seconds=900)
