"""What work does when something happened below it."""

from __future__ import annotations

from yilu.journal import operations as journal
from yilu.journal.operations import Happened
from yilu.people.events import RoleEnded, StaffLeft
from yilu.work.operations.leaving import pass_on


@journal.on(StaffLeft)
def pass_on_work(event: Happened) -> None:
    """Somebody left: what they had taken goes to the successor or back into the queues."""
    pass_on(
        staff_id=event.facts["staff_id"], successor_id=event.facts.get("successor_id"), at=event.at
    )


@journal.on(RoleEnded)
def put_back_work(event: Happened) -> None:
    """Somebody may do less: what they may no longer do goes back into the queues."""
    pass_on(staff_id=event.facts["staff_id"], successor_id=None, at=event.at)
