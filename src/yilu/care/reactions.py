"""What care answers when a lower room asks, and does when it says that something happened."""

from __future__ import annotations

from yilu.care.queries.keeping import what_keeps
from yilu.journal import operations as journal
from yilu.journal.operations import Happened
from yilu.people import queries as people
from yilu.people.events import RoleEnded, StaffLeft

from .operations.leaving import pass_on

people.keeps(what_keeps)


@journal.on(StaffLeft)
@journal.on(RoleEnded)
def pass_on_people_served(event: Happened) -> None:
    """Somebody left, or may do less: their talks and visits are somebody else's."""
    pass_on(people.succession(event.facts), at=event.at)
