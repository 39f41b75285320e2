"""What documents does when something happened below it. Steps only, in the worker."""

from __future__ import annotations

from yilu.documents.operations.forgetting import forget
from yilu.journal import operations as journal
from yilu.journal.operations import Happened
from yilu.people import queries as people
from yilu.people.events import PartyErased


@journal.on(PartyErased)
def forget_person(event: Happened) -> None:
    """A person was erased: their files go with them."""
    forget(people.records_of(event.facts["party_id"]))
