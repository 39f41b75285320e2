"""What people does when it said itself that two records are one, or two again. Steps only, in the worker."""

from __future__ import annotations

from yilu.journal import operations as journal
from yilu.journal.operations import Happened
from yilu.kernel.refs import Ref
from yilu.people import events
from yilu.people.operations import following


@journal.on(events.PartiesMerged)
def follow(event: Happened) -> None:
    """Two records are one: what every room keeps of the first goes over to the one that stands."""
    _say(event, following.move_elsewhere(party_id=event.facts["party_id"], at=event.at))


@journal.on(events.PartiesParted)
def give_back(event: Happened) -> None:
    """Two records of one again: what had come over goes back."""
    moved = following.move_back(
        party_id=event.facts["party_id"], from_id=event.facts["from_party_id"]
    )
    _say(event, moved)


def _say(event: Happened, moved: int) -> None:
    party_id = event.facts["party_id"]
    journal.record(
        events.ReferencesMoved(party_id=party_id, count=moved),
        about=Ref("party", party_id), actor=event.actor, at=event.at, party=event.party_id,
    )  # fmt: skip
