"""What the contact centre does by the clock: route, take back what nobody answered."""

from __future__ import annotations

from datetime import datetime

from yilu.contact import operations
from yilu.journal import operations as journal


def keep_routing(at: datetime) -> int:
    """Offers not answered go on to the next; then whoever waits meets whoever is free."""
    returned = operations.take_back_unanswered(at=at)
    return returned + operations.route(at=at)


journal.each_tick(keep_routing)
