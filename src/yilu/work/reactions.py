"""What work does when something happened below it."""

from __future__ import annotations

from yilu.journal import operations as journal
from yilu.journal.operations import Happened
from yilu.people import queries as people
from yilu.people.events import PartyErased, RoleEnded, StaffLeft
from yilu.work.operations.forgetting import forget
from yilu.work.operations.leaving import pass_on


@journal.on(StaffLeft)
@journal.on(RoleEnded)
def pass_on_work(event: Happened) -> None:
    """Somebody left or may do less: what they may no longer do goes to the successor or back into its queue."""
    pass_on(people.succession(event.facts), at=event.at)


@journal.on(PartyErased)
def forget_person(event: Happened) -> None:
    """A person was erased: what work was called goes with them."""
    forget(people.records_of(event.facts["party_id"]))
