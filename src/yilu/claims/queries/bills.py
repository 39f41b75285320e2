"""Whose bills lie with a claim."""

from __future__ import annotations

from yilu.claims.rules.case import for_another
from yilu.documents import queries as files
from yilu.people import queries as people

from .views import ClaimCard


def bills_of_others(card: ClaimCard) -> frozenset[int]:
    """The uploads of a claim that are bills made out to neither its insured nor its claimant."""
    bills = files.invoices_for(card.ref)
    if not bills:
        return frozenset()
    theirs = people.list_parties({card.insured_id, card.claimant_id}).values()
    names = [each.name for each in theirs]
    return frozenset(bill.upload_id for bill in bills if for_another(bill.payer_name, names))
