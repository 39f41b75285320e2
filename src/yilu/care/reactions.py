"""What care answers when a lower room asks, and does when it says that something happened."""

from __future__ import annotations

from yilu.care.queries.keeping import what_keeps
from yilu.claims.events import ClaimReported
from yilu.journal import operations as journal
from yilu.journal.operations import Happened
from yilu.people import queries as people
from yilu.people.events import PartyErased, RoleEnded, StaffLeft

from .operations.forgetting import forget
from .operations.leaving import pass_on
from .operations.scene import KINDS, call_to_scene

people.keeps(what_keeps)


@journal.on(ClaimReported)
def send_to_scene(event: Happened) -> None:
    """A grave accident: somebody is called to the scene at once. What a hospital sends was not just now."""
    if event.facts["claim_type"] in KINDS and event.facts["channel"] != "PROVIDER":
        call_to_scene(event.about.id, at=event.at)


@journal.on(StaffLeft)
@journal.on(RoleEnded)
def pass_on_people_served(event: Happened) -> None:
    """Somebody left, or may do less: their talks and visits are somebody else's."""
    pass_on(people.succession(event.facts), at=event.at)


@journal.on(PartyErased)
def forget_person(event: Happened) -> None:
    """A person was erased: their address and what was said there goes with them."""
    forget(people.records_of(event.facts["party_id"]))
