"""What underwriting does when money moves. Steps only, in the worker."""

from __future__ import annotations

from yilu.documents.events import DocumentRecognised, DocumentSettled, FieldCorrected
from yilu.journal import operations as journal
from yilu.journal.operations import Happened
from yilu.payments.events import CollectionSettled
from yilu.people import queries as people
from yilu.people.events import PartyErased
from yilu.underwriting.operations.forgetting import forget
from yilu.underwriting.queries.keeping import what_keeps

from .events import FamilyMoved
from .operations import family_paying, identity_papers, paying

people.keeps(what_keeps)


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


@journal.on(DocumentRecognised)
@journal.on(DocumentSettled)
@journal.on(FieldCorrected)
def compare_when_read(event: Happened) -> None:
    """A file of an application was read, or put right by a person: an identity card is compared."""
    if event.about.kind == "application":
        identity_papers.compare_papers(
            event.about.id, upload_id=event.facts["upload_id"], at=event.at
        )


@journal.on(FamilyMoved)
def ask_for_the_family(event: Happened) -> None:
    """Somebody of a family is decided, agreed or left: the others may have waited for it."""
    family_paying.ask_premiums_again(event.about.id, at=event.at)


@journal.on(PartyErased)
def forget_person(event: Happened) -> None:
    """A person was erased: what applications say goes with them."""
    forget(people.records_of(event.facts["party_id"]))
