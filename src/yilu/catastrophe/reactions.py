"""What disaster mode does when claims says that money arrived. Steps only, in the worker."""

from __future__ import annotations

from decimal import Decimal

from yilu.claims.events import ClaimPaid
from yilu.journal import operations as journal
from yilu.journal.operations import Happened

from .operations import note_paid


@journal.on(ClaimPaid)
def count_when_paid(event: Happened) -> None:
    """A claim under an event was paid: the event's clock sees it."""
    if event.about.kind == "claim":
        note_paid(claim_id=event.about.id, amount=Decimal(str(event.facts["amount"])), at=event.at)
