"""
What cannot wait for the reader of the journal: somebody has just failed on a page.

The shipped journeys name the events that mean it. A journey an insurer writes may name others:
those are found by ``operations.follow`` a moment later. Both write the same cause, so once is once.
"""

from __future__ import annotations

import tomllib

from yilu.complaints.events import CauseNamed
from yilu.journal import operations as journal
from yilu.journal.operations import Happened
from yilu.journeys import operations
from yilu.journeys.book import the_book
from yilu.journeys.operations.forgetting import forget
from yilu.kernel.facts import REGISTRY
from yilu.people import queries as people
from yilu.people.events import PartyErased, RoleEnded, StaffLeft
from yilu.work import operations as work


def offer_at_once(event: journal.Happened) -> None:
    """
    Find the break and offer ways of going on, as soon as the failure is committed.

    The offer's time runs from the failure: one that a late worker makes has run out already, and
    becomes somebody's task.
    """
    operations.record(operations.seen_in(the_book(), event), at=event.at)


def live_kinds() -> set[str]:
    """The events that shipped journeys declare to be failures on a page."""
    return {
        row["on"]
        for _code, text, _digest in operations.shipped()
        for row in tomllib.loads(text).get("break", ())
        if row.get("live")
    }


for kind in sorted(live_kinds()):
    journal.on(REGISTRY[kind])(offer_at_once)


@journal.on(CauseNamed)
def look_at_what_others_will_meet(event: journal.Happened) -> None:
    """A complaint's root cause that others will meet too: somebody brings it into the ledger."""
    if event.facts["common"]:
        work.open_item(
            "journeys.problem", about=event.about, office_id=int(event.facts["office_id"]),
            at=event.at, title="投诉根源：登记问题台账", party_id=event.party_id,
        )  # fmt: skip


@journal.on(StaffLeft)
@journal.on(RoleEnded)
def pass_on_problems(event: journal.Happened) -> None:
    """Somebody left, or may no longer look after the ledger: their problems and decisions have other owners."""
    of = people.succession(event.facts)
    operations.pass_on(of, at=event.at)
    operations.pass_on_decisions(of, at=event.at)


@journal.on(PartyErased)
def forget_person(event: Happened) -> None:
    """A person was erased: half-filled forms go with them."""
    forget(people.records_of(event.facts["party_id"]))
