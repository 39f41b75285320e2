"""What messaging does when something happened below it. Steps only, in the worker."""

from __future__ import annotations

from yilu.journal import operations as journal
from yilu.journal.operations import Happened
from yilu.messaging.operations.forgetting import attribute, forget
from yilu.people import operations as people_operations
from yilu.people import queries as people
from yilu.people.events import PartyErased

people_operations.before_erasing(attribute)


@journal.on(PartyErased)
def forget_person(event: Happened) -> None:
    """A person was erased: messages and addresses go with them."""
    forget(people.records_of(event.facts["party_id"]))
