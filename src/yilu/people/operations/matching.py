"""Look for the people of a list among all customers: asked for, scored, recorded."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.refs import Ref
from yilu.people import events
from yilu.people.queries.searching import Lead, find_leads
from yilu.people.rules.matching import Sought
from yilu.people.rules.rights import Access

AT_ONCE_MAX = 200


@tx.step
def match_people(
    *, sought: Sequence[Sought], about: Ref, reason: str, access: Access, actor: Ref, at: datetime
) -> list[list[Lead]]:
    """
    For each person sought the customers who may be the one, the likeliest first, at most ten.

    Looks in the offices over which ``access`` holds ``people.match``; what was asked, by whom and how
    many were found is recorded. Numbers are compared inside and never leave this room.

    :raises NotAllowed: without the right.
    """
    access.require("people.match")
    if len(sought) > AT_ONCE_MAX:
        raise ValueError(f"at most {AT_ONCE_MAX} at a time")
    offices = access.offices_for("people.match")
    found = find_leads(sought, offices) if sought else []
    journal.record(
        events.PeopleMatched(
            reason=reason, sought=len(sought), found=sum(bool(each) for each in found),
            offices=len(offices),
        ),
        about=about, actor=actor, at=at,
    )  # fmt: skip
    return found
