"""What disaster mode does when money arrived, or somebody left. Steps only, in the worker."""

from __future__ import annotations

from decimal import Decimal

from yilu.catastrophe.operations.forgetting import forget
from yilu.catastrophe.queries.keeping import what_keeps
from yilu.claims.events import ClaimPaid
from yilu.journal import operations as journal
from yilu.journal.operations import Happened
from yilu.people import queries as people
from yilu.people.events import PartyErased, RoleEnded, StaffLeft

from .operations import measuring, note_paid

people.keeps(what_keeps)


@journal.on(ClaimPaid)
def count_when_paid(event: Happened) -> None:
    """A claim under an event was paid: the event's clock sees it."""
    if event.about.kind == "claim":
        note_paid(claim_id=event.about.id, amount=Decimal(str(event.facts["amount"])), at=event.at)


@journal.on(StaffLeft)
@journal.on(RoleEnded)
def pass_on_measures(event: Happened) -> None:
    """Somebody left, or may no longer handle emergencies there: their measures are somebody else's."""
    measuring.pass_on(people.succession(event.facts), at=event.at)


@journal.on(PartyErased)
def forget_person(event: Happened) -> None:
    """A person was erased: the lines of lists go with them."""
    forget(people.records_of(event.facts["party_id"]))
