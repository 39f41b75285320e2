"""What risk does when something happened below it. Steps only, in the worker."""

from __future__ import annotations

from yilu.journal import operations as journal
from yilu.journal.operations import Happened
from yilu.people import queries as people
from yilu.people.events import PartyErased
from yilu.risk.operations.forgetting import forget


@journal.on(PartyErased)
def forget_person(event: Happened) -> None:
    """A person was erased: what they are compared by goes with them."""
    forget(people.records_of(event.facts["party_id"]))
