"""What video answers when a lower room asks, and does when it says that something happened."""

from __future__ import annotations

from yilu.journal import operations as journal
from yilu.journal.operations import Happened
from yilu.people import queries as people
from yilu.people.events import ConsentWithdrawn, PartyErased
from yilu.video.operations.ending import end_unrecorded
from yilu.video.operations.forgetting import forget
from yilu.video.queries.keeping import what_keeps

people.keeps(what_keeps)


@journal.on(ConsentWithdrawn)
def stop_recording(event: Happened) -> None:
    """Somebody does not want to be recorded any more: what is under way ends."""
    if event.facts["purpose"] == "RECORDING":
        end_unrecorded(event.about.id, at=event.at)


@journal.on(PartyErased)
def forget_person(event: Happened) -> None:
    """A person was erased: how they were reached goes with them."""
    forget(people.records_of(event.facts["party_id"]))
