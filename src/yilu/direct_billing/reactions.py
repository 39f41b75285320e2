"""What direct billing does when a claim of its goes on. Steps only, in the worker."""

from __future__ import annotations

from yilu.claims.events import ClaimDeclined, ClaimPaid, ClaimWithdrawn
from yilu.direct_billing.operations.forgetting import forget
from yilu.journal import operations as journal
from yilu.journal.operations import Happened
from yilu.people import queries as people
from yilu.people.events import ConsentWithdrawn, PartyErased

from .operations import authorising, settling


@journal.on(ClaimPaid)
def note_paid_visit(event: Happened) -> None:
    """The money is there: the visit is paid."""
    settling.note_paid(claim_id=event.about.id, amount=event.facts["amount"], at=event.at)


@journal.on(ClaimDeclined)
def settle_declined_visit(event: Happened) -> None:
    """A person decided that nothing is owed: the patient pays their part."""
    settling.note_nothing(claim_id=event.about.id, at=event.at)


@journal.on(ClaimWithdrawn)
def cancel_withdrawn_visit(event: Happened) -> None:
    """The patient took the claim back."""
    settling.note_withdrawn(claim_id=event.about.id, at=event.at)


@journal.on(ConsentWithdrawn)
def stop_direct_billing_without_consent(event: Happened) -> None:
    """The consents that direct billing rests on: without them no hospital learns anything more."""
    if event.facts["purpose"] in authorising.CONSENTS:
        authorising.end_without_consent(event.about.id, at=event.at)


@journal.on(PartyErased)
def forget_person(event: Happened) -> None:
    """A person was erased: what providers were told goes with them."""
    forget(people.records_of(event.facts["party_id"]))
