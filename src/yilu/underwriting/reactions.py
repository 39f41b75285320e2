"""What underwriting does when money moves. Steps only, in the worker."""

from __future__ import annotations

from datetime import date

from yilu.journal import operations as journal
from yilu.journal.operations import Happened
from yilu.kernel.days import day_of
from yilu.payments.events import CollectionSettled
from yilu.policies.events import PolicyEnded

from .events import FamilyMoved
from .operations import family_paying, paying, recordings


@journal.on(CollectionSettled)
def issue_when_paid(event: Happened) -> None:
    """The first premium is in: the application becomes a policy."""
    if event.about.kind == "application":
        paying.issue_when_paid(
            event.about.id, collection_id=event.facts["collection_id"], amount=event.facts["amount"],
            at=event.at,
        )  # fmt: skip
    if event.about.kind == "family_application":
        family_paying.issue_family_when_paid(
            event.about.id, collection_id=event.facts["collection_id"], at=event.at
        )


@journal.on(FamilyMoved)
def ask_for_the_family(event: Happened) -> None:
    """Somebody of a family is decided, agreed or left: the others may have waited for it."""
    family_paying.ask_premiums_again(event.about.id, at=event.at)


@journal.on(PolicyEnded)
def keep_the_recording(event: Happened) -> None:
    """From the contract's end on, the law counts how long its recording is kept."""
    recordings.keep_after_contract(
        event.about.id, ended_on=date.fromisoformat(event.facts["ended_on"])
    )


@journal.on("complaints.received")
@journal.on("complaints.closed")
def keep_while_disputed(event: Happened) -> None:
    """A complaint lengthens how long the recordings of that customer's sales are kept, from its end."""
    if event.party_id is not None:
        recordings.keep_after_dispute(event.party_id, on=day_of(event.at))
