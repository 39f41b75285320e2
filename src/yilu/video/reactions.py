"""What video answers when a lower room asks, and does when it says that something happened."""

from __future__ import annotations

from yilu.journal import operations as journal
from yilu.journal.operations import Happened
from yilu.people import queries as people
from yilu.people.events import PartyErased
from yilu.video.operations.forgetting import forget
from yilu.video.queries.keeping import what_keeps

people.keeps(what_keeps)


@journal.on(PartyErased)
def forget_person(event: Happened) -> None:
    """A person was erased: how they were reached goes with them."""
    forget(people.records_of(event.facts["party_id"]))
