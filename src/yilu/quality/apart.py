"""Who had no part in something: nobody looks at their own work, nor a lead and their team at each other's."""

from __future__ import annotations

from yilu.kernel.errors import NotAllowed
from yilu.people import queries as people
from yilu.people.queries import Access
from yilu.quality.inspection_refusals import OwnWork, TooNear


def refuse_near(access: Access, staff_id: int) -> None:
    """:raises OwnWork: one's own. :raises TooNear: of one team, and one of the two leads it."""
    if access.staff_id == staff_id:
        raise OwnWork
    try:
        theirs = people.staff_access(staff_id)
    except NotAllowed:  # has left since: nobody's lead any more
        return
    if theirs.office_id != access.office_id:
        return
    if access.may("work.lead", access.office_id) or theirs.may("work.lead", theirs.office_id):
        raise TooNear
